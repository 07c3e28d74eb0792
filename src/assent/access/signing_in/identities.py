"""Identities: users as identity providers know them, who get an account when they first sign in."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from assent.access.people import accounts, groups
from assent.access.policy.names import is_a_name
from assent.access.policy.principals import Kind, Principal, authorize_overseer
from assent.access.tables import LONGEST_PAGE, Account, Identity
from assent.audit.actions import Action
from assent.audit.events import record
from assent.kernel.clock import now
from assent.kernel.dialects import Reader, table
from assent.kernel.errors import AlreadyExists, NotFound, Unauthenticated


@dataclass(frozen=True, slots=True)
class Shown:
    """What an identity provider says about somebody who has just signed in there.

    `subject` is its own name for them, which never changes; `name` what they are to be called here, if they have no
    account yet. `groups` are those that it decides on; None where it decides on none. With `link_existing` they get
    the local account of their name, if there is one.
    """

    issuer: str
    subject: str
    name: str
    groups: Collection[str] | None = None
    link_existing: bool = False


@dataclass(frozen=True, slots=True)
class _Issuer:
    """The provider as the one who acts: nobody here made the account, or changed the groups."""

    name: str
    id: int | None = None
    token_id: int | None = None


class Known(NamedTuple):
    """An identity as it is told: the issuer's name for somebody, and since when it leads to their account."""

    issuer: str
    subject: str
    created_at: int


_IDENTITIES = table(Identity)


def of(session: Reader, account_id: int, *, by: Principal) -> list[Known]:
    """The identities that lead to an account: one's own or, for administrators and auditors, anybody's."""
    if account_id != by.id:
        authorize_overseer(by)
    wanted = select(*(_IDENTITIES.c[column] for column in Known._fields))
    theirs = wanted.where(_IDENTITIES.c.principal_id == account_id).order_by(_IDENTITIES.c.id).limit(LONGEST_PAGE)
    return [Known._make(row) for row in session.execute(theirs)]


def account_of(session: Session, shown: Shown) -> Account:
    """The account of whoever signed in, made if need be, in the groups that their provider says.

    Raises Unauthenticated, in words that tell the administrator what to do.
    """
    account = _known(session, shown) or _new(session, shown)
    if account.disabled_at is not None:
        raise Unauthenticated(f"The account {account.name} is disabled.", name=account.name)
    if shown.groups is not None:
        wanted = [name for name in shown.groups if is_a_name(name)]
        groups.keep_in_step(session, account, shown.issuer, wanted, by=_Issuer(shown.issuer))
    return account


def _known(session: Session, shown: Shown) -> Account | None:
    theirs = (Identity.issuer == shown.issuer, Identity.subject == shown.subject)
    return session.scalar(select(Account).join(Identity, Identity.principal_id == Account.id).where(*theirs))


def _new(session: Session, shown: Shown) -> Account:
    if not is_a_name(shown.name):
        raise Unauthenticated(
            f"Nobody can be called {shown.name!r} here. An administrator can choose another claim for names, "
            "by username_claim in the file of identity providers.",
            name=shown.name,
        )
    try:
        account = accounts.add(session, shown.name)
    except AlreadyExists:
        # Signing in with two browsers at once for the first time makes one account.
        return _known(session, shown) or _linked(session, shown)
    details = {"kind": account.kind.value, "issuer": shown.issuer, "subject": shown.subject}
    record(session, Action.USER_CREATED, by=_Issuer(shown.issuer), on=accounts.subject(account), details=details)
    return _link(session, account, shown)


def _linked(session: Session, shown: Shown) -> Account:
    try:
        account = accounts.named(session, shown.name, Kind.USER)
    except NotFound:
        raise _taken(shown, "a service account is called so; rename it.") from None
    if not shown.link_existing:
        raise _taken(
            shown,
            "somebody else is called so here. If it is the same person, an administrator can rename that account, "
            "or let the provider's users have the accounts of their names by link_existing in the file of identity "
            "providers.",
        )
    before = select(Identity.id).where(Identity.principal_id == account.id, Identity.issuer == shown.issuer)
    if session.scalar(before) is not None:
        raise _taken(shown, "it belongs to another user of the same provider; rename it.")
    linked = _link(session, account, shown)
    details = {"issuer": shown.issuer, "subject": shown.subject}
    record(session, Action.USER_LINKED, by=_Issuer(shown.issuer), on=accounts.subject(account), details=details)
    return linked


def _link(session: Session, account: Account, shown: Shown) -> Account:
    session.add(Identity(principal_id=account.id, issuer=shown.issuer, subject=shown.subject, created_at=now()))
    session.flush()
    return account


def _taken(shown: Shown, why: str) -> Unauthenticated:
    return Unauthenticated(f"The name {shown.name} is taken: {why}", name=shown.name)
