"""Sessions: begun, listed, ended, and over by themselves."""

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from assent.access.credentials import sessions
from assent.access.credentials.sessions import Lifetime, NewSession
from assent.access.credentials.tables import SignInSession
from assent.access.people import accounts
from assent.access.policy.limits import limits
from assent.access.policy.principals import SYSTEM, Principal
from assent.access.signing_in.sign_in import SignIn
from assent.access.tables import Account
from assent.audit.actions import Action
from assent.audit.events import AuditEvent
from assent.kernel.clock import now
from assent.kernel.errors import Conflict, Denied, NotFound, Unauthenticated
from factories.access import account

HOUR = 3_600_000
LIFETIME = Lifetime(idle=HOUR, longest=10 * HOUR)


@pytest.fixture
def carol(session: Session) -> Account:
    """Somebody with an account."""
    return account(session, name="carol")


def begin(session: Session, of: Account) -> NewSession:
    return sessions.start(session, by=as_principal(session, of), lifetime=LIFETIME, user_agent="a browser")


def as_principal(session: Session, of: Account) -> Principal:
    return SignIn().as_if(session, of)


def shown(session: Session, secret: str) -> Principal:
    return SignIn(lifetime=LIFETIME).by_session(session, secret).principal


def test_a_session_stands_for_who_signed_in(session: Session, carol: Account) -> None:
    begun = begin(session, carol)
    principal = shown(session, begun.secret)
    assert (principal.name, principal.session_id) == ("carol", begun.session.id)


def test_who_was_disabled_in_that_moment_begins_none(session: Session, carol: Account) -> None:
    by = as_principal(session, carol)
    accounts.disable(session, carol, by=SYSTEM)
    with pytest.raises(Conflict, match="carol is disabled"):
        sessions.start(session, by=by, lifetime=LIFETIME, user_agent="a browser")


def test_no_secret_is_kept(session: Session, carol: Account) -> None:
    begun = begin(session, carol)
    assert begun.secret not in str(vars(begun.session))


@pytest.mark.parametrize("column", ["last_used_at", "expires_at"])
def test_a_session_is_over_an_hour_after_its_last_use_and_at_its_end(
    session: Session, carol: Account, column: str
) -> None:
    begun = begin(session, carol)
    over_at = now() - HOUR if column == "last_used_at" else now()
    session.execute(update(SignInSession).values({column: over_at}))
    with pytest.raises(Unauthenticated):
        shown(session, begun.secret)
    assert sessions.of(session, carol.id, by=as_principal(session, carol), lifetime=LIFETIME) == []


def test_use_keeps_a_session_going_and_does_not_move_its_end(session: Session, carol: Account) -> None:
    begun = begin(session, carol)
    ends_at = begun.session.expires_at
    session.execute(update(SignInSession).values(last_used_at=now() - HOUR))
    sessions.touch(session, begun.session.id)
    assert shown(session, begun.secret).name == "carol"
    session.refresh(begun.session)
    assert begun.session.expires_at == ends_at


def test_an_ended_session_stands_for_nobody(session: Session, carol: Account) -> None:
    begun = begin(session, carol)
    sessions.end(session, begun.session, by=as_principal(session, carol))
    with pytest.raises(Unauthenticated):
        shown(session, begun.secret)


def test_all_sessions_are_ended_but_the_one_in_use(session: Session, carol: Account) -> None:
    first, second, used = (begin(session, carol) for _ in range(3))
    of_somebody_else = begin(session, account(session))
    by = as_principal(session, carol)
    assert sessions.end_all(session, carol, by=by, but=used.session.id) == 2
    for ended in (first, second):
        with pytest.raises(Unauthenticated):
            shown(session, ended.secret)
    for kept in (used, of_somebody_else):
        assert shown(session, kept.secret)


def test_a_disabled_account_is_signed_out_and_stays_so(session: Session, carol: Account) -> None:
    begun = begin(session, carol)
    accounts.disable(session, carol, by=SYSTEM)
    accounts.enable(session, carol, by=SYSTEM)
    with pytest.raises(Unauthenticated):
        shown(session, begun.secret)


def test_a_list_has_the_one_used_last_first(session: Session, carol: Account) -> None:
    first, second = begin(session, carol), begin(session, carol)
    by = as_principal(session, carol)
    earlier = update(SignInSession).where(SignInSession.id == second.session.id)
    session.execute(earlier.values(last_used_at=now() - HOUR // 2))
    listed = sessions.of(session, carol.id, by=by, lifetime=LIFETIME)
    assert [each.id for each in listed] == [first.session.id, second.session.id]


def test_administrators_see_and_end_the_sessions_of_others(session: Session, carol: Account) -> None:
    begun = begin(session, carol)
    admin = as_principal(session, accounts.named(session, "admin"))
    assert [each.id for each in sessions.of(session, carol.id, by=admin, lifetime=LIFETIME)] == [begun.session.id]
    sessions.end(session, sessions.numbered(session, begun.session.id, by=admin), by=admin)
    assert sessions.of(session, carol.id, by=admin, lifetime=LIFETIME) == []


def test_nobody_else_sees_or_ends_them(session: Session, carol: Account) -> None:
    begun, bob = begin(session, carol), as_principal(session, accounts.named(session, "bob"))
    with pytest.raises(NotFound):
        sessions.numbered(session, begun.session.id, by=bob)
    with pytest.raises(Denied):
        sessions.of(session, carol.id, by=bob, lifetime=LIFETIME)
    with pytest.raises(Denied):
        sessions.end(session, begun.session, by=bob)
    with pytest.raises(Denied):
        sessions.end_all(session, carol, by=bob)


@pytest.mark.parametrize("number", [0, -1, 2**63, 7_000_000])
def test_a_number_that_no_session_has_is_not_found(session: Session, number: int) -> None:
    with pytest.raises(NotFound):
        sessions.numbered(session, number, by=SYSTEM)


def test_a_token_with_limits_neither_lists_nor_ends_sessions(session: Session, carol: Account) -> None:
    begun = begin(session, carol)
    limited = Principal(carol.id, carol.name, token_id=1, limits=limits(scopes=["manage"]))
    with pytest.raises(Denied):
        sessions.of(session, carol.id, by=limited, lifetime=LIFETIME)
    with pytest.raises(Denied):
        sessions.end(session, begun.session, by=limited)


def test_the_audit_log_tells_of_the_beginning_and_the_end(session: Session, carol: Account) -> None:
    begun, by = begin(session, carol), as_principal(session, carol)
    for _ in range(2):
        sessions.end(session, begun.session, by=by)
    told = session.execute(
        select(AuditEvent.action, AuditEvent.actor, AuditEvent.subject_id).where(AuditEvent.subject_kind == "session")
    ).all()
    assert told == [
        (Action.SESSION_STARTED, "carol", begun.session.id),
        (Action.SESSION_ENDED, "carol", begun.session.id),
    ]
