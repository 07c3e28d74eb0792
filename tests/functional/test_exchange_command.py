"""`assent tokens exchange`, against a live server: what a CI job does that has nothing stored."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import requests
from click.testing import CliRunner, Result

from assent.access.granting import grants
from assent.access.people import accounts
from assent.access.policy.levels import Level
from assent.access.policy.limits import limits
from assent.access.policy.principals import SYSTEM, Kind
from assent.access.publishing import publishers
from assent.access.publishing.publishers import Terms
from assent.cli import main
from assent.database import unit_of_work
from support.databases import TEST, PostgresDatabases, SqliteDatabases, engine_for
from support.processes import free_port
from support.provider import ACTIONS, Provider
from support.server import Server

AUDIENCE = "assent of acme & co"


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    """The issuer of the job's tokens."""
    with Provider() as running:
        yield running


@pytest.fixture(scope="module")
def server(
    provider: Provider,
    databases: SqliteDatabases | PostgresDatabases,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Server]:
    """A live registry, where ci reads and registers by what the provider says."""
    with databases.copy() as url:
        engine = engine_for(url)
        with unit_of_work(engine, TEST) as session:
            ci = accounts.create(session, "ci", kind=Kind.SERVICE_ACCOUNT, by=SYSTEM)
            grants.give(session, ci, Level.CAN_EDIT, by=SYSTEM)
            terms = Terms(provider.url, {"repository": "acme/fraud"}, "ci", limits(["read", "register"], "*"))
            publishers.create(session, "release", terms, by=SYSTEM)
        engine.dispose()
        with Server.start(url, tmp_path_factory.mktemp("server"), oidc_audiences=AUDIENCE) as started:
            yield started


def exchange(environment: Mapping[str, str], *words: str, stdin: str | None = None, code: int = 0) -> Result:
    done = CliRunner(env=environment).invoke(main, ["tokens", "exchange", *words], input=stdin)
    assert done.exit_code == code, done.output
    return done


def who(server: Server, token: str) -> Any:
    """Whom the registry knows by a token."""
    headers = {"Authorization": f"Bearer {token}"}
    return requests.get(f"{server.url}/api/v1/me", headers=headers, timeout=60).json()["name"]


def test_a_job_of_github_needs_nothing_but_the_address(server: Server, provider: Provider) -> None:
    done = exchange({"ASSENT_URL": server.url, **provider.in_actions()})
    assert who(server, done.stdout.strip()) == "ci"


def test_a_job_of_gitlab_has_its_token_in_a_variable(server: Server, provider: Provider) -> None:
    done = exchange(
        {"ASSENT_URL": server.url, "ASSENT_ID_TOKEN": provider.ci_token(AUDIENCE)}, "--scope", "read", "--json"
    )
    assert json.loads(done.stdout)["scope"] == "read"


def test_a_token_may_come_from_standard_input(server: Server, provider: Provider) -> None:
    done = exchange({"ASSENT_URL": server.url}, "--stdin", "--as", "ci", stdin=provider.ci_token(AUDIENCE) + "\n")
    assert done.stdout.startswith("assent_")


@pytest.mark.parametrize("words", [["--audience", "another"], ["--as", "another"], ["--scope", "manage"]])
def test_a_job_that_is_not_let_in_ends_with_5(server: Server, provider: Provider, words: list[str]) -> None:
    done = exchange({"ASSENT_URL": server.url, **provider.in_actions()}, *words, code=5)
    assert done.stdout == ""
    assert done.stderr.startswith("assent: ")


def test_a_job_without_a_token_is_told_where_to_get_one(server: Server) -> None:
    assert "id-token: write" in exchange({"ASSENT_URL": server.url}, code=2).stderr
    assert "no token" in exchange({"ASSENT_URL": server.url}, "--stdin", stdin=" ", code=2).stderr


def test_a_registry_that_does_not_answer_ends_with_6() -> None:
    nowhere = {"ASSENT_URL": f"http://127.0.0.1:{free_port()}", "ASSENT_ID_TOKEN": "a.b.c"}
    assert "cannot be reached" in exchange(nowhere, code=6).stderr


def test_what_github_refuses_is_told(server: Server, provider: Provider) -> None:
    environment = {"ASSENT_URL": server.url, **provider.in_actions(), "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "wrong"}
    assert f"{ACTIONS} answers 401" in exchange(environment, code=5).stderr


def test_what_is_no_registry_is_told(provider: Provider) -> None:
    environment = {"ASSENT_URL": provider.url, "ASSENT_ID_TOKEN": "a.b.c"}
    assert "no JSON" in exchange(environment, code=1).stderr
