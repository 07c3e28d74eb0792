"""Whoever is disabled gets nothing that would let them in later."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from assent.access.tables import Account
from assent.kernel.errors import Conflict


def must_be_enabled(session: Session, principal_id: int | None, name: str) -> None:
    """Raise Conflict for a disabled account; an enabled one is held, so that to disable it has to wait.

    To disable somebody ends what they have by then: a token or session that came at the same moment would be good
    again when they are enabled.
    """
    enabled = select(Account.id).where(Account.id == principal_id, Account.disabled_at.is_(None))
    if session.scalar(enabled.with_for_update(read=True)) is None:
        raise Conflict(f"{name} is disabled.")
