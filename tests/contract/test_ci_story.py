"""A pipeline without stored secrets: token exchanged, version registered, checked, promoted; and each other end."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests

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
from support.commands import Assent, Running
from support.databases import ADMINISTRATOR, PASSWORD, TEST, PostgresDatabases, SqliteDatabases, engine_for
from support.gating import gate
from support.live import Client
from support.processes import free_port
from support.provider import Provider
from support.server import Server

GATE = gate("Production", {"approvals": 2}, {"check": "ci/evaluation"}, models=["fraud"])
FREEZE = {
    "name": "year-end",
    "targets": [{"stage": "Production"}],
    "from": "2020-01-01T00:00",
    "until": "2099-01-04T08:00",
    "zone": "Europe/Berlin",
}


@dataclass(frozen=True)
class Pipeline:
    """A registry that trusts the jobs of a provider, and a job that has exchanged its token."""

    url: str
    provider: Provider
    job: Assent

    def call(self, who: str, method: str, path: str, **fields: Any) -> dict[str, Any]:
        """A native call by one of the people, which must succeed."""
        answer = requests.request(method, f"{self.url}/api/v1{path}", auth=(who, PASSWORD), timeout=60, **fields)
        assert answer.ok, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def govern(self, *freezes: dict[str, Any]) -> None:
        """Let the gate stand, with some freezes."""
        self.call(ADMINISTRATOR, "POST", "/gates/apply", json={"gates": [GATE], "freezes": list(freezes)})

    def version(self, check: str = "passed") -> str:
        """A further version, and how its check came out."""
        number = str(Client(self.url, self.job.environment["ASSENT_TOKEN"]).register("fraud"))
        self.job("checks", "post", "fraud", number, "ci/evaluation", check)
        return number

    def promoting(self, number: str, *words: str) -> Running:
        """The command as a process that waits."""
        return self.job.start("promote", "fraud", number, "Production", "--wait", *words)

    def decide(self, who: str, number: str, verb: str, **said: str) -> None:
        """Let somebody decide on the open request of a version."""
        explained = self.call(who, "GET", f"/models/fraud/versions/{number}/explain", params={"to": "Production"})
        self.call(who, "POST", f"/requests/{explained['request']['id']}/{verb}", json=said)

    def is_there(self, number: str) -> bool:
        """Whether a version stands in Production."""
        path = f"/models/fraud/versions/{number}/explain"
        return bool(self.call("bob", "GET", path, params={"to": "Production"})["there"])

    def is_let_in(self, token: str) -> bool:
        """Whether a token lets anybody in."""
        shown = {"Authorization": f"Bearer {token}"}
        return requests.get(f"{self.url}/api/v1/me", headers=shown, timeout=60).ok


@pytest.fixture(scope="module")
def pipeline(
    databases: SqliteDatabases | PostgresDatabases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Pipeline]:
    """A gate that asks for two approvals and a check, and a job of acme/fraud."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with Provider() as provider, databases.copy() as database:
        _trust(database, provider)
        with Server.start(database, tmp_path_factory.mktemp("server"), port=port, public_url=url):
            around = {"ASSENT_URL": url, **provider.in_actions()}
            token = Assent(around)("tokens", "exchange").stdout.strip()
            made = Pipeline(url, provider, Assent(around | {"ASSENT_TOKEN": token}))
            made.govern()
            yield made


def _trust(database: str, provider: Provider) -> None:
    engine = engine_for(database)
    with unit_of_work(engine, TEST) as session:
        models.create(session, "fraud", by=SignIn().as_if(session, accounts.named(session, "alice")))
        ci = accounts.create(session, "ci", kind=Kind.SERVICE_ACCOUNT, by=SYSTEM)
        for level in (Level.CAN_EDIT, Level.CAN_CREATE_REGISTERED_MODEL):
            grants.give(session, ci, level, by=SYSTEM)
        allowed = limits(["read", "register", "report", "request"], "fraud")
        claims = {"repository": "acme/fraud", "environment": "production"}
        publishers.create(session, "release", Terms(provider.url, claims, "ci", allowed), by=SYSTEM)
    engine.dispose()


