"""Accounts: users and service accounts, made, changed and disabled by administrators."""

import secrets
from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from assent.access.credentials import tokens
from assent.access.credentials.passwords import NewPassword
from assent.access.credentials.sessions import drop_all
from assent.access.credentials.tables import Token
from assent.access.people import administrators
from assent.access.policy.names import is_a_name, must_be_a_name
from assent.access.policy.principals import (
    Kind,
    Principal,
    authorize_administrator,
    authorize_letting_in,
    authorize_overseer,
)
from assent.access.tables import LONGEST_PAGE, Account
from assent.audit.actions import Action
from assent.audit.events import Subject, record
from assent.kernel.beginnings import begins
from assent.kernel.clock import now
from assent.kernel.dialects import Reader, dialect, insert, table
from assent.kernel.errors import AlreadyExists, Denied, Invalid, NotFound

ACCOUNTS = table(Account)

_CALLED = {Kind.USER: "user", Kind.SERVICE_ACCOUNT: "service account", None: "user or service account"}


class Known(NamedTuple):
    """An account as it is told."""

    id: int
    kind: Kind
    name: str
    is_administrator: bool
    has_password: bool
    created_at: int
    disabled_at: int | None


KNOWN = select(
    ACCOUNTS.c.id,
    ACCOUNTS.c.kind,
    ACCOUNTS.c.name,
    ACCOUNTS.c.is_administrator,
    ACCOUNTS.c.password_hash.is_not(None),
    ACCOUNTS.c.created_at,
    ACCOUNTS.c.disabled_at,
)


def create(
    session: Session,
    name: str,
    *,
    by: Principal,
    password: NewPassword | None = None,
    kind: Kind = Kind.USER,
    administrator: bool = False,
) -> Account:
    """Add a principal; without a password they can use tokens only, or sign in through an identity provider.

    Raises Invalid for a bad name or password, AlreadyExists for a taken name.
    """
    authorize = authorize_letting_in if password is not None or administrator else authorize_administrator
    authorize(by, on=name)
    if kind is Kind.SERVICE_ACCOUNT and (password is not None or administrator):
        raise Invalid("A service account has no password, and administers nothing.")
    kept = password.hash_for(name) if password is not None else None
    account = add(session, name, kind=kind, password_hash=kept, administrator=administrator)
    details = {"kind": kind.value, "administrator": administrator}
    record(session, Action.USER_CREATED, by=by, on=subject(account), details=details)
    return account


def add(
    session: Session,
    name: str,
    *,
    kind: Kind = Kind.USER,
    password_hash: str | None = None,
    administrator: bool = False,
) -> Account:
    """The row of a new principal. Raises Invalid for a bad name, AlreadyExists for a taken one."""
    must_be_a_name(name)
    values = {
        "kind": kind,
        "name": name,
        "password_hash": password_hash,
        "is_administrator": administrator,
        "created_at": now(),
    }
    # ON CONFLICT keeps two servers that start for the first time at once from failing on each other.
    into = insert(dialect(session), table(Account)).values(values)
    added = session.scalar(into.on_conflict_do_nothing().returning(table(Account).c.id))
    if added is None:
        raise AlreadyExists(f"There is a user or service account {name} already.")
    return session.get_one(Account, added)


def named(session: Session, name: str, kind: Kind | None = None) -> Account:
    """The account of that name, of one kind or of any. Raises NotFound."""
    account = session.scalar(select(Account).where(Account.name == name)) if is_a_name(name) else None
    if account is None or kind not in (None, account.kind):
        raise _no_account(name, kind)
    return account


def numbered(session: Session, number: int) -> Account:
    """The account with that id. Raises NotFound."""
    account = session.get(Account, number) if 0 < number < 2**63 else None
    if account is None:
        raise NotFound(f"There is no user or service account with the id {number}.")
    return account


def administered(session: Session, name: str, kind: Kind | None = None, *, by: Principal) -> Account:
    """The account of that name, for an administrator: nobody else learns whether there is one.

    Raises Denied, NotFound.
    """
    authorize_administrator(by, on=name)
    return named(session, name, kind)


def own_or_administered(session: Session, name: str | None = None, *, by: Principal) -> Account:
    """One's own account, unless an administrator names another. Raises Denied, NotFound."""
    return numbered(session, by.id or 0) if name in (None, by.name) else administered(session, name or "", by=by)


def seen(session: Reader, name: str, kind: Kind | None = None, *, by: Principal) -> Known:
    """The account of that name, as its owner, administrators and auditors may see it. Raises Denied, NotFound."""
    try:
        account = found(session, name, kind)
    except NotFound:
        authorize_overseer(by, on=name)
        raise
    if account.id != by.id:
        authorize_overseer(by, on=name)
    return account


def found(session: Reader, name: str, kind: Kind | None = None) -> Known:
    """The account of that name, of one kind or of any; whoever calls has authorized it. Raises NotFound."""
    row = session.execute(KNOWN.where(ACCOUNTS.c.name == name)).first() if is_a_name(name) else None
    if row is None or kind not in (None, row.kind):
        raise _no_account(name, kind)
    return Known._make(row)


