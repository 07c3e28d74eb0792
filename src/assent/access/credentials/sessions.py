"""Sessions: browsers that somebody signed in with, begun, listed and ended."""

import secrets
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.orm import Session

from assent.access.credentials.disabling import must_be_enabled
from assent.access.credentials.tables import SignInSession
from assent.access.credentials.tokens import hash_of
from assent.access.policy.principals import Principal, authorize_administrator
from assent.access.tables import Account
from assent.audit.actions import Action
from assent.audit.events import ORIGIN, Origin, Subject, record
from assent.kernel.clock import now
from assent.kernel.dialects import Reader, table
from assent.kernel.errors import Denied, NotFound

_S = table(SignInSession).c
_HOUR = 3_600_000
# Browsers name themselves in some hundred characters; others may send a whole header of anything.
_LONGEST_NAME = 512


@dataclass(frozen=True, slots=True)
class Lifetime:
    """For how long a session lets in: while it is used within `idle`, and never beyond `longest`. Milliseconds."""

    idle: int = 12 * _HOUR
    longest: int = 7 * 24 * _HOUR

    @property
    def is_not_over(self) -> ColumnElement[bool]:
        """The condition for rows of sessions that let somebody in now."""
        at = now()
        return and_(_S.ended_at.is_(None), _S.expires_at > at, _S.last_used_at > at - self.idle)


class Open(NamedTuple):
    """A session as it is told; `issuer` is the identity provider, or None where a password was shown."""

    id: int
    issuer: str | None
    address: str
    user_agent: str
    created_at: int
    last_used_at: int
    expires_at: int


_OPEN = select(*(_S[column] for column in Open._fields))


class NewSession(NamedTuple):
    """A session, and the secret for the browser's cookie, which cannot be had again."""

    session: SignInSession
    secret: str


def start(
    session: Session, *, by: Principal, lifetime: Lifetime, user_agent: str, issuer: str | None = None
) -> NewSession:
    """Sign in whoever has just proved who they are, to the identity provider `issuer` or with a password.

    Raises Conflict for who was disabled in that moment.
    """
    must_be_enabled(session, by.id, by.name)
    secret, began_at = secrets.token_urlsafe(32), now()
    origin: Origin = session.info[ORIGIN]
    begun = SignInSession(
        principal_id=by.id,
        secret_hash=hash_of(secret),
        issuer=issuer,
        address=origin.address,
        user_agent=user_agent[:_LONGEST_NAME],
        created_at=began_at,
        last_used_at=began_at,
        expires_at=began_at + lifetime.longest,
    )
    session.add(begun)
    session.flush()
    record(session, Action.SESSION_STARTED, by=by, on=_subject(begun, by.name), details={"issuer": issuer})
    return NewSession(begun, secret)


def of(session: Reader, principal_id: int, *, by: Principal, lifetime: Lifetime) -> list[Open]:
    """The sessions that let a principal in now, one's own or, as an administrator, anybody's; last used first."""
    _authorize(by, principal_id, str(principal_id))
    wanted = _OPEN.where(_S.principal_id == principal_id, lifetime.is_not_over)
    rows = session.execute(wanted.order_by(_S.last_used_at.desc(), _S.id.desc()))
    return [Open._make(row) for row in rows]


def numbered(session: Session, number: int, *, by: Principal) -> SignInSession:
    """The session of that id, one's own or, as an administrator, anybody's. Raises NotFound."""
    found = session.get(SignInSession, number) if 0 < number < 2**63 else None
    if found is None or not (by.administers or found.principal_id == by.id):
        raise NotFound(f"There is no session {number}.")
    return found


def end(session: Session, ended: SignInSession, *, by: Principal) -> None:
    """Sign a browser out, at once and on every server. Ending a session twice is no error."""
    name = session.scalars(select(Account.name).where(Account.id == ended.principal_id)).one()
    _authorize(by, ended.principal_id, name)
    live = update(SignInSession).where(_S.id == ended.id, _S.ended_at.is_(None)).values(ended_at=now())
    if session.scalar(live.returning(_S.id)) is not None:
        record(session, Action.SESSION_ENDED, by=by, on=_subject(ended, name))


def end_all(session: Session, account: Account, *, by: Principal, but: int | None = None) -> int:
    """Sign somebody out everywhere, or everywhere but in one session. Tells how many sessions were ended."""
    _authorize(by, account.id, account.name)
    kept = [] if but is None else [_S.id != but]
    ended = _ended(session, *kept, principal_id=account.id)
    for number in ended:
        record(session, Action.SESSION_ENDED, by=by, on=Subject("session", number, account.name))
    return len(ended)


def drop_all(session: Session, principal_id: int) -> int:
    """End all sessions of a principal as a part of another change, which tells how many they were."""
    return len(_ended(session, principal_id=principal_id))


def touch(session: Session, session_id: int) -> None:
    """Note that a session was used just now."""
    session.execute(update(SignInSession).where(_S.id == session_id).values(last_used_at=now()))


def _ended(session: Session, *which: ColumnElement[bool], principal_id: int) -> list[int]:
    live = update(SignInSession).where(_S.principal_id == principal_id, _S.ended_at.is_(None), *which)
    return list(session.scalars(live.values(ended_at=now()).returning(_S.id)))


def _authorize(by: Principal, principal_id: int, name: str) -> None:
    # A token with limits is for what it says, and is no substitute for whom it stands for.
    if principal_id == by.id and by.limits.are_none:
        return
    if principal_id == by.id and not by.administers:
        raise Denied("A token with limits neither sees nor ends sessions.", kind="session", subject=name)
    authorize_administrator(by, on=name, kind="session")


def _subject(of: SignInSession, name: str) -> Subject:
    return Subject("session", of.id, name)
