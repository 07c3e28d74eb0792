"""Processes that serve HTTP: started, waited for, stopped, and never left behind."""

import http.client
import os
import signal
import socket
import subprocess
import time
from collections.abc import Generator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Self

import pytest

# Waits until the process at the other end of the pipe is gone, and then ends the whole group.
_WATCH = 'cat; kill -TERM "$1"; sleep 5; kill -KILL -- "-$1"'
_GRACE = 15


@dataclass(frozen=True)
class Service:
    """A server process with its children. It ends with `stop()`, with its `with` block, and with this process."""

    name: str
    url: str
    log: Path
    _process: subprocess.Popen[bytes] = field(repr=False)
    _watchdog: subprocess.Popen[bytes] = field(repr=False)

    running: ClassVar[list["Service"]] = []

    @classmethod
    def start(
        cls,
        command: Sequence[str | Path],
        *,
        name: str,
        port: int,
        environment: dict[str, str],
        folder: Path,
        ready: str = "/health",
        within: float = 60,
    ) -> Self:
        """Run the command in a group of its own and wait until `ready` answers 200.

        Raises RuntimeError, with the end of the log, when it ends or does not answer in that many seconds.
        """
        folder.mkdir(parents=True, exist_ok=True)
        log = folder / f"{name}-{port}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                command,
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        started = cls(name, f"http://127.0.0.1:{port}", log, process, _watchdog_of(process))
        cls.running.append(started)
        started._wait_until_ready(port, ready, time.monotonic() + within)
        return started

    def stop(self) -> None:
        """Ask it to end, and after a while make it. Stopping twice is no error."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it and its children at once, with no chance to finish anything."""
        self._end(signal.SIGKILL)

    def last_lines(self, most: int = 20) -> str:
        """The end of the log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-most:])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _end(self, how: signal.Signals) -> None:
        if self not in self.running:
            return
        # Not before the end is certain, or an interrupted stop would leave the process behind.
        try:
            if how is signal.SIGTERM:
                self._process.terminate()
                self._process.wait(timeout=_GRACE)
        except subprocess.TimeoutExpired:
            pass
        finally:
            # Whoever is left of the group; the group's id is its own until then.
            _kill_group(self._process.pid)
            self._process.wait()
            self._watchdog.kill()
            self._watchdog.communicate()
            self.running.remove(self)

    def _wait_until_ready(self, port: int, path: str, deadline: float) -> None:
        while not _answers(port, path):
            ended = self._process.poll()
            if ended is not None or time.monotonic() > deadline:
                self.stop()
                what = "is not ready in time" if ended is None else f"ended with {ended}"
                raise RuntimeError(f"{self.name} {what}:\n{self.last_lines()}")
            time.sleep(0.05)


def free_port() -> int:
    """A loopback port that nobody listens on, and that no other process of these tests is given."""
    processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    this = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    while True:
        with closing(socket.socket()) as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        # Linux prefers odd ports here, so the last bit tells nothing.
        if port // 2 % processes == this:
            return port


def plain_environment(**more: str) -> dict[str, str]:
    """This process's environment without what configures Assent or its clients, and with something more."""
    ours = ("ASSENT_", "DATABRICKS_", "MLFLOW_", "PYTHONWARNINGS")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return kept | {"NO_PROXY": "127.0.0.1,localhost", "DO_NOT_TRACK": "true"} | more


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show, with a test that failed, what the services say. A conftest takes this over."""
    report = yield
    if report.failed:
        report.sections += [(f"log of {each.name}", each.last_lines()) for each in Service.running]
    return report


def _answers(port: int, path: str) -> bool:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
        try:
            connection.request("GET", path)
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False


def _kill_group(group: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def _watchdog_of(process: subprocess.Popen[bytes]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        ["sh", "-c", _WATCH, "watchdog", str(process.pid)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
