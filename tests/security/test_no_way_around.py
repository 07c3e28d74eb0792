"""No call of any face brings a version past a gate, whoever makes it and whatever they send.

Each attacker tries the call on a model of their own, and then every move that there is. Nobody has the approvals of
two reviewers, so nothing that is guarded may come to pass. Only an administrator can take a model out of its gates,
and is told of.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, select

from assent.database import db
from assent.faces import FACES, PAGES
from assent.http.calls import Uses
from assent.registry.views import MODELS, VERSIONS
from security import gated
from security.gated import ATTACKERS, Gated
from security.way import Reason, Way
from security.ways import WAYS
from security.words import filled, path_of
from support.browsing import Browser
from support.databases import ADMINISTRATOR, PostgresDatabases, SqliteDatabases
from support.serving import serving

CALLS = [(face, call) for face in (*FACES, PAGES) for call in face.calls]
PREFIXES = {face.name: face.prefixes for face in (*FACES, PAGES)}
TRIED = [way for way in WAYS if way.reason is None]
TRANSITION, ALIAS = "/api/2.0/mlflow/model-versions/transition-stage", "/api/2.0/mlflow/registered-models/alias"


def test_every_call_that_changes_something_has_its_way() -> None:
    changing = {(face.name, call.method, call.path) for face, call in CALLS if call.method != "GET"}
    assert {way.key for way in WAYS} == changing, "write in tests/security/ways how the call would be used for it"


def test_no_call_has_two_ways() -> None:
    assert [key for key, ways in Counter(way.key for way in WAYS).items() if ways > 1] == []


def test_what_only_reads_is_given_nothing_to_write_with() -> None:
    reading = {way.key for way in WAYS if way.reason is Reason.READS}
    writing = {(face.name, call.method, call.path) for face, call in CALLS if call.uses is Uses.WRITES}
    assert reading & writing == set()
    assert {key for key in writing if key[1] == "GET"} == set()


def test_what_is_not_tried_is_no_call_on_models() -> None:
    assert [way.path for way in WAYS if way.reason is Reason.SIGNS_IN and "model" in way.path] == []


@pytest.fixture(scope="module")
def built() -> list[Gated]:
    """What was put into the databases, once they were made."""
    return []


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def registries(
    request: pytest.FixtureRequest, built: list[Gated], tmp_path_factory: pytest.TempPathFactory
) -> SqliteDatabases | PostgresDatabases:
    """Databases with gates that stand, of the one kind and then of the other."""

    def prepare(url: str) -> None:
        built.append(gated.build(url))

    if request.param == "sqlite":
        return SqliteDatabases(tmp_path_factory.mktemp("gated"), prepare=prepare)
    return PostgresDatabases(request.getfixturevalue("postgres"), template="template_gated", prepare=prepare)


@pytest.fixture
def gated_app(registries: SqliteDatabases | PostgresDatabases) -> Iterator[Flask]:
    """The service on a registry of its own."""
    with registries.copy() as url, serving(url) as opened:
        yield opened


@pytest.fixture
def registry(gated_app: Flask, built: list[Gated]) -> Iterator["Registry"]:
    """The registry, under attack."""
    with gated_app.app_context():
        yield Registry(gated_app, db.engine, built[-1])


class Registry:
    """A registry whose gates stand, and its attackers."""

    def __init__(self, app: Flask, engine: Engine, there: Gated) -> None:
        self.app, self.client, self.engine, self.there = app, app.test_client(), engine, there
        self.browsers: dict[str, Browser] = {}

    def attack(self, way: Way, by: str) -> None:
        """Try a call with all that can be sent to it, then move whatever there is."""
        for prefix in PREFIXES[way.face]:
            for each in way.inputs:
                self._try(way, prefix, each, by)
        self.move_all(by)

    def move_all(self, by: str) -> None:
        """Try every move of the attacker's models, whatever they are called now, and complete every request."""
        words = self.there.words[by]
        for name, number in self._versions(words):
            of_version = {"name": name, "version": str(number)}
            self.ask(by, "POST", ALIAS, {**of_version, "alias": "champion"})
            self.ask(by, "POST", TRANSITION, {**of_version, "stage": "Production"})
            self.ask(by, "POST", f"/api/v1/models/{name}/versions/{number}/requests", {"to": "Production"})
        for what in ("production", "champion", "deletion"):
            self.ask(by, "POST", f"/api/v1/requests/{words[what]}/approve", {})
        name = words["model"]
        self.ask(by, "DELETE", "/api/2.0/mlflow/model-versions/delete", {"name": name, "version": "1"})
        self.ask(by, "DELETE", "/api/2.0/mlflow/registered-models/delete", {"name": name})

    def ask(self, by: str, method: str, path: str, fields: Mapping[str, Any]) -> int:
        """Make a call as somebody; what comes of it is seen in the database. The service never breaks."""
        answer = self.client.open(path, method=method, headers=self.there.headers[by], json=dict(fields))
        assert answer.status_code < 500, f"{by}: {method} {path} {fields}: {answer.text}"
        return answer.status_code

    def send(self, by: str, method: str, path: str, fields: Mapping[str, Any]) -> int:
        """Send a form as somebody who is signed in with a browser. It is understood, and its proof is right."""
        answer = self._browser(by).ask(path, method, data={"csrf_token": self._browser(by).proof, **fields})
        assert answer.status_code < 500, f"{by}: {path} {fields}: {answer.text}"
        assert answer.status_code != 400, f"{by}: {path} {fields}: {answer.text}"
        assert "/sign-in" not in answer.headers.get("Location", ""), f"{by} is not signed in"
        return answer.status_code

    def _browser(self, by: str) -> Browser:
        if by not in self.browsers:
            self.browsers[by] = Browser(self.app)
            self.browsers[by].keep(self.there.sessions[by])
        return self.browsers[by]

    def _try(self, way: Way, prefix: str, given: Mapping[str, Any], by: str) -> None:
        words = self.there.words[by]
        send = self.send if way.face == PAGES.name else self.ask
        in_path = {key[1:-1]: value for key, value in given.items() if key.startswith("<")}
        fields = {key: value for key, value in given.items() if not key.startswith("<")}
        send(by, way.method, prefix + path_of(way.path, in_path, words), filled(fields, words))

    def _versions(self, words: Mapping[str, Any]) -> list[tuple[str, int]]:
        live = select(MODELS.c.name, VERSIONS.c.number).join(VERSIONS, VERSIONS.c.model_id == MODELS.c.id)
        ours = MODELS.c.id.in_([words["model_id"], words["gone_id"]])
        with self.engine.connect().execution_options(reading=True) as session:
            wanted = live.where(ours, MODELS.c.deleted_at.is_(None), VERSIONS.c.deleted_at.is_(None))
            return [(row.name, row.number) for row in session.execute(wanted)]


