"""`assent checks`, against a live registry."""

from collections.abc import Iterator

import pytest

from support.commands import Assent
from support.databases import PostgresDatabases, SqliteDatabases
from support.live import Client
from support.server import Server

POST = ("checks", "post", "fraud", "1")


@pytest.fixture(scope="module")
def assent(
    databases: SqliteDatabases | PostgresDatabases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Assent]:
    """The command in an administrator's hands, and a registry with a model of one version."""
    with databases.copy() as url, Server.start(url, tmp_path_factory.mktemp("server")) as server:
        client = Client(server.url, server.token())
        client.post("/registered-models/create", name="fraud")
        client.register("fraud")
        yield Assent({"ASSENT_URL": server.url, "ASSENT_TOKEN": server.token()})


def test_a_check_is_posted_and_listed(assent: Assent) -> None:
    link = ("--url", "https://ci.example.com/runs/17")
    measured = ("--metric", "auc=0.93", "--metric", "a=b=2e-3")
    assert assent(*POST, "ci/evaluation", "pending").stdout == "ci/evaluation of fraud/1 is pending.\n"
    assert assent(*POST, "ci/evaluation", "passed", "--summary", "Fine.", *link, *measured).stdout == (
        "ci/evaluation of fraud/1 passed.\n"
    )
    heading, row = assent("checks", "list", "fraud", "1").stdout.splitlines()
    assert heading.split() == ["CHECK", "STATE", "METRICS", "POSTED", "BY", "SUMMARY", "URL"]
    assert row.startswith("ci/evaluation  passed  a=b=0.002, auc=0.93")
    assert row.endswith("admin  Fine.    https://ci.example.com/runs/17")


def test_what_was_posted_before_is_listed_too(assent: Assent) -> None:
    for state in ("failed", "passed"):
        assent(*POST, "ci/bias", state)
    found = assent.json("checks", "list", "fraud", "1", "--check", "ci/bias", "--history")
    assert [(each["state"], each["valid_until"] is None) for each in found] == [("failed", False), ("passed", True)]
    assert "UNTIL" in assent("checks", "list", "fraud", "1", "--history").stdout


@pytest.mark.parametrize("metric", ["auc", "=1", "auc=high", "auc=nan", "auc=inf", "auc="])
def test_what_is_no_metric_is_told(assent: Assent, metric: str) -> None:
    assert "is no metric such as auc=0.93" in assent.told(*POST, "ci/bias", "passed", "--metric", metric, code=2)


def test_what_is_no_state_is_told(assent: Assent) -> None:
    assert "'passed', 'failed', 'pending'" in assent.told(*POST, "ci/bias", "green", code=2)


def test_a_version_that_is_not_there_has_no_checks(assent: Assent) -> None:
    assert "not found" in assent.told("checks", "post", "fraud", "2", "ci/bias", "passed", code=2)
    assert "not found" in assent.told("checks", "list", "fraud", "2", code=2)
