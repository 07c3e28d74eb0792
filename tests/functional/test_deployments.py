"""Deployments say what they serve; who serves what, since when and until when, outlives them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from assent.access.credentials import tokens
from assent.access.granting import grants
from assent.access.granting.grants import Place
from assent.access.people import accounts
from assent.access.policy.levels import Level
from assent.access.policy.limits import limits
from assent.access.policy.principals import SYSTEM
from assent.audit.events import AuditEvent
from assent.database import db, unit_of_work
from support.calling import API, Caller
from support.counting import counted
from support.databases import ADMINISTRATOR, TEST

SHOP = "/deployments/shop/eu"
STANDING = "SELECT source, target FROM lineage_edges WHERE type = 'serves' AND withdrawn_at IS NULL ORDER BY source"


@pytest.fixture
def served(call: Caller) -> Caller:
    """A model with two versions."""
    call.model()
    call.version()
    call.version()
    return call


def _report(call: Caller, *numbers: int, status: int = 200, path: str = SHOP, **more: Any) -> dict[str, Any]:
    serves = [{"model": "m", "version": number} for number in numbers]
    said = {"environment": "production", "url": "https://shop.example.com", **more}
    return call.api("PUT", path, serves=serves, status=status, **said)


def _serves(deployment: dict[str, Any]) -> list[int]:
    return [each["version"] for each in deployment["serves"]]


def _events(app: Flask) -> list[tuple[str, str, int | None]]:
    with app.app_context(), db.engine.connect() as connection:
        columns = select(AuditEvent.action, AuditEvent.subject, AuditEvent.version).order_by(AuditEvent.id)
        about = AuditEvent.action.in_(
            ["deployment.created", "deployment.updated", "model_version.served", "model_version.no_longer_served"]
        )
        return [(row.action.value, row.subject, row.version) for row in connection.execute(columns.where(about))]


def _rows(app: Flask, query: str) -> list[tuple[object, ...]]:
    with app.app_context(), db.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def _somebody(app: Flask, name: str, level: Level, **limited: Any) -> dict[str, str]:
    """What a new user shows who has a level on the registry, by a token with some limits."""
    with app.app_context(), unit_of_work(db.engine, TEST) as session:
        account = accounts.create(session, name, by=SYSTEM)
        grants.give(session, account, level, on=Place(), by=SYSTEM)
        return {
            "Authorization": f"Bearer {tokens.create(session, account, by=SYSTEM, limits=limits(**limited)).secret}"
        }


def test_a_report_is_what_a_deployment_serves(served: Caller) -> None:
    reported = _report(served, 1, 2)
    assert _serves(reported) == [1, 2]
    found = served.api("GET", SHOP)
    assert found == reported | {"history": []}
    assert (found["environment"], found["reported_by"]) == ("production", "alice")


def test_what_is_not_named_any_more_has_ended(served: Caller) -> None:
    _report(served, 1)
    _report(served, 2)
    found = served.api("GET", SHOP)
    (ended,) = found["history"]
    (serving,) = found["serves"]
    assert (ended["version"], serving["version"]) == (1, 2)
    assert ended["valid_until"] == serving["valid_from"] >= ended["valid_from"]


def test_a_deployment_may_serve_nothing_any_more(served: Caller) -> None:
    _report(served, 1)
    assert _serves(_report(served)) == []


def test_what_was_served_before_is_served_again(served: Caller) -> None:
    for numbers in ((1,), (2,), (1,)):
        _report(served, *numbers)
    assert [each["version"] for each in served.api("GET", SHOP)["history"]] == [2, 1]


def test_the_graph_has_what_is_served(app: Flask, served: Caller) -> None:
    _report(served, 1)
    assert _rows(app, STANDING) == [("version:1", "deployment:1")]
    _report(served, 2)
    assert _rows(app, STANDING) == [("version:2", "deployment:1")]


def test_a_change_is_told_to_the_audit_log(app: Flask, served: Caller) -> None:
    _report(served, 1)
    _report(served, 2, url="https://other.example.com")
    assert _events(app) == [
        ("deployment.created", "shop/eu", None),
        ("model_version.served", "m", 1),
        ("deployment.updated", "shop/eu", None),
        ("model_version.no_longer_served", "m", 1),
        ("model_version.served", "m", 2),
    ]


def test_a_sign_of_life_is_no_event(app: Flask, served: Caller) -> None:
    first = _report(served, 1)
    again = _report(served, 1)
    assert again["last_seen_at"] >= first["last_seen_at"]
    assert again["serves"][0]["valid_from"] == first["serves"][0]["valid_from"]
    assert again["serves"][0]["last_seen_at"] == again["last_seen_at"]
    assert len(_events(app)) == 2


def test_a_sign_of_life_is_two_statements_beside_the_look_for_the_version(app: Flask, served: Caller) -> None:
    _report(served, 1, 2)
    with counted(app) as statements:
        _report(served, 1, 2)
    assert [each.split()[0] for each in statements if not each.startswith("BEGIN")] == ["SELECT", "UPDATE", "UPDATE"]


def test_a_version_named_twice_is_served_once(served: Caller) -> None:
    assert _serves(_report(served, 1, 1)) == [1]


def test_a_deployment_that_serves_what_is_deleted_says_so(served: Caller) -> None:
    served("DELETE", "/model-versions/delete", name="m", version="2")
    assert _serves(_report(served, 2)) == [2]


def test_a_former_name_of_a_model_stands_for_it(served: Caller) -> None:
    served("POST", "/registered-models/rename", name="m", new_name="n")
    assert _report(served, 1)["serves"][0]["model"] == "n"


@pytest.mark.parametrize("number", [3, 2**31 - 1])
def test_a_version_that_is_not_there_is_served_by_nobody(served: Caller, number: int) -> None:
    assert "not found" in _report(served, number, status=404)["detail"]
    served.api("GET", SHOP, status=404)


def test_who_may_not_read_a_version_cannot_report_it(app: Flask, served: Caller) -> None:
    stranger = _somebody(app, "stranger", Level.CAN_CREATE_REGISTERED_MODEL)
    body = {"serves": [{"model": "m", "version": 1}]}
    assert served.client.put(API + SHOP, json=body, headers=stranger).status_code == 404


@pytest.mark.parametrize(
    ("level", "scopes"), [(Level.CAN_AUDIT, None), (Level.CAN_MANAGE, ["read"]), (Level.CAN_MANAGE, ["register"])]
)
@pytest.mark.parametrize("numbers", [[], [1]])
def test_who_only_reads_reports_nothing(
    app: Flask, served: Caller, level: Level, scopes: list[str] | None, numbers: list[int]
) -> None:
    _report(served, 1)
    body = {"serves": [{"model": "m", "version": number} for number in numbers]}
    somebody = _somebody(app, "somebody", level, scopes=scopes)
    assert served.client.put(API + SHOP, json=body, headers=somebody).status_code == 403


def test_a_name_is_not_taken_by_who_serves_nothing(served: Caller) -> None:
    assert "first report" in _report(served, status=404)["detail"]


def test_a_token_for_other_models_ends_nothing(app: Flask, served: Caller) -> None:
    owner = _somebody(app, "owner", Level.CAN_READ)
    narrow = None
    with app.app_context(), unit_of_work(db.engine, TEST) as session:
        account = accounts.named(session, "owner")
        narrow = tokens.create(session, account, by=SYSTEM, limits=limits(pattern="other*")).secret
    body = {"serves": [{"model": "m", "version": 1}]}
    assert served.client.put(API + SHOP, json=body, headers=owner).status_code == 200
    headers = {"Authorization": f"Bearer {narrow}"}
    assert served.client.put(API + SHOP, json={"serves": []}, headers=headers).status_code == 403


def test_a_reader_may_report(served: Caller) -> None:
    assert _report(served.by("rita"), 1)["reported_by"] == "rita"


def test_a_deployment_belongs_to_who_reported_it_first(served: Caller) -> None:
    _report(served.by("rita"), 1)
    assert "somebody else" in _report(served.by("edith"), 2, status=403)["detail"]
    assert _report(served.by(ADMINISTRATOR), 2)["reported_by"] == "rita"


@pytest.mark.parametrize(
    "said",
    [
        {"url": "javascript:alert(1)"},
        {"url": "https://user:secret@shop.example.com"},
        {"url": "https://[shop"},
        {"url": "https://shop.example.com/\n"},
        {"environment": "a\tb"},
        {"environment": "e" * 257},
        {"path": "/deployments/%20x"},
        {"path": f"/deployments/{'d' * 257}"},
        {"more": 1},
    ],
)
def test_bad_input_is_told(served: Caller, said: dict[str, Any]) -> None:
    assert _report(served, 1, status=400, **said)["detail"]


def test_a_report_of_too_much_is_refused(served: Caller) -> None:
    _report(served, *range(1, 202), status=400)


def _listed(call: Caller, headers: dict[str, str]) -> list[dict[str, Any]]:
    answer: dict[str, Any] = call.client.get(f"{API}/deployments", headers=headers).json or {}
    return list(answer["deployments"])


class TestListing:
    """Which deployments are listed, and for whom."""

    @pytest.fixture
    def listed(self, served: Caller) -> Caller:
        served.model("other")
        served.version("other")
        _report(served, 1, path="/deployments/a")
        _report(served, 2, path="/deployments/b", environment="test")
        served.api("PUT", "/deployments/c", serves=[{"model": "other", "version": 1}, {"model": "m", "version": 2}])
        return served

    @pytest.mark.parametrize(
        ("which", "expected"),
        [
            ({}, "abc"),
            ({"model": "m"}, "abc"),
            ({"model": "other"}, "c"),
            ({"model": "m", "version": 2}, "bc"),
            ({"model": "nobody"}, ""),
            ({"environment": "test"}, "b"),
            ({"unseen_for": 0}, "abc"),
            ({"unseen_for": 3_600_000}, ""),
            ({"after": 1}, "bc"),
        ],
    )
    def test_filters(self, listed: Caller, which: dict[str, Any], expected: str) -> None:
        found = listed.api("GET", "/deployments", **which)["deployments"]
        assert [each["name"] for each in found] == list(expected)

    def test_a_version_alone_says_too_little(self, listed: Caller) -> None:
        assert "of which model" in listed.api("GET", "/deployments", version=1, status=400)["detail"]

    def test_who_may_not_read_what_is_served_sees_no_deployment(self, app: Flask, listed: Caller) -> None:
        stranger = _somebody(app, "stranger", Level.CAN_CREATE_REGISTERED_MODEL)
        assert _listed(listed, stranger) == []
        assert listed.client.get(f"{API}/deployments/a", headers=stranger).status_code == 404

    def test_what_one_may_not_read_is_not_among_what_is_served(self, app: Flask, listed: Caller) -> None:
        narrow = _somebody(app, "narrow", Level.CAN_READ, pattern="other")
        found = [(each["name"], [served["model"] for served in each["serves"]]) for each in _listed(listed, narrow)]
        assert found == [("c", ["other"])]

    def test_an_auditor_sees_all(self, app: Flask, listed: Caller) -> None:
        auditor = _somebody(app, "auditor", Level.CAN_AUDIT)
        assert len(_listed(listed, auditor)) == 3

    def test_the_statements_do_not_grow_with_the_deployments(self, app: Flask, listed: Caller) -> None:
        with counted(app) as statements:
            listed.api("GET", "/deployments")
        assert len(statements) == 2


@pytest.fixture
def at_once(app: Flask) -> Callable[[list[list[int]]], list[int]]:
    """Reports one deployment several times at once; gives the status of each."""

    def one(numbers: list[int]) -> int:
        caller = Caller(app.test_client())
        body = {"serves": [{"model": "m", "version": number} for number in numbers]}
        return caller.answer("PUT", API + SHOP, json=body).status_code

    def make(reports: list[list[int]]) -> list[int]:
        with ThreadPoolExecutor(len(reports)) as pool:
            return list(pool.map(one, reports))

    return make


def test_reports_at_once_leave_one_of_them(
    app: Flask, served: Caller, at_once: Callable[[list[list[int]]], list[int]]
) -> None:
    for _ in range(5):
        assert set(at_once([[1], [2], [1, 2], [1]])) == {200}
    standing = _serves(served.api("GET", SHOP))
    assert standing in ([1], [2], [1, 2])
    assert [source for source, _ in _rows(app, STANDING)] == [f"version:{number}" for number in standing]
    overlapping = (
        "SELECT count(*) FROM servings a JOIN servings b ON a.version_id = b.version_id AND a.id < b.id "
        "WHERE a.valid_until IS NULL OR a.valid_until > b.valid_from"
    )
    assert _rows(app, overlapping) == [(0,)]
