"""`assent deployments`, and what of `assent lineage` states something, against a live registry."""

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
    """The command in an administrator's hands, and a registry with two models of one version each."""
    with databases.copy() as url, Server.start(url, tmp_path_factory.mktemp("server")) as server:
        token = server.token()
        for name, run_id in (("fraud", "4f2c" * 8), ("churn", "")):
            for path, fields in (
                ("registered-models/create", {"name": name}),
                ("model-versions/create", {"name": name, "source": f"s3://bucket/{name}", "run_id": run_id}),
            ):
                answer = requests.post(
                    f"{server.url}/api/2.0/mlflow/{path}",
                    json=fields,
                    headers={"Authorization": f"Bearer {token}"},
                    timeout=30,
                )
                answer.raise_for_status()
        yield Assent({"ASSENT_URL": server.url, "ASSENT_TOKEN": token})


def test_a_deployment_is_reported_and_shown(assent: Assent) -> None:
    where = ("--environment", "production", "--url", "https://shop.example.com")
    assert assent("deployments", "report", "shop/eu", "fraud/1", "churn/1", *where).stdout == (
        "shop/eu serves churn/1, fraud/1.\n"
    )
    assert "churn/1, fraud/1" in assent("deployments", "list", "--model", "fraud", "--version", "1").stdout
    assert assent("deployments", "list", "--unseen-for", "2h").stdout == "There are none.\n"
    assent("deployments", "report", "shop/eu", "churn/1")
    shown = assent("deployments", "show", "shop/eu").stdout.splitlines()
    assert [line.split()[0] for line in shown[4:]] == ["churn/1", "fraud/1"]
    assert assent("deployments", "report", "shop/eu").stdout == "shop/eu serves nothing.\n"


@pytest.mark.parametrize("version", ["fraud", "/1", "fraud/x", "fraud/0", "fraud/99999999999"])
def test_what_is_no_version_is_told(assent: Assent, version: str) -> None:
    assert "is no version such as fraud/3" in assent.told("deployments", "report", "shop", version, code=2)


def test_parents_are_declared_listed_and_withdrawn(assent: Assent) -> None:
    said = assent("lineage", "declare", "fraud", "1", "--fine-tuned-from", "hf://mistralai/Mistral-7B@main").stdout
    assert said == "fraud/1 is fine-tuned from hf://mistralai/Mistral-7B@main.\n"
    assert assent("lineage", "declare", "fraud", "1", "--distilled-from", "churn/1").stdout == (
        "fraud/1 is distilled from churn/1.\n"
    )
    assert "→" in assent.told("lineage", "declare", "churn", "1", "--ensembled-from", "version:fraud/1", code=2)
    told = [(each["relation"], each["external"]) for each in assent.json("lineage", "parents", "fraud", "1")]
    assert told == [("fine_tuned", "hf://mistralai/Mistral-7B@main"), ("distilled", None)]
    assent("lineage", "withdraw", "fraud", "1", "--distilled-from", "churn/1")
    assert "churn/1" not in assent("lineage", "parents", "fraud", "1").stdout
    assert "churn/1" in assent("lineage", "parents", "fraud", "1", "--withdrawn").stdout


def test_one_parent_is_declared_at_a_time(assent: Assent) -> None:
    assert "Say one parent" in assent.told("lineage", "declare", "fraud", "1", code=2)


def test_the_event_of_a_version_is_shown_and_sent(assent: Assent, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = assent("lineage", "openlineage", "fraud", "1").stdout
    assert '"runId": "4f2c4f2c-4f2c-4f2c-4f2c-4f2c4f2c4f2c"' in shown
    assert assent.json("lineage", "openlineage", "fraud", "1")["eventType"] == "COMPLETE"
    here = assent.environment["ASSENT_URL"]
    monkeypatch.setenv("OPENLINEAGE_API_KEY", assent.environment["ASSENT_TOKEN"])
    sent = assent("lineage", "openlineage", "fraud", "1", "--send", here).stdout
    assert sent == f"Sent the run 4f2c4f2c-4f2c-4f2c-4f2c-4f2c4f2c4f2c to {here}/api/v1/lineage.\n"
    assert "answers 405" in assent.told("lineage", "openlineage", "fraud", "1", "--send", f"{here}/health", code=2)
    monkeypatch.delenv("OPENLINEAGE_API_KEY")
    assert "answers 401" in assent.told("lineage", "openlineage", "fraud", "1", "--send", here, code=5)


@pytest.mark.parametrize("url", ["ftp://x", "nowhere", "https://user:secret@marquez.example.com"])
def test_what_is_no_address_gets_no_event(assent: Assent, url: str) -> None:
    assert "--send takes an address" in assent.told("lineage", "openlineage", "fraud", "1", "--send", url, code=2)