def test_a_pipeline_brings_what_it_trained_to_production(pipeline: Pipeline, tell: Callable[..., Any]) -> None:
    login = {"MLFLOW_REGISTRY_URI": pipeline.url, "MLFLOW_TRACKING_TOKEN": pipeline.job.environment["ASSENT_TOKEN"]}
    number = str(tell("trained", login)["version"])
    with pipeline.promoting(number) as waiting:
        waiting.until_told("check missing: The check ci/evaluation was not posted")
        pipeline.job("checks", "post", "fraud", number, "ci/evaluation", "passed", "--metric", "auc=0.93")
        pipeline.decide("bob", number, "approve")
        waiting.until_told("1 of 2 approvals")
        pipeline.decide("petra", number, "approve", comment="Fine.")
        assert waiting.ended(0) == f"fraud/{number} is in Production (request 1, approved by bob and petra).\n"
    assert pipeline.is_there(number)


def test_a_right_that_the_job_lacks_is_told(pipeline: Pipeline) -> None:
    told = pipeline.job.told("promote", "fraud", pipeline.version(), "Staging", "--wait", code=5)
    assert told == (
        "assent: ci lacks the right model_version:move: it takes the level CAN_MANAGE_STAGING_VERSIONS, "
        "and ci has CAN_EDIT.\n"
    )


def test_a_check_that_failed_refuses(pipeline: Pipeline) -> None:
    told = pipeline.job.told("promote", "fraud", pipeline.version("failed"), "Production", "--wait", code=5)
    assert "check failed: The check ci/evaluation failed" in told


def test_a_rejection_fails_the_pipeline_with_its_reason(pipeline: Pipeline) -> None:
    number = pipeline.version()
    with pipeline.promoting(number) as waiting:
        waiting.until_told("0 of 2 approvals")
        pipeline.decide("petra", number, "reject", comment="It drifts.")
        assert waiting.ended(3) == ""
        assert waiting.told.endswith(f"fraud/{number} to Production, was rejected by petra: It drifts.\n")


def test_a_pipeline_waits_no_longer_than_it_says(pipeline: Pipeline) -> None:
    told = pipeline.job.told(
        "promote", "fraud", pipeline.version(), "Production", "--wait", "--timeout", "1s", code=4
    )
    assert "Nobody completed it in time." in told
    assert "approvals missing: 0 of 2 approvals" in told


def test_a_freeze_tells_until_when_it_holds(pipeline: Pipeline) -> None:
    number = pipeline.version()
    pipeline.govern(FREEZE)
    told = pipeline.job.told("promote", "fraud", number, "Production", code=5)
    pipeline.govern()
    assert "freeze waiting: Production is frozen (year-end) until 2099-01-04 07:00:00 UTC" in told


def test_a_registry_that_does_not_answer_is_given_up(pipeline: Pipeline) -> None:
    nowhere = Assent(pipeline.job.environment | {"ASSENT_URL": f"http://127.0.0.1:{free_port()}"})
    told = nowhere.told("promote", "fraud", "1", "Production", "--wait", "--patience", "1s", code=6)
    assert "Connection refused: trying again." in told


def test_ctrl_c_leaves_the_request_standing(pipeline: Pipeline) -> None:
    number = pipeline.version()
    with pipeline.promoting(number) as waiting:
        waiting.until_told("0 of 2 approvals")
        waiting.interrupt()
        waiting.ended(130)
        assert "stays open: the same command waits for it again." in waiting.told
    with pipeline.promoting(number) as again:
        again.until_told("0 of 2 approvals")
        for reviewer in ("bob", "petra"):
            pipeline.decide(reviewer, number, "approve")
        again.ended(0)


def test_a_token_that_ends_meanwhile_is_replaced(pipeline: Pipeline) -> None:
    around = {name: value for name, value in pipeline.job.environment.items() if name != "ASSENT_TOKEN"}
    token = Assent(around)("tokens", "exchange").stdout.strip()
    number = pipeline.version()
    with Assent(around | {"ASSENT_TOKEN": token}).start(
        "promote", "fraud", number, "Production", "--wait"
    ) as waiting:
        waiting.until_told("0 of 2 approvals")
        newest = pipeline.call(ADMINISTRATOR, "GET", "/tokens", params={"for": "ci"})["tokens"][-1]
        pipeline.call(ADMINISTRATOR, "DELETE", f"/tokens/{newest['id']}")
        while pipeline.is_let_in(token):
            time.sleep(0.1)
        pipeline.decide("bob", number, "approve")
        waiting.until_told("the job's own was exchanged for a new one.")
        pipeline.decide("petra", number, "approve")
        waiting.ended(0)
