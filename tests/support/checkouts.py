"""Code in a git repository of its own, for runs that are to name a commit."""

import shutil
import subprocess
from pathlib import Path

from support.processes import plain_environment


def checked_out(script: Path, folder: Path) -> tuple[Path, str]:
    """A copy of the script, committed to a new repository in the folder; and the commit."""
    folder.mkdir(parents=True)
    copy = Path(shutil.copy(script, folder))
    _git(folder, "init", "--quiet", "--initial-branch=main")
    _git(folder, "add", ".")
    _git(folder, "-c", "user.name=Ada", "-c", "user.email=ada@example.com", "commit", "--quiet", "--message=Train.")
    return copy, _git(folder, "rev-parse", "HEAD")


def _git(folder: Path, *words: str) -> str:
    done = subprocess.run(
        ["git", *words], cwd=folder, env=plain_environment(), check=True, capture_output=True, text=True
    )
    return done.stdout.strip()
