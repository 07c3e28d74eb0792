"""Administrators: there is always one."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from assent.access.tables import Account
from assent.kernel.dialects import Reader
from assent.kernel.errors import Conflict


def first(session: Reader) -> str | None:
    """The name of the first who can administer this registry, if somebody can."""
    able = select(Account.name).where(Account.is_administrator, Account.disabled_at.is_(None))
    return session.scalar(able.order_by(Account.id).limit(1))


def hold(session: Session) -> None:
    """Let nobody else do what asks for this until the transaction ends: there is always an administrator to hold."""
    able = select(Account.id).where(Account.is_administrator).order_by(Account.id)
    session.execute(able.with_for_update(key_share=True)).all()


def must_not_be_the_last(session: Session, account: Account) -> None:
    """Raise Conflict where no administrator would be left without this one."""
    # The rows are held, so that two administrators who remove each other at once do not both succeed.
    able = select(Account.id).where(Account.is_administrator, Account.disabled_at.is_(None))
    others = set(session.scalars(able.order_by(Account.id).with_for_update())) - {account.id}
    if account.is_administrator and not others:
        raise Conflict(f"{account.name} is the last administrator.")
