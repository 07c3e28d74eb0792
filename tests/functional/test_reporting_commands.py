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
