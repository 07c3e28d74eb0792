"""Delegations: for a limited time somebody decides in a principal's place."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, or_, select, update
from sqlalchemy.orm import Session

from assent.access.people import accounts
from assent.access.policy.principals import Kind, Principal
from assent.audit.actions import Action
from assent.audit.events import Subject, record
from assent.governance.requests.records.tables import LONGEST_COMMENT, Delegation
from assent.kernel.clock import now
from assent.kernel.dialects import Reader, table
from assent.kernel.errors import Conflict, Denied, Invalid, NotFound
from assent.registry.names import must_be_text
from assent.registry.views import ACCOUNTS

DELEGATIONS = table(Delegation)
LONGEST = 92 * 86_400_000
LONGEST_PAGE = 1000
_LARGEST_ID = 2**63 - 1

_DELEGATES = ACCOUNTS.alias("delegates")
_KNOWN: Select[tuple[int, str, str, int, int, str, int | None]] = (
    select(
        DELEGATIONS.c.id,
        ACCOUNTS.c.name,
        _DELEGATES.c.name,
        DELEGATIONS.c.valid_from,
        DELEGATIONS.c.valid_until,
        DELEGATIONS.c.reason,
        DELEGATIONS.c.revoked_at,
    )
    .join_from(DELEGATIONS, ACCOUNTS, ACCOUNTS.c.id == DELEGATIONS.c.principal_id)
    .join(_DELEGATES, _DELEGATES.c.id == DELEGATIONS.c.delegate_id)
)
_HELD = (
    select(DELEGATIONS.c.principal_id, ACCOUNTS.c.name, DELEGATIONS.c.id)
    .join_from(DELEGATIONS, ACCOUNTS, ACCOUNTS.c.id == DELEGATIONS.c.principal_id)
    .where(
        DELEGATIONS.c.delegate_id == bindparam("me"),
        DELEGATIONS.c.valid_from <= bindparam("at"),
        DELEGATIONS.c.valid_until > bindparam("at"),
        DELEGATIONS.c.revoked_at.is_(None),
    )
    .order_by(DELEGATIONS.c.id)
)
# Of who decides, `me`, at a moment `at`: rows for `standins`.
HELD = _HELD.limit(LONGEST_PAGE)
_HOLDING = _HELD.where(ACCOUNTS.c.name == bindparam("named")).limit(1)


class Known(NamedTuple):
    """A delegation as it is told: who decides in whose place, from when until when, in milliseconds."""

    id: int
    principal: str
    delegate: str
    valid_from: int
    valid_until: int
    reason: str
    revoked_at: int | None


class Standin(NamedTuple):
    """In whose place somebody decides, and by which delegation."""

    principal_id: int
    name: str
    delegation_id: int


def give(
    session: Session, delegate: str, *, by: Principal, until: int, since: int | None = None, reason: str = ""
) -> Known:
    """Let a user decide in the caller's place until a moment; only oneself can do that, and with nothing limited.

    Raises Invalid, Denied and NotFound.
    """
    must_be_text("reason", reason, LONGEST_COMMENT)
    if by.id is None or not by.limits.are_none:
        why = f"The token that {by.name} showed is limited, and lets nobody else decide."
        raise Denied(why, kind="principal", subject=by.name, details={"limited_by_token": by.token_id})
    begins = max(now(), since or 0)
    if not begins < until <= begins + LONGEST:
        raise Invalid(f"until: Name a moment after the beginning, at most {LONGEST // 86_400_000} days after it.")
    account = accounts.named(session, delegate, Kind.USER)
    if account.id == by.id or account.disabled_at is not None:
        raise Invalid(f"delegate: {delegate} cannot decide in the place of {by.name}.")
    values = {
        "principal_id": by.id,
        "delegate_id": account.id,
        "valid_from": begins,
        "valid_until": until,
        "reason": reason,
        "created_at": now(),
    }
    number = session.scalars(DELEGATIONS.insert().returning(DELEGATIONS.c.id), values).one()
    told = {"delegation": number, "delegate": delegate, "valid_from": begins, "valid_until": until, "reason": reason}
    record(session, Action.DELEGATION_GIVEN, by=by, on=_subject(by.id, by.name), details=told)
    return _one(session, number)


def revoke(session: Session, number: int, *, by: Principal) -> Known:
    """End a delegation now: whose it is, who was named in it, or an administrator. What was decided stands.

    Raises NotFound, and Conflict where it has ended.
    """
    wanted = select(DELEGATIONS).where(DELEGATIONS.c.id == min(number, _LARGEST_ID))
    found = session.execute(wanted.with_for_update()).first()
    if found is None or not (by.administers or by.id in (found.principal_id, found.delegate_id)):
        raise NotFound(f"There is no delegation {number}.")
    if found.revoked_at is not None or found.valid_until <= now():
        raise Conflict(f"Delegation {number} has ended.")
    ended = update(DELEGATIONS).where(DELEGATIONS.c.id == number)
    session.execute(ended.values(revoked_at=now(), revoked_by_id=by.id))
    known = _one(session, number)
    on = _subject(found.principal_id, known.principal)
    record(
        session, Action.DELEGATION_REVOKED, by=by, on=on, details={"delegation": number, "delegate": known.delegate}
    )
    return known


def listed(
    session: Reader, *, by: Principal, ended: bool = False, before: int | None = None, mine: bool = False
) -> list[Known]:
    """Delegations of or to the caller; for who oversees all of them, unless `mine` alone are asked for.

    The newest first, at most 1,000.
    """
    wanted = _KNOWN.order_by(DELEGATIONS.c.id.desc()).limit(LONGEST_PAGE)
    if mine or not by.oversees:
        wanted = wanted.where(or_(DELEGATIONS.c.principal_id == by.id, DELEGATIONS.c.delegate_id == by.id))
    if not ended:
        wanted = wanted.where(DELEGATIONS.c.revoked_at.is_(None), DELEGATIONS.c.valid_until > now())
    if before is not None:
        wanted = wanted.where(DELEGATIONS.c.id < min(before, _LARGEST_ID))
    return [Known._make(row) for row in session.execute(wanted)]


def standin(session: Reader, name: str, at: int, *, by: Principal) -> Standin:
    """In whose place the caller decides at a moment. Raises Denied unless that one named them."""
    row = session.execute(_HOLDING, {"named": name, "me": by.id, "at": at}).first()
    if row is None:
        why = f"{by.name} is no delegate of {name} now."
        raise Denied(why, kind="principal", subject=name, details={"in_place_of": name})
    return Standin._make(row)


def held(session: Reader, at: int, *, by: Principal) -> list[Standin]:
    """In whose place the caller may decide at a moment; the first delegation where somebody gave them several."""
    return standins(session.execute(HELD, {"me": by.id, "at": at}))


def standins(rows: Iterable[Sequence[Any]]) -> list[Standin]:
    """In whose place somebody may decide, each of these once."""
    found = [Standin._make(row) for row in rows]
    return list({each.principal_id: each for each in reversed(found)}.values())[::-1]


def _one(session: Reader, number: int) -> Known:
    return Known._make(session.execute(_KNOWN.where(DELEGATIONS.c.id == number)).one())


def _subject(principal_id: int, name: str) -> Subject:
    return Subject("principal", principal_id, name)
