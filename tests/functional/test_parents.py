"""Declared parents: what a version was fine-tuned or distilled from, or is an ensemble of."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from assent.audit.events import AuditEvent
from assent.database import db
from support.calling import API, Caller
from support.databases import PostgresDatabases, SqliteDatabases
from support.serving import serving

MISTRAL = "hf://mistralai/Mistral-7B@main"
OF_1 = "/models/m/versions/1/parents"
STANDING = "SELECT source, target, type FROM lineage_edges WHERE withdrawn_at IS NULL AND through = 'declaration'"


@pytest.fixture
def versions(call: Caller) -> Caller:
    """A model with three versions."""
    call.model()
    for _ in range(3):
        call.version()
    return call


def _of(number: int) -> str:
    return f"/models/m/versions/{number}/parents"


def _declare(
    call: Caller, number: int, parent: int, relation: str = "fine_tuned", status: int = 200
) -> dict[str, Any]:
    return call.api("POST", _of(number), relation=relation, model="m", version=parent, status=status)


def _told(call: Caller, **which: Any) -> list[tuple[str, Any]]:
    found = call.api("GET", OF_1, **which)["parents"]
    return [(each["relation"], each["external"] or each["version"]["number"]) for each in found]


def _edges(app: Flask) -> set[tuple[str, str, str]]:
    with app.app_context(), db.engine.connect() as connection:
        return {(row[0], row[1], row[2]) for row in connection.execute(text(STANDING))}


def _events(app: Flask) -> list[tuple[str, int | None, dict[str, Any]]]:
    columns = select(AuditEvent.action, AuditEvent.version, AuditEvent.details).order_by(AuditEvent.id)
    about = AuditEvent.action.in_(["model_version.parent_declared", "model_version.parent_withdrawn"])
    with app.app_context(), db.engine.connect() as connection:
        return [(row.action.value, row.version, row.details) for row in connection.execute(columns.where(about))]


def test_a_version_and_a_model_elsewhere_are_parents(app: Flask, versions: Caller) -> None:
    _declare(versions, 1, 2, "distilled")
    versions.api("POST", OF_1, relation="fine_tuned", external=MISTRAL)
    assert _told(versions) == [("distilled", 2), ("fine_tuned", MISTRAL)]
    assert _edges(app) == {
        ("version:2", "version:1", "distilled"),
        (f"external_model:{MISTRAL}", "version:1", "fine_tuned"),
    }


def test_what_was_made_from_a_model_elsewhere_is_found(versions: Caller) -> None:
    versions.api("POST", OF_1, relation="fine_tuned", external=MISTRAL)
    _declare(versions, 3, 1, "ensembled")
    found = versions.api("GET", "/lineage/made-from", of=f"external_model:{MISTRAL}")["versions"]
    assert [each["number"] for each in found] == [1, 3]


def test_what_is_declared_twice_is_said_once(app: Flask, versions: Caller) -> None:
    _declare(versions, 1, 2)
    _declare(versions.by("bob"), 1, 2)
    assert [each["stated_by"] for each in versions.api("GET", OF_1)["parents"]] == ["alice"]
    assert len(_events(app)) == 1


def test_one_parent_is_so_in_several_ways(versions: Caller) -> None:
    _declare(versions, 1, 2)
    _declare(versions, 1, 2, "ensembled")
    assert _told(versions) == [("fine_tuned", 2), ("ensembled", 2)]


def test_what_is_withdrawn_is_known_to_have_been_said(app: Flask, versions: Caller) -> None:
    _declare(versions, 1, 2)
    versions.api("DELETE", OF_1, relation="fine_tuned", model="m", version=2)
    assert _told(versions) == []
    (was,) = versions.api("GET", OF_1, withdrawn="true")["parents"]
    assert was["withdrawn_at"] >= was["stated_at"]
    told = {"relation": "fine_tuned", "parent": "version:m/2", "node": "version:2"}
    assert _events(app) == [
        ("model_version.parent_declared", 1, told),
        ("model_version.parent_withdrawn", 1, told),
    ]


def test_what_is_withdrawn_may_be_declared_again(versions: Caller) -> None:
    for method in ("POST", "DELETE", "DELETE", "POST"):
        versions.api(method, OF_1, relation="fine_tuned", model="m", version=2)
    assert _told(versions) == [("fine_tuned", 2)]
    assert len(_told(versions, withdrawn="true")) == 2


def test_what_nobody_declared_is_withdrawn_without_an_event(app: Flask, versions: Caller) -> None:
    versions.api("DELETE", OF_1, relation="fine_tuned", external=MISTRAL)
    assert _events(app) == []


def test_a_circle_is_refused_and_told(app: Flask, versions: Caller) -> None:
    _declare(versions, 2, 1)
    _declare(versions, 3, 2)
    detail = _declare(versions, 1, 3, status=409)["detail"]
    assert detail == "That would close a circle: version:m/1 → version:m/2 → version:m/3 → version:m/1."
    assert len(_edges(app)) == 2


def test_a_version_is_no_parent_of_itself(versions: Caller) -> None:
    assert _declare(versions, 1, 1, status=409)["detail"] == "version:m/1 would be its own parent."


def test_a_circle_through_what_one_may_not_read_is_refused_without_naming_it(versions: Caller) -> None:
    versions.model("secret")
    versions.version("secret")
    versions.api("POST", "/models/secret/versions/1/parents", relation="distilled", model="m", version=1)
    versions.api("POST", _of(2), relation="distilled", model="secret", version=1)
    versions.api("PUT", "/models/secret/permissions", kind="user", name="edith", level="NO_PERMISSIONS")
    detail = _declare(versions.by("edith"), 1, 2, status=409)["detail"]
    assert detail == "version:m/2 comes from this version already, by a way that you may not see."


def test_a_parent_that_one_may_not_read_is_none(versions: Caller) -> None:
    versions.model("secret")
    versions.version("secret")
    parent: dict[str, Any] = {"relation": "distilled", "model": "secret", "version": 1}
    versions.api("POST", OF_1, **parent)
    versions.api("PUT", "/models/secret/permissions", kind="user", name="edith", level="NO_PERMISSIONS")
    versions.by("edith").api("POST", _of(2), status=404, **parent)
    assert _told(versions.by("edith")) == []
    assert _told(versions) == [("distilled", 1)]


def test_a_reader_declares_nothing(versions: Caller) -> None:
    _declare(versions.by("rita"), 1, 2, status=403)


def test_of_a_deleted_version_nothing_is_declared(versions: Caller) -> None:
    versions("DELETE", "/model-versions/delete", name="m", version="1")
    _declare(versions, 1, 2, status=404)


@pytest.mark.parametrize(
    "said",
    [
        {"relation": "input", "external": MISTRAL},
        {"relation": "fine_tuned"},
        {"relation": "fine_tuned", "model": "m"},
        {"relation": "fine_tuned", "version": 2},
        {"relation": "fine_tuned", "model": "m", "version": 2, "external": MISTRAL},
        {"relation": "fine_tuned", "external": " "},
        {"relation": "fine_tuned", "external": "e" * 161},
        {"relation": "fine_tuned", "external": "e\x00"},
    ],
)
def test_bad_input_is_told(versions: Caller, said: dict[str, Any]) -> None:
    assert versions.api("POST", OF_1, status=400, **said)["detail"]


RELATION = st.sampled_from(["fine_tuned", "distilled", "ensembled"])
STEP = st.tuples(st.sampled_from(["POST", "POST", "POST", "DELETE"]), st.integers(1, 5), st.integers(1, 5), RELATION)


@pytest.fixture(scope="module")
def service(databases: SqliteDatabases | PostgresDatabases) -> Iterator[Flask]:
    """The service on a database with five versions."""
    with databases.copy() as url, serving(url) as app:
        call = Caller(app.test_client())
        call.model()
        for _ in range(5):
            call.version()
        yield app


class TestAgainstANaiveGraph:
    """Random declarations and withdrawals, one after the other and all at once."""

    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(steps=st.lists(STEP, max_size=20))
    def test_one_after_the_other_they_agree(self, service: Flask, steps: list[tuple[str, int, int, str]]) -> None:
        naive = _cleared(service)
        for step in steps:
            method, child, parent, relation = step
            expected = 200
            if method == "DELETE":
                naive.discard((parent, child, relation))
            elif parent in _from(naive, child):
                expected = 409
            else:
                naive.add((parent, child, relation))
            assert _take(service, step) == expected
        assert _standing(service) == naive

    @settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
    @given(steps=st.lists(STEP, min_size=8, max_size=24))
    def test_all_at_once_they_make_no_circle(self, service: Flask, steps: list[tuple[str, int, int, str]]) -> None:
        _cleared(service)
        with ThreadPoolExecutor(4) as pool:
            statuses = list(pool.map(lambda step: _take(service, step), steps))
        assert set(statuses) <= {200, 409}
        standing = _standing(service)
        assert all(parent not in _from(standing, child) for parent, child, _ in standing)
        refused = {step[1:] for step, status in zip(steps, statuses, strict=True) if status == 409}
        tried = {(parent, child, relation) for method, child, parent, relation in steps if method == "POST"}
        kept = {(child, parent, relation) for parent, child, relation in standing}
        withdrawn = {step[1:] for step in steps if step[0] == "DELETE"}
        assert standing <= tried
        assert {(child, parent, relation) for parent, child, relation in tried} - kept <= refused | withdrawn


def _take(app: Flask, step: tuple[str, int, int, str]) -> int:
    method, child, parent, relation = step
    body = {"relation": relation, "model": "m", "version": parent}
    return Caller(app.test_client()).answer(method, API + _of(child), json=body).status_code


def _standing(app: Flask) -> set[tuple[int, int, str]]:
    return {(int(source[8:]), int(target[8:]), kind) for source, target, kind in _edges(app)}


def _cleared(app: Flask) -> set[tuple[int, int, str]]:
    for parent, child, relation in _standing(app):
        assert _take(app, ("DELETE", child, parent, relation)) == 200
    assert _standing(app) == set()
    return set()


def _from(standing: set[tuple[int, int, str]], start: int) -> set[int]:
    """Whatever comes of a version, and itself."""
    found = {start}
    while True:
        more = {child for parent, child, _ in standing if parent in found} - found
        if not more:
            return found
        found |= more


def test_the_audit_log_names_no_parent_to_who_only_reads_the_child(versions: Caller) -> None:
    versions.model("secret")
    versions.version("secret")
    versions.api("POST", OF_1, relation="distilled", model="secret", version=1)
    versions.api("PUT", "/models/secret/permissions", kind="user", name="rita", level="NO_PERMISSIONS")
    assert "secret" in versions.answer("GET", f"{API}/audit/events?model=m").text
    assert "secret" not in versions.by("rita").answer("GET", f"{API}/audit/events?model=m").text


def test_withdrawing_takes_nothing_out_of_a_quarantine(versions: Caller) -> None:
    _declare(versions, 1, 2)
    recall = versions.api("POST", "/recalls", of="version:m/2", reason="Labels were leaked.")["id"]
    versions.api("DELETE", OF_1, relation="fine_tuned", model="m", version=2, status=409)
    versions.api("POST", f"/recalls/{recall}/lift", reason="A mistake.")
    versions.api("DELETE", OF_1, relation="fine_tuned", model="m", version=2)
    assert _told(versions) == []
