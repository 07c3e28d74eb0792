"""`assent lineage digest`: what a model's files are, without a registry, given to one, and compared with one."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from assent.cli import main
from assent.cli.lineage.digest import DIFFERS
from support.databases import SqliteDatabases
from support.live import Client
from support.server import Server


@pytest.fixture(scope="module")
def server(sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A live registry."""
    with sqlite_databases.copy() as url, Server.start(url, tmp_path_factory.mktemp("server")) as started:
        yield started


@pytest.fixture
def model(server: Server, request: pytest.FixtureRequest) -> str:
    """A model with one version."""
    client = Client(server.url, server.token())
    client.post("/registered-models/create", name=request.node.name)
    client.register(request.node.name)
    return str(request.node.name)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A model's files."""
    (tmp_path / "model").mkdir()
    (tmp_path / "model/MLmodel").write_text("flavors: {}\n")
    return tmp_path / "model"


def _run(server: Server, *words: str | Path) -> Result:
    environment = {"ASSENT_URL": server.url, "ASSENT_TOKEN": server.token()}
    return CliRunner(env=environment).invoke(main, ["lineage", "digest", *map(str, words)])


def test_digest_takes_no_registry(files: Path) -> None:
    done = CliRunner(env={"ASSENT_URL": ""}).invoke(main, ["lineage", "digest", str(files), "--json"])
    assert json.loads(done.stdout) == {
        "digest": "sha256:8427ddce359be60ddef39f4823ea6008943b8f0e34b810325e2e6c4275fda580",
        "files": 1,
        "bytes": 12,
    }


def test_what_is_given_is_kept_with_the_version(server: Server, model: str, files: Path) -> None:
    given = _run(server, files, "--give", model, "1")
    assert (given.exit_code, given.stdout.startswith(f"The files of {model} 1 are sha256:")) == (0, True)
    assert json.loads(_run(server, files, "--check", model, "1", "--json").stdout)["given_by"] == "admin"


def test_files_that_were_changed_are_told_apart(server: Server, model: str, files: Path) -> None:
    _run(server, files, "--give", model, "1")
    (files / "MLmodel").write_text("flavors: {other: {}}\n")
    checked = _run(server, files, "--check", model, "1")
    assert checked.exit_code == DIFFERS
    assert checked.stdout.startswith(f"These are not the files of {model} 1: those are sha256:")


def test_a_digest_is_given_once(server: Server, model: str, files: Path) -> None:
    _run(server, files, "--give", model, "1")
    assert _run(server, files, "--give", model, "1").exit_code == 0
    (files / "more").write_text("more")
    again = _run(server, files, "--give", model, "1")
    assert (again.exit_code, "another digest" in again.stderr) == (2, True)


def test_nothing_is_compared_with_what_nobody_gave(server: Server, model: str, files: Path) -> None:
    checked = _run(server, files, "--check", model, "1")
    assert (checked.exit_code, checked.stderr) == (
        2,
        f"assent: Nobody has given the digest of the files of {model} 1.\n",
    )


def test_an_empty_folder_has_no_digest(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["lineage", "digest", str(tmp_path)])
    assert (done.exit_code, done.stderr) == (2, f"assent: There is no file in {tmp_path}.\n")


def test_capturing_takes_mlflow(server: Server, model: str) -> None:
    environment = {"ASSENT_URL": server.url, "ASSENT_TOKEN": server.token()}
    done = CliRunner(env=environment).invoke(main, ["lineage", "capture", model, "1"])
    assert (done.exit_code, "pip install 'assent[mlflow]'" in done.stderr) == (2, True)
