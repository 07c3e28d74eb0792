"""What MLflow does not note of the code: whether it was as committed."""

import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_COMMIT = "mlflow.source.git.commit"
_SCRIPT = "mlflow.source.name"
# A run that ended longer ago may have been of other code than lies here now.
_RECENT_MS = 10 * 60 * 1000


def code(run: Mapping[str, Any]) -> dict[str, Any]:
    """`dirty`, where this process is that of the run and the commit of the run is what is checked out here."""
    noted = {tag["key"]: tag["value"] for tag in run.get("data", {}).get("tags", ())}
    ended_at = run.get("info", {}).get("end_time")
    is_recent = not ended_at or time.time() * 1000 - ended_at < _RECENT_MS
    if not (is_recent and noted.get(_COMMIT) and noted.get(_SCRIPT) == sys.argv[0]):
        return {}
    try:
        import git  # noqa: PLC0415 (MLflow does without it, too)

        with git.Repo(Path(noted[_SCRIPT]).parent, search_parent_directories=True) as repository:
            return {"dirty": repository.is_dirty()} if repository.head.commit.hexsha == noted[_COMMIT] else {}
    except Exception:  # no git, no repository any more, or one that is being written: then it is not known
        return {}