def every(
    session: Reader,
    *,
    by: Principal,
    kind: Kind | None = None,
    after: str = "",
    beginning: str = "",
    most: int = LONGEST_PAGE,
) -> list[Known]:
    """The accounts by name, as they come after a name; those that begin so, if that is asked. Raises Denied."""
    authorize_overseer(by)
    is_next = and_(ACCOUNTS.c.name > after, begins(ACCOUNTS.c.name, beginning))
    wanted = KNOWN.where(is_next).order_by(ACCOUNTS.c.name).limit(most)
    rows = session.execute(wanted.where(ACCOUNTS.c.kind == kind) if kind else wanted)
    return [Known._make(row) for row in rows]


def change(
    session: Session,
    account: Account,
    *,
    by: Principal,
    new_name: str | None = None,
    administrator: bool | None = None,
    disabled: bool | None = None,
    password: NewPassword | None = None,
) -> Known:
    """Change what is given, all of it or, when anything is refused, nothing; the account as it is then."""
    authorize_administrator(by, on=account.name)
    if password is not None:
        set_password(session, account, password, by=by)
    if administrator is not None:
        set_administrator(session, account, administrator, by=by)
    if disabled is not None:
        (disable if disabled else enable)(session, account, by=by)
    if new_name is not None:
        rename(session, account, new_name, by=by)
    return known(account)


def known(account: Account) -> Known:
    """An account as it is told."""
    return Known(
        account.id,
        account.kind,
        account.name,
        account.is_administrator,
        account.password_hash is not None,
        account.created_at,
        account.disabled_at,
    )


def rename(session: Session, account: Account, name: str, *, by: Principal) -> None:
    """Change the name alone; grants, groups and tokens stay. Raises Invalid, and AlreadyExists for a taken name."""
    authorize_administrator(by, on=account.name)
    must_be_a_name(name)
    if name != account.name:
        if session.scalar(select(Account.id).where(Account.name == name)) is not None:
            raise AlreadyExists(f"There is a user or service account {name} already.")
        change = {"before": {"name": account.name}, "after": {"name": name}}
        account.name = name
        session.flush()
        record(session, Action.USER_UPDATED, by=by, on=subject(account), details=change)


def set_password(session: Session, account: Account, password: NewPassword, *, by: Principal) -> None:
    """Replace the password; whoever signed in with the old one is out within seconds."""
    authorize_letting_in(by, on=account.name)
    _replace_password(session, account, password, by)


def change_own_password(session: Session, current: str, password: NewPassword, *, by: Principal) -> None:
    """Replace one's own password, for which the current one is shown. Raises Denied, and Invalid for a weak one."""
    account = numbered(session, by.id or 0)
    if not by.limits.are_none or not password.rules.is_right(current, account.password_hash):
        raise Denied("That is not the current password.", kind="principal", subject=by.name)
    _replace_password(session, account, password, by)


def set_administrator(session: Session, account: Account, administrator: bool, *, by: Principal) -> None:
    """Make somebody an administrator, or no longer. Raises Conflict where none would be left."""
    authorize_letting_in(by, on=account.name)
    if administrator and account.kind is Kind.SERVICE_ACCOUNT:
        raise Invalid("A service account administers nothing.")
    if account.is_administrator != administrator:
        if not administrator:
            administrators.must_not_be_the_last(session, account)
        account.is_administrator = administrator
        change = {"before": {"administrator": not administrator}, "after": {"administrator": administrator}}
        record(session, Action.USER_UPDATED, by=by, on=subject(account), details=change)


def disable(session: Session, account: Account, *, by: Principal) -> None:
    """Shut the account out and end every token and session of it, within seconds and on every server.

    Raises Conflict where no administrator would be left.
    """
    authorize_administrator(by, on=account.name)
    if account.disabled_at is None:
        administrators.must_not_be_the_last(session, account)
        account.disabled_at = now()
        # Whoever is getting a token holds the row, and has it written before this goes on.
        session.flush()
        ended = _end_all(session, account)
        record(session, Action.USER_DISABLED, by=by, on=subject(account), details=ended)


def enable(session: Session, account: Account, *, by: Principal) -> None:
    """Let a disabled account in again; its tokens and sessions stay ended."""
    authorize_administrator(by, on=account.name)
    if account.disabled_at is not None:
        account.disabled_at = None
        record(session, Action.USER_ENABLED, by=by, on=subject(account))


def generated_password() -> str:
    """A password nobody has to think of: 120 random bits, in as many characters as a setting can ask for."""
    return secrets.token_urlsafe(15)


def subject(account: Account) -> Subject:
    """A principal, as an audit event names it."""
    return Subject(account.kind.value, account.id, account.name)


def _no_account(name: str, kind: Kind | None) -> NotFound:
    return NotFound(f"There is no {_CALLED[kind]} {name}.")


def _replace_password(session: Session, account: Account, password: NewPassword, by: Principal) -> None:
    if account.kind is Kind.SERVICE_ACCOUNT:
        raise Invalid("A service account has no password; give it a token.")
    account.password_hash = password.hash_for(account.name)
    ended = drop_all(session, account.id)
    record(session, Action.USER_PASSWORD_SET, by=by, on=subject(account), details={"sessions_ended": ended})


def _end_all(session: Session, account: Account) -> Mapping[str, Any]:
    ended = tokens.end_all(session, Token.principal_id == account.id)
    return {"tokens_ended": ended, "sessions_ended": drop_all(session, account.id)}
