"""Keys: secrets that all servers of a registry share, made when the first of them needs one."""

import secrets

from sqlalchemy import select
from sqlalchemy.orm import Session

from assent.access.credentials.tables import Key
from assent.access.policy.principals import SYSTEM
from assent.audit.actions import Action
from assent.audit.events import Subject, record
from assent.kernel.clock import now
from assent.kernel.dialects import Reader, dialect, insert, table

_KEYS = table(Key)

COOKIES = "cookies"


def existing(session: Reader, purpose: str) -> str | None:
    """The key of that purpose, if one was made."""
    found: str | None = session.scalar(select(_KEYS.c.value).where(_KEYS.c.purpose == purpose))
    return found


def existing_or_new(session: Session, purpose: str) -> str:
    """The key of that purpose, the same for all who ask at once; made now where there is none."""
    values = {"purpose": purpose, "value": secrets.token_urlsafe(32), "created_at": now()}
    into = insert(dialect(session), _KEYS).values(values).on_conflict_do_nothing()
    made: str | None = session.scalar(into.returning(_KEYS.c.value))
    if made is not None:
        record(session, Action.KEY_CREATED, by=SYSTEM, on=Subject("key", None, purpose))
        return made
    kept: str = session.scalars(select(_KEYS.c.value).where(_KEYS.c.purpose == purpose)).one()
    return kept
