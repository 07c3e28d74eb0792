"""What changes something that gates look at, and is noticed at once: a request that waited for it is applied with it.

Each takes the rules first and then the model, as everybody does, and looks at the open requests that it may concern,
in the transaction of the change. What nobody tells of here, the worker sees within minutes.
"""

from sqlalchemy.orm import Session

from assent.access.policy.principals import Principal
from assent.annotations import cards, comments
from assent.annotations.cards import Card
from assent.annotations.threads import Written
from assent.governance.evidence import checks
from assent.governance.evidence.checks import Posted, Result
from assent.governance.requests.acting import due
from assent.governance.requests.completing import overtaking
from assent.governance.rules import standing
from assent.registry import reading


def post_check(session: Session, name: str, number: int, what: Result, *, by: Principal) -> Posted:
    """Let a result be what counts of a check. Raises what `checks.post` does."""
    standing.held(session)
    posted = checks.post(session, name, number, what, by=by)
    due.look_at_all(session, overtaking.open_of(session, posted.version_id), by=by)
    return posted


def resolve_thread(session: Session, comment_id: int, *, by: Principal) -> Written:
    """Resolve the thread that a comment is in. Raises what `comments.resolve` does."""
    standing.held(session)
    return _noticed(session, comments.resolve(session, comment_id, by=by), by)


def delete_comment(session: Session, comment_id: int, *, by: Principal) -> Written:
    """Hide a comment; a thread without its first is open no more. Raises what `comments.delete` does."""
    standing.held(session)
    return _noticed(session, comments.delete(session, comment_id, by=by), by)


def write_card(session: Session, name: str, text: str, *, by: Principal, revision: int | None = None) -> Card:
    """Write the card of a model. Raises what `cards.write` does."""
    standing.held(session)
    card = cards.write(session, name, text, revision=revision, by=by)
    due.look_at_all(session, overtaking.open_of_model(session, reading.model_id(session, name, by=by)), by=by)
    return card


def _noticed(session: Session, written: Written, by: Principal) -> Written:
    of_model = overtaking.open_of_model(session, written.model_id)
    due.look_at_all(session, (each for each in of_model if each.version == written.version), by=by)
    return written
