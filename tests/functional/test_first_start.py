"""The first start of a server, without and with an answer to its questions."""

import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from support.processes import free_port, plain_environment

ASSENT = Path(sys.executable).parent / "assent"


class Started:
    """`assent serve`, in a folder of its own."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.output = folder / "output"
        with self.output.open("w") as file:
            self.process = subprocess.Popen(
                [ASSENT, "serve", "--port", str(self.port)],
                cwd=folder,
                env=plain_environment(**settings),
                stdout=file,
                stderr=subprocess.STDOUT,
                text=True,
            )
        for _ in range(300):
            try:
                if requests.get(f"{self.url}/ready", timeout=5).status_code == 200:
                    return
            except requests.ConnectionError:
                time.sleep(0.1)
            if self.process.poll() is not None:
                break
        self.process.kill()
        raise RuntimeError(self.output.read_text())

    def stop(self) -> int:
        """Tell it to stop, and give its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Started]:
    """A server that nobody configured."""
    server = Started(tmp_path)
    yield server
    if server.process.poll() is None:
        server.stop()


def test_a_first_start_tells_where_it_listens_how_to_sign_in_and_what_a_client_sets(started: Started) -> None:
    told = started.output.read_text()
    assert f"Assent listens on {started.url}" in told
    assert f"export MLFLOW_REGISTRY_URI={started.url}" in told
    assert "export MLFLOW_TRACKING_" in told
    password = re.search(r"Sign in as admin with the password (\S+)", told)
    assert password is not None
    me = requests.get(f"{started.url}/api/v1/me", auth=("admin", password[1]), timeout=10)
    assert me.json()["administrator"] is True


def test_a_server_stops_when_told_to_and_shows_no_password_again(started: Started, tmp_path: Path) -> None:
    assert started.stop() == 0
    second = Started(tmp_path)
    assert second.stop() == 0
    assert "with the password" not in second.output.read_text()


def test_a_configured_start_asks_and_shows_nothing(tmp_path: Path) -> None:
    given = {"ASSENT_ADMIN_USERNAME": "root", "ASSENT_ADMIN_PASSWORD": "correct horse battery"}
    server = Started(tmp_path, **given)
    me = requests.get(f"{server.url}/api/v1/me", auth=("root", given["ASSENT_ADMIN_PASSWORD"]), timeout=10)
    assert me.json()["name"] == "root"
    assert server.stop() == 0
    assert given["ASSENT_ADMIN_PASSWORD"] not in server.output.read_text()


def test_a_weak_password_of_the_administrator_stops_the_first_start(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match=r"ASSENT_ADMIN_PASSWORD cannot be taken\. A password has 12") as told:
        Started(tmp_path, ASSENT_ADMIN_PASSWORD="root")
    assert "Traceback" not in str(told.value)


def test_a_body_of_a_hundred_megabytes_is_refused_and_the_server_lives_on(tmp_path: Path) -> None:
    given = {"ASSENT_ADMIN_USERNAME": "root", "ASSENT_ADMIN_PASSWORD": "correct horse battery"}
    server = Started(tmp_path, **given)
    auth = ("root", given["ASSENT_ADMIN_PASSWORD"])
    path = f"{server.url}/api/2.0/mlflow/registered-models/create"
    headers = {"Content-Type": "application/json"}
    answer = requests.post(path, data=b'"' + b"x" * 100_000_000, headers=headers, auth=auth, timeout=60)
    assert answer.status_code == 413
    assert answer.json()["error_code"] == "INVALID_PARAMETER_VALUE"
    chunks = (b"x" * 1_000_000 for _ in range(20))
    chunked = requests.post(path, data=chunks, headers=headers, auth=auth, timeout=60)
    assert chunked.status_code in (400, 413)
    assert requests.get(f"{server.url}/ready", timeout=10).status_code == 200
    assert server.stop() == 0