@pytest.mark.parametrize("way", TRIED, ids=lambda way: " ".join(way.key))
def test_no_way_leads_past_a_gate(registry: Registry, way: Way) -> None:
    for attacker in ATTACKERS:
        registry.attack(way, attacker)
        faults = registry.there.faults(registry.engine)
        if attacker == ADMINISTRATOR and faults and way.told_by:
            assert registry.there.told(registry.engine, way.told_by, attacker)
        else:
            assert faults == [], f"{attacker} got past a gate"


def test_nothing_but_the_gates_was_in_the_way(registry: Registry) -> None:
    registry.ask(ADMINISTRATOR, "POST", "/api/v1/gates/apply", {"gates": []})
    registry.move_all("alice")
    faults = registry.there.faults(registry.engine)
    gone = registry.there.words["alice"]["model_id"]
    assert f"the model {gone} is deleted" in faults


def test_two_reviewers_and_a_check_are_the_way(registry: Registry) -> None:
    words = registry.there.words["edith"]
    reviewed = {"digest": words["digest_of_production"]}
    assert registry.send("petra", "POST", f"/requests/{words['production']}/approve", reviewed) == 303
    posted = {"name": "ci/evaluation", "state": "passed"}
    registry.ask("edith", "POST", f"/api/v1/models/{words['model']}/versions/1/checks", posted)
    assert registry.there.faults(registry.engine) == []
    registry.ask("bob", "POST", f"/api/v1/requests/{words['production']}/approve", {})
    assert registry.there.faults(registry.engine) == [f"version 1 of {words['model']} stands in Production"]
