"""The launcher of throw-away PostgreSQL servers."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from support.postgres import Postgres, find_binaries, packaged_binaries, system_binaries


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with Postgres.start() as postgres:
        yield postgres


def answer(url: str, question: str) -> object:
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(question)
        row = cursor.fetchone()
    return row and row[0]


@pytest.mark.parametrize("binaries", [system_binaries(), packaged_binaries()], ids=["system", "wheel"])
def test_starts_with_the_programs_of(binaries: Path | None) -> None:
    if not binaries:
        pytest.skip("not installed here")
    with Postgres.start(binaries) as postgres:
        assert answer(postgres.url(), "show server_encoding") == "UTF8"
    assert not postgres.folder.exists()


def test_named_programs_come_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ASSENT_PG_BIN", str(tmp_path))
    assert find_binaries() == tmp_path


def test_a_database_is_the_copy_of_its_template(server: Postgres) -> None:
    server.create_database("original")
    answer(server.url("original"), "create table marks as select 7 as mark; select 1")
    server.create_database("copy", template="original")
    assert answer(server.url("copy"), "select mark from marks") == 7


def test_a_database_in_use_can_be_dropped(server: Postgres) -> None:
    server.create_database("busy")
    with closing(psycopg2.connect(server.url("busy"))):
        server.drop_database("busy")
    server.create_database("busy")


def test_what_createdb_says_is_passed_on(server: Postgres) -> None:
    with pytest.raises(RuntimeError, match="already exists"):
        server.create_database("postgres")


def test_saves_the_disk_unless_durable(server: Postgres) -> None:
    assert answer(server.url(), "show fsync") == "off"


def test_durable_server_takes_settings_and_logs_statements() -> None:
    with Postgres.start(durable=True, log_statement="all") as postgres:
        assert answer(postgres.url(), "show fsync") == "on"
        assert "statement: show fsync" in postgres.log.read_text()


def test_pid_is_the_postmasters(server: Postgres) -> None:
    assert answer(server.url(), "select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)") == str(server.pid)


def test_error_shows_the_end_of_the_log() -> None:
    with pytest.raises(RuntimeError, match=r"unrecognized configuration parameter \"colour\""):
        Postgres.start(colour="blue")


def test_stopping_twice_is_no_error() -> None:
    postgres = Postgres.start()
    postgres.stop()
    postgres.stop()


@pytest.mark.parametrize("end", ["pass", f"os.kill(os.getpid(), {signal.SIGKILL:d})"], ids=["exit", "kill"])
def test_ends_with_the_process_that_started_it(end: str) -> None:
    script = f"import os; from support.postgres import Postgres; print(Postgres.start().port, flush=True); {end}"
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-c", script]
    port = int(subprocess.run(command, check=False, env=environment, stdout=subprocess.PIPE).stdout)
    wait_until_closed(port)


def wait_until_closed(port: int) -> None:
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            return
        time.sleep(0.05)
    pytest.fail(f"somebody still listens on port {port}")
