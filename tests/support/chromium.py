"""A real Chromium: the one of `CHROMIUM_PATH`, else of PATH, else one that is installed now."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Playwright, sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_MINUTES = 10


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser without a window, for as long as the block runs. Raises RuntimeError where none can be had."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_found() or _installed(playwright))
        yield browser
        browser.close()


def _found() -> str | None:
    named = os.environ.get("CHROMIUM_PATH")
    return named or next((path for name in _NAMES if (path := shutil.which(name))), None)


def _installed(playwright: Playwright) -> str:
    """The path of Playwright's own, or of the system's, whichever can be installed."""
    own = playwright.chromium.executable_path
    if Path(own).exists():
        return own
    said = [_run(sys.executable, "-m", "playwright", "install", "chromium")]
    if Path(own).exists():
        return own
    if os.geteuid() == 0 and shutil.which("apt-get"):
        said += [_run("apt-get", "update"), _run("apt-get", "install", "--yes", "chromium")]
    if found := _found():
        return found
    raise RuntimeError(
        "There is no Chromium, and none can be installed; name one in CHROMIUM_PATH.\n" + "\n".join(said)
    )


def _run(*command: str) -> str:
    """Run a command, whatever comes of it; the end of what it says."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_MINUTES * 60, check=False)
    except subprocess.TimeoutExpired:
        return f"{' '.join(command)} took longer than {_MINUTES} minutes."
    return f"{' '.join(command)} ended with {done.returncode}: {(done.stdout + done.stderr)[-500:]}"
