"""Accounts: made, changed and disabled by administrators."""

import secrets
import unicodedata

from sqlalchemy import select
from sqlalchemy.orm import Session

from assent.access.levels import Level
from assent.access.passwords import hash_of
from assent.access.principals import Principal, authorize_administrator
from assent.access.tables import NAME_LENGTH, Account
from assent.audit.actions import Action
from assent.audit.events import Subject, record
from assent.kernel.clock import now
from assent.kernel.dialects import Reader, dialect, insert, table
from assent.kernel.errors import AlreadyExists, Invalid, NotFound


def create(
    session: Session,
    name: str,
    *,
    password: str | None,
    by: Principal,
    level: Level = Level.CAN_MANAGE,
    administrator: bool = False,
) -> Account:
    """Add a user; without a password they can use tokens only.

    Raises Invalid for a bad name or password, AlreadyExists for a taken name.
    """
    authorize_administrator(by, on=name)
    _must_be_a_name(name)
    values = {
        "name": name,
        "password_hash": hash_of(password) if password is not None else None,
        "level": level,
        "is_administrator": administrator,
        "created_at": now(),
    }
    # ON CONFLICT keeps two servers that start for the first time at once from failing on each other.
    into = insert(dialect(session), table(Account)).values(values)
    added = session.scalar(into.on_conflict_do_nothing().returning(table(Account).c.id))
    if added is None:
        raise AlreadyExists(f"There is a user {name} already.")
    account = session.get_one(Account, added)
    details = {"level": level.value, "administrator": administrator}
    record(session, Action.USER_CREATED, by=by, on=_subject(account), details=details)
    return account


def named(session: Session, name: str) -> Account:
    """The account of that name. Raises NotFound."""
    account = session.scalar(select(Account).where(Account.name == name))
    if account is None:
        raise NotFound(f"There is no user {name}.")
    return account


def every(session: Session, *, by: Principal) -> list[Account]:
    """All accounts, by name."""
    authorize_administrator(by)
    return list(session.scalars(select(Account).order_by(Account.name)))


def an_administrator(session: Reader) -> str | None:
    """The name of the first who can administer this registry, if somebody can."""
    able = select(Account.name).where(Account.is_administrator, Account.disabled_at.is_(None))
    return session.scalar(able.order_by(Account.id).limit(1))


def set_password(session: Session, account: Account, password: str, *, by: Principal) -> None:
    """Replace the password; whoever signed in with the old one is out within seconds."""
    authorize_administrator(by, on=account.name)
    account.password_hash = hash_of(password)
    record(session, Action.USER_PASSWORD_SET, by=by, on=_subject(account))


def set_level(session: Session, account: Account, level: Level, *, by: Principal) -> None:
    """Give the account another level."""
    authorize_administrator(by, on=account.name)
    changed = {"before": {"level": account.level.value}, "after": {"level": level.value}}
    account.level = level
    record(session, Action.USER_UPDATED, by=by, on=_subject(account), details=changed)


def disable(session: Session, account: Account, *, by: Principal) -> None:
    """Shut the account and every token of it out, within seconds and on every server."""
    authorize_administrator(by, on=account.name)
    if account.disabled_at is None:
        account.disabled_at = now()
        record(session, Action.USER_DISABLED, by=by, on=_subject(account))


def enable(session: Session, account: Account, *, by: Principal) -> None:
    """Let a disabled account in again."""
    authorize_administrator(by, on=account.name)
    if account.disabled_at is not None:
        account.disabled_at = None
        record(session, Action.USER_ENABLED, by=by, on=_subject(account))


def generated_password() -> str:
    """A password nobody has to think of: 96 random bits."""
    return secrets.token_urlsafe(12)


def _must_be_a_name(name: str) -> None:
    if not name or name != name.strip() or len(name) > NAME_LENGTH:
        raise Invalid(f"A user's name has 1 to {NAME_LENGTH} characters and no blank at either end.")
    # HTTP Basic ends the name at the first colon, so such a user could never sign in.
    if ":" in name or any(unicodedata.category(character).startswith("C") for character in name):
        raise Invalid("A user's name holds no colon and no control characters.")


def _subject(account: Account) -> Subject:
    return Subject("user", account.id, account.name)
