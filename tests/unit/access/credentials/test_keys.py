"""Keys that all servers of a registry share."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from assent.access.credentials import keys
from assent.audit.actions import Action
from assent.audit.events import AuditEvent


def test_a_key_is_made_once_and_then_it_is_there(session: Session) -> None:
    purpose = "a test"
    assert keys.existing(session, purpose) is None
    made = keys.existing_or_new(session, purpose)
    assert len(made) >= 43
    assert keys.existing(session, purpose) == keys.existing_or_new(session, purpose) == made
    assert keys.existing_or_new(session, "another") != made


def test_the_audit_log_tells_that_a_key_was_made_and_not_which(session: Session) -> None:
    keys.existing_or_new(session, "a test")
    told = session.execute(
        select(AuditEvent.subject, AuditEvent.details).where(AuditEvent.action == Action.KEY_CREATED)
    )
    assert told.all() == [("a test", {})]
