"""`assent lineage` asks the graph of a live registry."""

from collections.abc import Iterator

import pytest
import requests

from support.commands import Assent
from support.databases import PostgresDatabases, SqliteDatabases
from support.server import Server


@pytest.fixture(scope="module")
def assent(
    databases: SqliteDatabases | PostgresDatabases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Assent]:
    """The command in an administrator's hands, and a registry with a version of a run, and its copy."""
    with databases.copy() as url, Server.start(url, tmp_path_factory.mktemp("server")) as server:
        token = server.token()
        for name, source, run in (("base", "s3://bucket/base", "4f2c"), ("copies", "models:/base/1", "")):
            for path, fields in (
                ("registered-models/create", {"name": name}),
                ("model-versions/create", {"name": name, "source": source, "run_id": run}),
            ):
                answer = requests.post(
                    f"{server.url}/api/2.0/mlflow/{path}",
                    json=fields,
                    headers={"Authorization": f"Bearer {token}"},
                    timeout=30,
                )
                answer.raise_for_status()
        yield Assent({"ASSENT_URL": server.url, "ASSENT_TOKEN": token})


def test_what_a_version_is_made_of_is_shown_as_a_tree(assent: Assent) -> None:
    shown = assent("lineage", "show", "copies", "1").stdout.splitlines()
    assert shown == [
        "version:copies/1 (None)",
        "  copied version:base/1 (None)",
        "    registered run:4f2c",
        "  registered run:4f2c",
    ]


def test_what_came_of_something_is_shown_as_a_tree(assent: Assent) -> None:
    shown = assent("lineage", "descendants", "version:base/1").stdout.splitlines()
    assert shown == ["version:base/1 (None)", "  copied version:copies/1 (None)"]
    assert assent("lineage", "show", "base", "1", "--down").stdout.splitlines() == shown


def test_what_was_made_from_something_is_listed(assent: Assent) -> None:
    assert "copies  1        None" in assent("lineage", "made-from", "run:4f2c").stdout
    assert assent.json("lineage", "made-from", "run:4f2c", "--at", "2020-01-01")["versions"][0]["stood_in"] is None
    assert assent.json("lineage", "made-from", "run:4f2c", "--standing", "Production")["versions"] == []


def test_a_time_that_is_none_is_refused(assent: Assent) -> None:
    assert "no time such as" in assent.told("lineage", "made-from", "run:4f2c", "--at", "noon", code=2)


def test_a_recall_is_weighed_made_seen_and_lifted(assent: Assent) -> None:
    assert assent("lineage", "reach", "run:4f2c").stdout.startswith("Versions: 2, in production: 0")
    made = assent.json("lineage", "recall", "run:4f2c", "--reason", "leaked")
    assert assent("lineage", "show", "copies", "1").stdout.startswith(f"Quarantined by recall {made['id']}: leaked")
    assert "leaked" in assent("lineage", "recalls").stdout
    assert "is lifted" in assent("lineage", "lift", str(made["id"]), "--reason", "a mistake").stdout
    assert assent("lineage", "recalls").stdout == "There are none.\n"
    assert "a mistake" in assent("lineage", "recalls", "--all").stdout


def test_a_node_that_nobody_knows_is_told(assent: Assent) -> None:
    assert "Nothing is known of run:none" in assent.told("lineage", "made-from", "run:none", code=2)


def test_two_versions_are_compared(assent: Assent) -> None:
    told = assent("lineage", "differ", "base/1", "copies/1").stdout
    assert told == "Version base/1 has no run snapshot.\n\nVersion copies/1 has no run snapshot.\n"
