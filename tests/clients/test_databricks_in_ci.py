"""How Databricks' SDK of each line gets in from a CI job where nothing is stored."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assent.access.granting import grants
from assent.access.people import accounts
from assent.access.policy.levels import Level
from assent.access.policy.limits import limits
from assent.access.policy.principals import SYSTEM, Kind
from assent.access.publishing import publishers
from assent.access.publishing.publishers import Terms
from assent.access.signing_in.sign_in import SignIn
from assent.database import unit_of_work
from assent.registry import models
from support import clients
from support.clients import DATABRICKS, every_line
from support.databases import TEST, PostgresDatabases, SqliteDatabases, engine_for
from support.provider import Provider
from support.server import Server

STORY = Path(__file__).parent / "stories/databricks_ci.py"
AUDIENCE = "assent-of-acme"
# The lines that know no other way than a secret.
BEFORE_FEDERATION = ("0.30",)

EXPECTED = {
    "client credentials": ["ci", "1", "PERMISSION_DENIED"],
    "wrong secret": "invalid_client: Unknown user or wrong credentials.",
}
FEDERATED = {
    "env-oidc": ["ci", "2", "RESOURCE_DOES_NOT_EXIST"],
    "env-oidc by fit alone": ["ci", "3", "RESOURCE_DOES_NOT_EXIST"],
    "github-oidc": ["ci", "4", "RESOURCE_DOES_NOT_EXIST"],
    "token of another repository": (
        "invalid_grant: The token fits no trusted publisher of its issuer. It makes these claims: actor, aud, "
        "environment, event_name, exp, iat, iss, job_workflow_ref, jti, nbf, ref, ref_type, repository, "
        "repository_owner, run_attempt, run_id, sha, sub, workflow_ref."
    ),
    "token shown again": "invalid_grant: The token was exchanged before; each is good for one exchange.",
    "github-oidc as another": "invalid_grant: The token fits no trusted publisher that acts as this client_id.",
}


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    """The issuer of the job's tokens."""
    with Provider() as running:
        yield running


@pytest.fixture(scope="module")
def told(
    databricks_line: str,
    provider: Provider,
    databases: SqliteDatabases | PostgresDatabases,
    tmp_path_factory: pytest.TempPathFactory,
) -> Any:
    """The facts of the story, as this line tells it to a new registry."""
    folder = tmp_path_factory.mktemp(databricks_line)
    with databases.copy() as url:
        trust(url, provider)
        with Server.start(url, folder, oidc_audiences=AUDIENCE) as server:
            environment = {"DATABRICKS_HOST": server.url, "HOME": str(folder), **provider.in_actions()}
            asked = {
                "secret": server.token("ci"),
                "tokens": [provider.ci_token(AUDIENCE) for _ in range(2)],
                "strange": provider.ci_token(AUDIENCE, repository="acme/another"),
                "federated": databricks_line not in BEFORE_FEDERATION,
            }
            python = every_line(DATABRICKS)[databricks_line]
            return clients.tell(python, STORY, environment, folder, asked=asked)


def trust(url: str, provider: Provider) -> None:
    """Let jobs of a repository register versions of fraud; their service account may do more."""
    engine = engine_for(url)
    with unit_of_work(engine, TEST) as session:
        alice = SignIn().as_if(session, accounts.named(session, "alice"))
        for name in ("fraud", "churn"):
            models.create(session, name, by=alice)
        ci = accounts.create(session, "ci", kind=Kind.SERVICE_ACCOUNT, by=SYSTEM)
        grants.give(session, ci, Level.CAN_EDIT, on=grants.Place(pattern="fraud"), by=SYSTEM)
        grants.give(session, ci, Level.CAN_READ, by=SYSTEM)
        terms = Terms(provider.url, {"repository": "acme/fraud"}, "ci", limits(["register"], "fraud"))
        publishers.create(session, "release", terms, by=SYSTEM)
    engine.dispose()


def expected_of(line: str) -> dict[str, Any]:
    return EXPECTED if line in BEFORE_FEDERATION else EXPECTED | FEDERATED


@pytest.mark.parametrize("way", EXPECTED | FEDERATED)
def test_sdk_gets_in(told: Any, databricks_line: str, way: str) -> None:
    if way not in expected_of(databricks_line):
        pytest.skip(f"databricks-sdk {databricks_line} does not know this way")
    assert told[way] == (EXPECTED | FEDERATED)[way]


def test_every_way_is_expected(told: Any, databricks_line: str) -> None:
    assert told.keys() == expected_of(databricks_line).keys() | {"release"}
