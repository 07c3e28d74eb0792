"""The launcher of live servers, with Python's own as an example."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from support.processes import Service, free_port, plain_environment


@pytest.fixture
def port() -> int:
    """Where it is to listen."""
    return free_port()


@pytest.fixture
def start(tmp_path: Path, port: int) -> Callable[..., Service]:
    """Starts a command, by default Python's web server."""

    def run(*command: str, ready: str = "/", within: float = 20) -> Service:
        return Service.start(
            command or web_server(port),
            name="example",
            port=port,
            environment=plain_environment(),
            folder=tmp_path,
            ready=ready,
            within=within,
        )

    return run


def web_server(port: int) -> tuple[str, ...]:
    return sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(port)


def is_open(port: int) -> bool:
    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("end", [Service.stop, Service.kill])
def test_listens_until_it_is_ended(start: Callable[..., Service], port: int, end: Callable[[Service], None]) -> None:
    service = start()
    assert is_open(port)
    end(service)
    assert not is_open(port)


def test_stopping_twice_is_no_error(start: Callable[..., Service]) -> None:
    service = start()
    service.stop()
    service.stop()


def test_error_shows_the_end_of_the_log(start: Callable[..., Service]) -> None:
    with pytest.raises(RuntimeError, match=r"example ended with 3:\nno such luck"):
        start("sh", "-c", "echo no such luck; exit 3")


def test_who_never_gets_ready_is_ended(start: Callable[..., Service], port: int) -> None:
    with pytest.raises(RuntimeError, match="example is not ready in time"):
        start(ready="/no-such-page", within=1)
    assert not is_open(port)


def test_children_end_too(start: Callable[..., Service], port: int) -> None:
    service = start("sh", "-c", f"{' '.join(web_server(port))}; true")
    service.stop()
    wait_until_closed(port)


@pytest.mark.parametrize("end", ["pass", f"os.kill(os.getpid(), {signal.SIGKILL:d})"], ids=["exit", "kill"])
def test_ends_with_the_process_that_started_it(port: int, tmp_path: Path, end: str) -> None:
    started = f"Service.start({web_server(port)}, name='x', port={port}, environment=dict(os.environ), ready='/',"
    script = f"""
import os
from pathlib import Path
from support.processes import Service
{started} folder=Path({str(tmp_path)!r}))
{end}
"""
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    subprocess.run([sys.executable, "-c", script], check=False, env=environment)
    wait_until_closed(port)


def wait_until_closed(port: int) -> None:
    deadline = time.monotonic() + 15
    while is_open(port):
        assert time.monotonic() < deadline, f"somebody still listens on port {port}"
        time.sleep(0.05)


def test_processes_that_share_the_tests_never_get_the_same_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_XDIST_WORKER_COUNT", "2")
    given = []
    for process in ("gw0", "gw1"):
        monkeypatch.setenv("PYTEST_XDIST_WORKER", process)
        given.append({free_port() for _ in range(1000)})
    assert given[0].isdisjoint(given[1])
