"""Checks: what CI says of a version. The newest result of each counts, and those before are kept."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, InternalError, ProgrammingError
from sqlalchemy.orm import Session

from assent.access.policy.principals import Principal
from assent.audit.events import AuditEvent
from assent.database import db
from assent.governance import moves
from assent.governance.evidence import checks
from assent.governance.evidence.checks import CHECKS, MOST_CHECKS, Result
from assent.governance.evidence.tables import CheckState
from assent.kernel.errors import Conflict
from assent.registry import models, versions
from assent.registry.sources import SourceRules
from assent.registry.versions import Registration
from support.calling import API, Caller
from support.counting import counted

CHECKS_OF_1 = "/models/m/versions/1/checks"
EVALUATION = "ci/evaluation"


@pytest.fixture
def versioned(call: Caller) -> Caller:
    """A model with a version."""
    call.model()
    call.version()
    return call


@pytest.fixture
def registered(session: Session, alice: Principal) -> Principal:
    """Alice, who has a model with a version."""
    models.create(session, "m", by=alice)
    versions.register(session, "m", Registration("s3://b/m"), by=alice, rules=SourceRules())
    return alice


def _post(call: Caller, name: str = EVALUATION, state: str = "passed", **more: Any) -> dict[str, Any]:
    return call.api("POST", CHECKS_OF_1, name=name, state=state, **more)


def _listed(call: Caller, **which: Any) -> list[tuple[str, str]]:
    return [(each["name"], each["state"]) for each in call.api("GET", CHECKS_OF_1, **which)["checks"]]


def test_a_check_is_told_as_it_was_posted(versioned: Caller) -> None:
    said: dict[str, Any] = {
        "summary": "Fine.",
        "url": "https://ci.example.com/runs/17?attempt=2#log",
        "metrics": {"auc": 0.93},
    }
    posted = _post(versioned.by("edith"), **said)
    assert posted == posted | said | {
        "name": EVALUATION,
        "state": "passed",
        "posted_by": "edith",
        "valid_until": None,
    }
    assert versioned.api("GET", CHECKS_OF_1)["checks"] == [posted]


def test_the_newest_result_of_a_check_counts(versioned: Caller) -> None:
    for state in ("pending", "failed", "passed"):
        _post(versioned, state=state)
    _post(versioned, "ci/bias", "failed")
    assert _listed(versioned) == [("ci/bias", "failed"), (EVALUATION, "passed")]
    assert _listed(versioned, check="ci/bias") == [("ci/bias", "failed")]


def test_every_result_is_kept_with_when_it_counted(versioned: Caller) -> None:
    for state in ("pending", "passed"):
        _post(versioned, state=state)
    _post(versioned, "ci/bias")
    first, second, _ = versioned.api("GET", CHECKS_OF_1, history="true")["checks"]
    assert [(each["state"], each["valid_until"]) for each in (first, second)] == [
        ("pending", second["posted_at"]),
        ("passed", None),
    ]
    assert _listed(versioned, history="true", check=EVALUATION, after=first["id"]) == [(EVALUATION, "passed")]


def test_the_same_again_is_a_new_result(versioned: Caller) -> None:
    first, second = _post(versioned), _post(versioned)
    assert second["id"] > first["id"]
    assert second["posted_at"] >= first["posted_at"]
    assert len(_listed(versioned, history="true")) == 2


def test_checks_of_another_version_are_its_own(versioned: Caller) -> None:
    versioned.version()
    _post(versioned)
    assert versioned.api("GET", "/models/m/versions/2/checks") == {"checks": []}


def test_a_former_name_leads_to_the_checks(versioned: Caller) -> None:
    _post(versioned)
    versioned("POST", "/registered-models/rename", name="m", new_name="n")
    led = versioned.answer("GET", API + CHECKS_OF_1, follow_redirects=True).json
    assert led is not None
    assert [each["name"] for each in led["checks"]] == [EVALUATION]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("path", ["/models/m/versions/2/checks", "/models/other/versions/1/checks"])
def test_what_is_not_there_has_no_checks(versioned: Caller, method: str, path: str) -> None:
    fields = {"name": EVALUATION, "state": "passed"} if method == "POST" else {}
    assert "not found" in versioned.api(method, path, status=404, **fields)["detail"]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_deleted_version_has_no_checks(versioned: Caller, method: str) -> None:
    _post(versioned)
    versioned("DELETE", "/model-versions/delete", name="m", version="1")
    fields = {"name": EVALUATION, "state": "passed"} if method == "POST" else {}
    versioned.api(method, CHECKS_OF_1, status=404, **fields)


def test_posting_takes_the_right_to_edit(app: Flask, versioned: Caller) -> None:
    refused = versioned.by("rita").api("POST", CHECKS_OF_1, name=EVALUATION, state="passed", status=403)
    assert "check:post" in refused["detail"]
    assert _listed(versioned) == []
    with app.app_context(), db.engine.connect() as connection:
        last = select(AuditEvent.action, AuditEvent.details).order_by(AuditEvent.id.desc()).limit(1)
        action, details = connection.execute(last).one()
    assert (action.value, details["check"], details["version"]) == ("access.denied", EVALUATION, 1)


def test_what_was_posted_is_told_to_the_audit_log(app: Flask, versioned: Caller) -> None:
    _post(versioned, state="failed")
    posted = _post(versioned, summary="Fine.", url="https://ci.example.com", metrics={"auc": 1})
    with app.app_context(), db.engine.connect() as connection:
        events = select(AuditEvent).where(AuditEvent.action == "check.posted").order_by(AuditEvent.id.desc())
        event = connection.execute(events).first()
    assert event is not None
    assert (event.subject_kind, event.subject, event.version, event.at) == (
        "model_version",
        "m",
        1,
        posted["posted_at"],
    )
    assert event.details == {
        "check": EVALUATION,
        "check_id": posted["id"],
        "before": "failed",
        "state": "passed",
        "summary": "Fine.",
        "url": "https://ci.example.com",
        "metrics": {"auc": 1.0},
    }


def test_the_story_of_a_version_tells_of_its_checks(versioned: Caller) -> None:
    _post(versioned, state="pending")
    _post(versioned, summary="AUC 0.93")
    lines = [each["line"] for each in versioned.api("GET", "/models/m/versions/1/story")["story"]]
    assert lines[-2:] == [
        "alice posted that its check ci/evaluation is pending",
        "alice posted that its check ci/evaluation passed: “AUC 0.93”",
    ]


@pytest.mark.parametrize("number", [1, -0.5, 1e308, 5e-324, 2**53, 1e22])
def test_any_finite_number_is_kept(versioned: Caller, number: float) -> None:
    _post(versioned, metrics={"n": number})
    (found,) = versioned.api("GET", CHECKS_OF_1)["checks"]
    assert found["metrics"] == {"n": number}


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "", "name"),
        ("name", "x" * 129, "name"),
        ("name", " ci", "no blank at either end"),
        ("name", "ci\nbias", "no control characters"),
        ("name", "ci\x00", "NUL"),
        ("name", None, "name"),
        ("name", 7, "name"),
        ("state", "green", "passed"),
        ("state", None, "state"),
        ("summary", "x" * 5001, "summary"),
        ("summary", "a\x00b", "NUL"),
        ("url", "ftp://ci.example.com", "https://ci.example.com"),
        ("url", "javascript:alert(1)", "https://ci.example.com"),
        ("url", "//ci.example.com", "https://ci.example.com"),
        ("url", "https://", "https://ci.example.com"),
        ("url", "https://ada:secret@ci.example.com", "no credentials"),
        ("url", "https://ada@ci.example.com", "no credentials"),
        ("url", "https://ci.example.com/?token=secret", "no credentials"),
        ("url", "https://ci.example.com/a b", "https://ci.example.com"),
        ("url", "https://ci.example.com\\@evil.example", "https://ci.example.com"),
        ("url", "https://[::1", "https://ci.example.com"),
        ("url", "https://ci.example.com/" + "x" * 2000, "url"),
        ("metrics", {"auc": "high"}, "metrics"),
        ("metrics", {"auc": None}, "metrics"),
        ("metrics", {"auc": True}, "metrics"),
        ("metrics", {"auc": "nan"}, "metrics"),
        ("metrics", {"auc": "inf"}, "metrics"),
        ("metrics", {"": 1}, "A metric's name"),
        ("metrics", {"a\x00": 1}, "control characters"),
        ("metrics", {"x" * 251: 1}, "250"),
        ("metrics", {str(number): 1 for number in range(1001)}, "metrics"),
        ("metrics", [1], "metrics"),
        ("colour", "green", "colour"),
    ],
)
def test_what_is_no_result_is_refused(sqlite_call: Caller, field: str, value: object, said: str) -> None:
    sqlite_call.model()
    sqlite_call.version()
    fields = {"name": EVALUATION, "state": "passed", field: value}
    assert said in sqlite_call.api("POST", CHECKS_OF_1, status=400, **fields)["detail"]
    assert _listed(sqlite_call) == []


def test_a_refusal_repeats_no_secret(sqlite_call: Caller) -> None:
    sqlite_call.model()
    sqlite_call.version()
    fields = {"name": EVALUATION, "state": "passed", "url": "https://ada:hunter2@ci.example.com"}
    assert "hunter2" not in sqlite_call.api("POST", CHECKS_OF_1, status=400, **fields)["detail"]


def test_posting_takes_as_many_statements_however_many_there_are(app: Flask, versioned: Caller) -> None:
    counts = set()
    _post(versioned)
    for number in range(3):
        with counted(app) as statements:
            _post(versioned)
        counts.add(len([each for each in statements if not each.startswith("BEGIN")]))
        _post(versioned, f"ci/{number}")
    assert len(counts) == 1


def test_a_list_is_two_statements_however_long_it_is(app: Flask, versioned: Caller) -> None:
    counts = set()
    for number in range(3):
        _post(versioned, f"ci/{number}", metrics={"auc": 0.9, "f1": 0.8})
        for which in ({}, {"history": "true"}):
            with counted(app) as statements:
                _listed(versioned, **which)
            counts.add(len(statements))
    assert counts == {2}


def test_moments_run_forward_whatever_the_clock_says(
    session: Session, registered: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    time = 2_000_000_000_000

    def _back() -> int:
        nonlocal time
        time -= 60_000
        return time

    monkeypatch.setattr("assent.registry.models.now", _back)
    for state in (CheckState.PENDING, CheckState.PASSED, CheckState.PASSED):
        checks.post(session, "m", 1, Result(EVALUATION, state), by=registered)
    found = checks.history(session, "m", 1, by=registered)
    moments = [moment for each in found for moment in (each.posted_at, each.valid_until)]
    assert moments[:-1] == sorted(moment or 0 for moment in moments[:-1])
    assert moments[-1] is None


def test_what_counts_tells_who_posted_it(session: Session, registered: Principal) -> None:
    posted = checks.post(session, "m", 1, Result(EVALUATION, CheckState.PASSED), by=registered)
    assert checks.standing(session, posted.version_id) == [posted]
    assert (posted.posted_by_id, posted.posted_by) == (registered.id, "alice")


def test_a_version_has_room_for_so_many_checks(session: Session, registered: Principal) -> None:
    posted = checks.post(session, "m", 1, Result("ci/0", CheckState.PASSED), by=registered)
    row = {"version_id": posted.version_id, "state": CheckState.PASSED, "summary": "", "url": "", "metrics": {}}
    row |= {"posted_at": posted.posted_at, "posted_by_id": registered.id}
    session.execute(CHECKS.insert(), [{**row, "name": f"ci/{number}"} for number in range(1, MOST_CHECKS)])
    checks.post(session, "m", 1, Result("ci/1", CheckState.FAILED), by=registered)
    with pytest.raises(Conflict, match="no room"):
        checks.post(session, "m", 1, Result("ci/new", CheckState.PASSED), by=registered)


def test_a_restored_version_has_its_checks_again(session: Session, registered: Principal) -> None:
    checks.post(session, "m", 1, Result(EVALUATION, CheckState.PASSED), by=registered)
    moves.delete_version(session, "m", 1, by=registered)
    moves.restore_version(session, "m", 1, by=registered)
    assert [each.check for each in checks.listed(session, "m", 1, by=registered)] == [EVALUATION]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE checks SET state = 'passed'",
        "UPDATE checks SET valid_until = NULL WHERE valid_until IS NOT NULL",
        "DELETE FROM checks",
        "INSERT INTO checks (version_id, name, state, summary, url, metrics, posted_at, posted_by_id)"
        " SELECT version_id, name, 'passed', '', '', '{}', posted_at, posted_by_id FROM checks"
        " WHERE valid_until IS NULL",
    ],
)
def test_the_database_keeps_what_was_posted(session: Session, registered: Principal, statement: str) -> None:
    for state in (CheckState.FAILED, CheckState.FAILED):
        checks.post(session, "m", 1, Result(EVALUATION, state), by=registered)
    with pytest.raises((IntegrityError, InternalError, ProgrammingError)):
        session.execute(text(statement))
