"""Attempts to sign in by password: counted before anything is compared, and forgiven to whoever was right.

They are counted in the database, so that all servers count together: for an account from an address, for an
address, and for an account. Who has signed in to an account from an address before is held there only by the first,
so that strangers elsewhere, however many, do not lock them out.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address
from typing import NamedTuple

from sqlalchemy import case, delete, select, update
from sqlalchemy.orm import Session

from assent.access.credentials.tables import Attempts, FamiliarAddress
from assent.access.policy.principals import Principal
from assent.access.tables import Account
from assent.audit.events import ORIGIN, Origin
from assent.kernel.clock import now
from assent.kernel.dialects import dialect, insert, table
from assent.kernel.errors import Telling, Unauthenticated

_MINUTE = 60_000
_DAY = 24 * 60 * _MINUTE
LONGEST_STRETCH = _DAY

# What the audit log is told of an attempt too many: the limit that it was over.
OVER = "over_the_limit_on"

# Addresses are given to others in the course of time.
_FAMILIAR_FOR = 180 * _DAY

_ATTEMPTS = table(Attempts)
_A = _ATTEMPTS.c
_FAMILIAR = table(FamiliarAddress)
_F = _FAMILIAR.c
_ACCOUNTS = table(Account)


@dataclass(frozen=True, slots=True)
class AttemptLimits:
    """How many attempts may fail within a stretch of time; `stretch` is in milliseconds."""

    stretch: int = 15 * _MINUTE
    per_account_and_address: int = 10
    per_address: int = 100
    per_account: int = 25


class Counted(NamedTuple):
    """How many attempts there were since a stretch began, this one among them."""

    began_at: int
    tries: int


class _Limit(NamedTuple):
    on: str
    key: str
    most: int


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt that was counted: for whom and from where, and the limit that it is over, if it is.

    `both` is the key of who and where together.
    """

    # Some type their password where their name belongs.
    name: str = field(repr=False)
    network: str
    both: str
    counted: Mapping[str, Counted]
    over: _Limit | None
    until: int

    def must_be_within_limits(self) -> None:
        """Raise Unauthenticated for one attempt too many; the audit log is told of the first of a stretch."""
        if self.over is None:
            return
        minutes = max(1, -((now() - self.until) // _MINUTE))
        is_first = self.counted[self.over.key].tries == self.over.most + 1
        raise Unauthenticated(
            f"Too many attempts to sign in have failed; try again in {minutes} minute{'s' * (minutes > 1)}.",
            name=self.name,
            details={OVER: self.over.on, "further_ones_until": self.until},
            telling=Telling.ALWAYS if is_first else Telling.NEVER,
        )


def begin(session: Session, name: str, *, secret: bytes, limits: AttemptLimits) -> Attempt:
    """Count an attempt to sign in as somebody, who may or may not be there, from where the session comes from.

    Only a hash with the `secret` is kept of the name: some type their password there.
    """
    origin: Origin = session.info[ORIGIN]
    network = network_of(origin.address)
    both = _Limit("account and address", _hashed(secret, "both", name, network), limits.per_account_and_address)
    address = _Limit("address", _hashed(secret, "address", network), limits.per_address)
    account = _Limit("account", _hashed(secret, "account", name), limits.per_account)
    holding = [both] if _is_familiar(session, name, network) else [both, address, account]

    # What is refused for one reason counts for no other: else one stubborn stranger would use up an account's limit.
    before = _tries(session, holding, limits.stretch)
    refusing = [each for each in holding if before.get(each.key, 0) >= each.most][:1]
    counted = _count(session, [each.key for each in refusing or (both, address, account)], limits.stretch)
    over = next((each for each in refusing or holding if counted[each.key].tries > each.most), None)
    until = counted[over.key].began_at + limits.stretch if over else 0
    return Attempt(name, network, both.key, counted, over, until)


def forgive(session: Session, attempt: Attempt, *, by: Principal) -> None:
    """Take back an attempt that was right, and know the address from now on.

    What failed before is forgotten for this account from this address alone: otherwise whoever shows their own
    password now and then could go on trying those of others.
    """
    for key, (began_at, _) in sorted(attempt.counted.items()):
        if key == attempt.both:
            session.execute(delete(_ATTEMPTS).where(_A.key == key))
        else:
            same_stretch = (_A.key == key, _A.began_at == began_at, _A.tries > 0)
            session.execute(update(_ATTEMPTS).where(*same_stretch).values(tries=_A.tries - 1))
    seen = {"principal_id": by.id, "address": attempt.network, "last_seen_at": now()}
    into = insert(dialect(session), _FAMILIAR).values(seen)
    same_address = [_F.principal_id, _F.address]
    session.execute(into.on_conflict_do_update(index_elements=same_address, set_={"last_seen_at": now()}))


def is_told(session: Session) -> bool:
    """Count a refusal of credentials that nobody can guess, and tell whether the audit log has room for it.

    A stranger may fail as often as they like, but fills the log with a hundred events a quarter of an hour.
    """
    limits, origin = AttemptLimits(), session.info[ORIGIN]
    key = _hashed(b"", "refusals", network_of(origin.address))
    return _count(session, [key], limits.stretch)[key].tries <= limits.per_address


def forget_what_is_over(session: Session) -> None:
    """Delete what counts no more, and the addresses from which nobody came for half a year."""
    session.execute(delete(_ATTEMPTS).where(_A.began_at < now() - LONGEST_STRETCH))
    session.execute(delete(_FAMILIAR).where(_F.last_seen_at < now() - _FAMILIAR_FOR))


def network_of(address: str) -> str:
    """Whoever has an address of IPv6 has 2⁶⁴ of them, so these count as one."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return f"{IPv6Address(int(parsed) >> 64 << 64)}/64"


def _hashed(secret: bytes, *parts: str) -> str:
    return hmac.new(secret, "\0".join(parts).encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def _is_familiar(session: Session, name: str, network: str) -> bool:
    known = select(_F.principal_id).join_from(_FAMILIAR, _ACCOUNTS, _ACCOUNTS.c.id == _F.principal_id)
    return session.scalar(known.where(_ACCOUNTS.c.name == name, _F.address == network)) is not None


def _tries(session: Session, holding: Iterable[_Limit], stretch: int) -> dict[str, int]:
    keys = [each.key for each in holding]
    wanted = select(_A.key, _A.tries).where(_A.key.in_(keys), _A.began_at > now() - stretch)
    return {row.key: row.tries for row in session.execute(wanted)}


def _count(session: Session, keys: Iterable[str], stretch: int) -> dict[str, Counted]:
    """One more try of each key, in one statement: of parallel ones each gets a number of its own."""
    at = now()
    # In one order, so that no two wait for each other.
    rows = [{"key": key, "began_at": at, "tries": 1} for key in sorted(keys)]
    into = insert(dialect(session), _ATTEMPTS).values(rows)
    is_over = _A.began_at <= at - stretch
    counted = into.on_conflict_do_update(
        index_elements=[_A.key],
        set_={
            "tries": case((is_over, 1), else_=_A.tries + 1),
            "began_at": case((is_over, at), else_=_A.began_at),
        },
    ).returning(_A.key, _A.began_at, _A.tries)
    return {key: Counted(began_at, tries) for key, began_at, tries in session.execute(counted)}
