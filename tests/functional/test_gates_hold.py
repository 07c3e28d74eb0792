"""Ways that somebody might think of to get past a gate, or to be stuck before it; none of them is one."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from assent.access.people import accounts
from assent.access.signing_in.sign_in import SignIn
from assent.database import db, unit_of_work
from assent.governance.requests.records import delegations
from assent.kernel.clock import now
from support.calling import Caller
from support.databases import ADMINISTRATOR, TEST
from support.gating import asked, gate, govern
from support.walking import Clock

HOUR = 3_600_000
DELETION = {"deletion": "version"}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of the service, in the hands of the test."""
    made = Clock()
    monkeypatch.setattr("assent.kernel.clock.time", made)
    return made


@pytest.fixture
def served(call: Caller) -> Caller:
    """A model with two versions, the second of which serves."""
    call.model()
    call.version()
    call.version()
    call.move("2", "Production")
    return call


def _approve(call: Caller, who: str, request: int = 1, **more: Any) -> str:
    state: str = call.by(who).api("POST", f"/requests/{request}/approve", **more)["state"]
    return state


def _stage(call: Caller, number: int, name: str = "m") -> str:
    stage: str = call("GET", "/model-versions/get", name=name, version=number)["model_version"]["current_stage"]
    return stage


def test_what_has_expired_is_not_applied_because_somebody_asks_again(clock: Clock, served: Caller) -> None:
    govern(
        served,
        gate("Production", {"approvals": 1}, {"soak": {"stage": "None", "at_least": "2h"}}, expires_after="1h"),
    )
    asked(served)
    assert _approve(served, "bob") == "open"
    clock.at += 3 * HOUR
    again = asked(served)
    assert (again["applied"], again["request"]["id"], again["request"]["decisions"]) == (False, 2, [])
    assert served.api("GET", "/requests/1")["state"] == "expired"


def test_nobody_is_archived_past_the_gate_of_the_archive(served: Caller) -> None:
    govern(served, gate("Archived"))
    moving = {"name": "m", "version": "1", "stage": "Production", "archive_existing_versions": True}
    status, _, message = served.refused("POST", "/model-versions/transition-stage", **moving)
    assert (status, message) == (
        400,
        "That would archive version 2 past the gate production: ask for that by itself first.",
    )
    assert _stage(served, 2) == "Production"


def test_a_request_does_not_archive_past_the_gate_of_the_archive(served: Caller) -> None:
    govern(served, gate("Production", name="in"))
    asked(served, archive_existing=True)
    govern(served, gate("Production", name="in"), gate("Archived", name="out"))
    assert _approve(served, "bob") == "open"
    assert _stage(served, 2) == "Production"


def test_a_model_that_comes_back_under_another_name_leaves_no_gate(served: Caller) -> None:
    govern(served, gate("Production", models=["m"]))
    model_id = served.api("GET", "/models/m")["id"]
    served("DELETE", "/registered-models/delete", name="m")
    refused = served.api("POST", f"/deleted-models/{model_id}/restore", name="free", status=403)
    assert refused["detail"] == "m would be guarded no more by the gate production: that takes an administrator."
    served.by(ADMINISTRATOR).api("POST", f"/deleted-models/{model_id}/restore", name="free")


def test_a_check_that_lets_a_version_be_deleted_ends_its_other_requests(served: Caller) -> None:
    govern(served, gate(DELETION, {"check": "unused"}), gate("Production", name="in"))
    for to in ("deletion", "Production"):
        asked(served, to)
    served.api("POST", "/models/m/versions/1/checks", name="unused", state="passed")
    assert [served.api("GET", f"/requests/{each}")["state"] for each in (1, 2)] == ["applied", "superseded"]


def test_a_second_delegate_may_still_reject(app: Flask, served: Caller) -> None:
    govern(served, gate("Production", {"approvals": 2}))
    asked(served)
    with app.app_context(), unit_of_work(db.engine, TEST) as session:
        petra = SignIn().as_if(session, accounts.named(session, "petra"))
        for delegate in ("stan", "edith"):
            delegations.give(session, delegate, by=petra, until=now() + HOUR)
    assert _approve(served, "stan", in_place_of="petra") == "open"
    edith = served.by("edith")
    rejected = edith.api("POST", "/requests/1/reject", comment="It drifts.", in_place_of="petra")
    assert rejected["state"] == "rejected"


@contextmanager
def _at_the_first_lock(app: Flask, what: Any) -> Iterator[None]:
    """Do something after a request was read and before anything is held."""
    with app.app_context():
        engine = db.engine
    done: list[bool] = []

    def interpose(_: Any, __: Any, statement: str, *___: Any) -> None:
        if "FROM policy" in statement and not done:
            done.append(True)
            what()

    event.listen(engine, "before_cursor_execute", interpose)
    yield
    event.remove(engine, "before_cursor_execute", interpose)
    assert done


def test_a_request_does_not_move_the_version_of_a_model_that_took_the_name(postgres_app: Flask) -> None:
    call = Caller(postgres_app.test_client())
    for name in ("m", "other"):
        call.model(name)
        call.version(name)
    govern(call, gate())
    asked(call)

    def swap() -> None:
        admin = Caller(postgres_app.test_client(), ADMINISTRATOR)
        for name, new_name in (("m", "was"), ("other", "m")):
            admin("POST", "/registered-models/rename", name=name, new_name=new_name)

    with _at_the_first_lock(postgres_app, swap):
        call.by("bob").api("POST", "/requests/1/approve", status=409)
    assert (_stage(call, 1, "m"), _stage(call, 1, "was")) == ("None", "None")
    assert _approve(call, "bob") == "applied"
    assert _stage(call, 1, "was") == "Production"


def test_a_request_runs_forward_whatever_the_clock_of_the_next_server_says(clock: Clock, served: Caller) -> None:
    govern(served, gate("Production", {"approvals": 2}))
    clock.at += HOUR
    opened_at = asked(served)["request"]["opened_at"]
    clock.at -= HOUR // 2
    assert _approve(served, "bob") == "open"
    clock.at -= HOUR // 4
    done = served.by("petra").api("POST", "/requests/1/approve")
    assert [done["closed_at"], *(each["at"] for each in done["decisions"])] == [opened_at] * 3


def test_who_asked_gives_nobody_the_right_to_approve_it(served: Caller) -> None:
    govern(served, gate())
    admin = served.by(ADMINISTRATOR)
    asked(admin)
    admin.api("PUT", "/grants", kind="user", name="edith", level="CAN_MANAGE")
    assert _approve(served, "edith") == "open"
    told = admin.api("GET", "/requests/1")["report"]["findings"]
    assert "edith was given the right by somebody concerned after it was asked for" in str(told)
