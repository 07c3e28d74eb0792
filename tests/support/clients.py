"""Real clients, each in an environment of its own, and the stories that they are given to run."""

import json
import math
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from support.processes import plain_environment

MLFLOW, DATABRICKS = "mlflow-skinny", "databricks-sdk"

_TOP = Path(__file__).parents[2]


def mlflow_python() -> Path:
    """The Python that has MLflow, with scikit-learn. Fails where there is none."""
    named = os.environ.get("ASSENT_TEST_MLFLOW_PYTHON")
    python = Path(named) if named else _TOP / ".venv-mlflow/bin/python"
    if not python.exists():
        pytest.fail(f"There is no {python}. `make test` builds it, and runs these tests.", pytrace=False)
    return python


def every_line(client: str) -> dict[str, Path]:
    """The lines of a client that are locked, oldest first, and where the Python of each belongs."""
    locks = (_TOP / "requirements/clients").glob(f"{client}-*.lock")
    lines = sorted((lock.stem.removeprefix(f"{client}-") for lock in locks), key=_age)
    folder = Path(os.environ.get("ASSENT_TEST_CLIENTS", _TOP / ".venv-clients"))
    return {line: folder / f"{client}-{line}" / "bin/python" for line in lines}


def mlflow_environment(python: Path, **more: str) -> dict[str, str]:
    """An environment for MLflow's commands, which start others that they expect on the path."""
    path = f"{python.parent}{os.pathsep}{os.environ['PATH']}"
    return plain_environment(PATH=path, MLFLOW_DISABLE_TELEMETRY="true", **more)


def tell(python: Path, story: Path, environment: dict[str, str], folder: Path, *, asked: Any = None) -> Any:
    """Run a story in an empty folder, and give the facts that it prints as JSON in its last line.

    What is asked is the story's argument, as JSON.
    """
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [python, story, json.dumps(asked)],
        cwd=folder,
        env=mlflow_environment(python, **environment),
        check=False,
        capture_output=True,
        text=True,
        timeout=180,
    )
    if done.returncode:
        pytest.fail(f"The story {story.stem} ended with {done.returncode}:\n{done.stderr}", pytrace=False)
    return json.loads(done.stdout.splitlines()[-1])


def _age(line: str) -> tuple[float, ...]:
    # `newest` is newer than any number.
    return (math.inf,) if line == "newest" else tuple(int(part) for part in line.split("."))
