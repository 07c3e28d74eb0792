"""What somebody is told that they may do about a request is what they may do, and why not is why they may not."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from assent.access.people import accounts
from assent.access.policy.levels import Level
from assent.access.policy.principals import Principal
from assent.access.signing_in.sign_in import SignIn
from assent.audit.events import ORIGIN
from assent.database import db
from assent.governance.requests.acting import deciding, due, overriding, withdrawing
from assent.governance.requests.viewing import acts
from assent.governance.requests.viewing.acts import Act, Seen
from assent.kernel.clock import now
from assent.kernel.errors import Conflict, Denied
from support.calling import Caller
from support.databases import ADMINISTRATOR, TEST
from support.gating import asked, gate, govern

EVERYBODY = ("alice", "bob", "petra", "stan", "rita", "edith", ADMINISTRATOR)
ENFORCED: dict[Act, Callable[[Session, int, Principal], object]] = {
    Act.APPROVE: lambda session, number, by: deciding.approve(session, number, by=by, password_confirmed=True),
    Act.REJECT: lambda session, number, by: deciding.reject(session, number, "No.", by=by),
    Act.TAKE_BACK: lambda session, number, by: deciding.take_back(session, number, by=by),
    Act.WITHDRAW: lambda session, number, by: withdrawing.withdraw(session, number, by=by),
    Act.OVERRIDE: lambda session, number, by: overriding.override(session, number, "Now.", by=by, allowed=True),
    Act.REVIEW: lambda session, number, by: overriding.review(session, number, "Right.", by=by),
}


@pytest.fixture
def various(call: Caller) -> Caller:
    """A request that bob approved, one that he overrode, one that is withdrawn, and one that no gate asked for."""
    for name in ("a", "b", "c", "d"):
        call.model(name)
        call.version(name)
    override = {"by": ["user:bob", "user:alice"]}
    govern(call, gate("Production", {"approvals": {"count": 2, "exclude": ["requester"]}}, override=override))
    for name in ("a", "b", "c"):
        asked(call, name=name)
    asked(call.by("rita"), "Staging", name="d", not_before=4_000_000_000_000)
    call.by("bob").api("POST", "/requests/1/approve")
    call.by("bob").api("POST", "/requests/2/override", comment="It could not wait.")
    call.api("POST", "/requests/3/withdraw")
    return call


def _seen(session: Session, number: int, by: Principal) -> Seen:
    return acts.seen(session, number, by=by, overrides=True)


def _refusal(session: Session, act: Callable[[Session, int, Principal], object], number: int, by: Principal) -> str:
    try:
        act(session, number, by)
    except (Denied, Conflict) as refused:
        return refused.message
    finally:
        session.rollback()
    return ""


def _approved_in_place_of(name: str) -> Callable[[Session, int, Principal], object]:
    return lambda session, number, by: deciding.approve(session, number, by=by, in_place_of=name)


@pytest.mark.usefixtures("various")
@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_what_is_told_is_what_is_enforced(app: Flask, number: int) -> None:
    told, enforced = {}, {}
    with app.app_context(), Session(db.engine, info={ORIGIN: TEST}) as session:
        for name in EVERYBODY:
            by = SignIn(Level.NO_PERMISSIONS).as_if(session, accounts.named(session, name))
            seen = _seen(session, number, by)
            session.rollback()
            for act, enforce in ENFORCED.items():
                told[name, act] = seen.why_not.get(act, "")
                enforced[name, act] = _refusal(session, enforce, number, by)
    assert told == enforced
    assert {bool(why) for why in told.values()} == ({True} if number == 3 else {True, False})


def test_whoever_may_ask_for_a_move_may_have_it_judged_anew(app: Flask, various: Caller) -> None:
    various.by(ADMINISTRATOR).api("POST", "/users", name="ann")
    various.by(ADMINISTRATOR).api("PUT", "/models/a/permissions", kind="user", name="ann", level="CAN_READ")
    with app.app_context(), Session(db.engine, info={ORIGIN: TEST}) as session:
        by = SignIn(Level.NO_PERMISSIONS).as_if(session, accounts.named(session, "ann"))
        assert Act.LOOK not in _seen(session, 1, by).why_not
        assert due.look_when_asked(session, 1, by=by).id == 1


def test_in_whose_place_one_decides_is_told_with_why_not(app: Flask, various: Caller) -> None:
    for name in ("alice", "bob", "petra"):
        various.by(name).api("POST", "/delegations", delegate="rita", until=now() + 3_600_000)
    with app.app_context(), Session(db.engine, info={ORIGIN: TEST}) as session:
        by = SignIn(Level.NO_PERMISSIONS).as_if(session, accounts.named(session, "rita"))
        places = {place.name: place.why_not.get(Act.APPROVE, "") for place in _seen(session, 1, by).places}
        enforced = {name: _refusal(session, _approved_in_place_of(name), 1, by) for name in places}
    assert places == enforced
    assert {name: bool(why) for name, why in places.items()} == {"alice": True, "bob": True, "petra": False}
