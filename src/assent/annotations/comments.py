"""Comments: written, answered, edited, deleted; threads resolved and reopened. No text is lost.

Every change takes the model's row first, as everybody does who changes what gates judge: whether a thread is open is.
"""

from collections.abc import Collection
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from assent.access.policy.levels import Permission
from assent.access.policy.principals import Principal, authorize
from assent.annotations import held, mentions, threads
from assent.annotations.tables import LONGEST_COMMENT
from assent.annotations.threads import COMMENTS, LARGEST_ID, REVISIONS, Written, no_comment
from assent.audit.actions import Action
from assent.audit.events import record
from assent.kernel import outbox
from assent.kernel.dialects import Reader
from assent.kernel.errors import Denied, Invalid, NotFound
from assent.kernel.orm import BIG
from assent.registry import models, reading
from assent.registry.models import Locked
from assent.registry.names import must_be_text
from assent.registry.views import VERSIONS


class _Place(NamedTuple):
    """Where a comment is: on which version, on which request, and under which comment."""

    version_id: int | None
    request_id: int | None
    parent_id: int | None = None


def write(
    session: Session,
    name: str,
    number: int | None,
    text: str,
    *,
    by: Principal,
    reply_to: int | None = None,
    request_id: int | None = None,
) -> Written:
    """Write a comment on a version or, for governance, on a request: for this version, or for none.

    A reply hangs on the first comment of its thread, and is on the request that this is on.
    Raises Invalid, NotFound and Denied.
    """
    _must_be_a_comment(text)
    model = models.lock(session, name, by=by)
    authorize(by, Permission.COMMENT_WRITE, on=name, granted=model.granted, version=number)
    place = _Place(None if number is None else _version_id(session, model, number), request_id)
    if reply_to is not None:
        place = _thread(session, reply_to, model, place)
    elif number is None and request_id is None:
        raise Invalid("A comment is on a version, or on a request.")
    at = model.moment()
    row = {**place._asdict(), "model_id": model.id, "body": text, "written_at": at, "author_id": by.id}
    comment_id = session.scalars(_INSERT, row).one()
    _keep(session, comment_id, 1, text, at)
    new = mentions.note(session, comment_id, text, model, by=by)
    written = threads.one(session, comment_id)
    details = _told(written) | {"request": written.request_id, "thread": written.thread}
    record(session, Action.COMMENT_WRITTEN, by=by, on=written.subject, details=details, at=at)
    _tell(session, Action.COMMENT_WRITTEN, written, new)
    return written


def edit(session: Session, comment_id: int, text: str, *, by: Principal, revision: int | None = None) -> Written:
    """Replace the text of a comment of one's own; the one before is kept. The same text again changes nothing.

    Raises Invalid, NotFound, Denied, and Conflict when `revision` is given and it was edited since.
    """
    _must_be_a_comment(text)
    found = held.comment(session, comment_id, by=by)
    found.authorize(by, Permission.COMMENT_WRITE)
    if found.author_id != by.id:
        details: dict[str, object] = {"comment": comment_id, "version": found.version}
        why = f"Comment {comment_id} is somebody else's: only its author edits it."
        raise Denied(why, subject=found.model.name, details=details)
    found.must_be_there()
    models.must_be_revision(revision, found.revision, f"Comment {comment_id}")
    if text == found.body:
        return threads.one(session, comment_id)
    at, next_revision = found.moment(), found.revision + 1
    session.execute(_EDIT, {"comment": comment_id, "text": text, "next_revision": next_revision, "at": at})
    _keep(session, comment_id, next_revision, text, at)
    new = mentions.note(session, comment_id, text, found.model, by=by)
    written = threads.one(session, comment_id)
    record(session, Action.COMMENT_EDITED, by=by, on=written.subject, details=_told(written), at=at)
    if new:
        _tell(session, Action.COMMENT_EDITED, written, new)
    return written


def delete(session: Session, comment_id: int, *, by: Principal) -> Written:
    """Hide the text of a comment of one's own or, for who manages the model, of anybody's; its place stays.

    What is deleted already is no error. Raises NotFound and Denied.
    """
    found = held.comment(session, comment_id, by=by)
    is_own = found.author_id == by.id
    found.authorize(by, Permission.COMMENT_WRITE if is_own else Permission.MODEL_MANAGE)
    if found.deleted_at is None:
        at = found.moment()
        session.execute(_HIDE, {"comment": comment_id, "at": at, "by": by.id})
        mentions.forget(session, comment_id)
        record(session, Action.COMMENT_DELETED, by=by, on=found.subject, details={"revision": found.revision}, at=at)
    return threads.one(session, comment_id)


def resolve(session: Session, comment_id: int, *, by: Principal) -> Written:
    """Resolve the thread that a comment is in, and give its first one. What is resolved already is no error.

    Raises NotFound and Denied.
    """
    found = _open_to(session, comment_id, by)
    if found.resolved_at is None:
        at = found.moment()
        session.execute(_RESOLVE, {"comment": found.id, "at": at, "by": by.id})
        record(session, Action.COMMENT_RESOLVED, by=by, on=found.subject, at=at)
    return threads.one(session, found.id)


def reopen(session: Session, comment_id: int, *, by: Principal) -> Written:
    """Reopen the thread that a comment is in, and give its first one. What is open already is no error.

    Raises NotFound and Denied.
    """
    found = _open_to(session, comment_id, by)
    if found.resolved_at is not None:
        session.execute(_RESOLVE, {"comment": found.id, "at": None, "by": None})
        record(session, Action.COMMENT_REOPENED, by=by, on=found.subject, at=found.moment())
    return threads.one(session, found.id)


def unresolved(session: Reader, version_id: int) -> int:
    """How many threads about a version are open, whoever asks; one whose first comment is deleted is not."""
    return int(session.execute(UNRESOLVED, {"version": version_id}).scalar_one())


def _open_to(session: Session, comment_id: int, by: Principal) -> held.Held:
    """The first comment of a thread that somebody may resolve and reopen."""
    found = held.thread(session, comment_id, by=by)
    found.authorize(by, Permission.COMMENT_WRITE)
    found.must_be_there()
    return found


def _version_id(session: Session, model: Locked, number: int) -> int:
    reading.must_be_possible(model.name, number)
    found = session.scalar(_VERSION_ID, {"model": model.id, "number": number})
    if found is None:
        raise reading.no_version(model.name, number)
    return int(found)


def _thread(session: Session, reply_to: int, model: Locked, place: _Place) -> _Place:
    """Where a reply is. Raises NotFound unless what it replies to is on the same version, and request."""
    first = session.execute(_FIRST, {"comment": min(reply_to, LARGEST_ID)}).first()
    if first is None or (first.model_id, first.version_id) != (model.id, place.version_id):
        raise no_comment(reply_to)
    if first.request_id != place.request_id and (place.request_id is not None or place.version_id is None):
        raise no_comment(reply_to)
    if first.deleted_at is not None:
        # No gate would count the thread, and so nobody would mind what the reply objects to.
        raise NotFound(f"The thread of comment {reply_to} is deleted: begin another.")
    return _Place(first.version_id, first.request_id, first.id)


def _must_be_a_comment(text: str) -> None:
    if not text.strip():
        raise Invalid("text: A comment says something.")
    must_be_text("text", text, LONGEST_COMMENT)


def _keep(session: Session, comment_id: int, revision: int, text: str, at: int) -> None:
    row = {"comment_id": comment_id, "revision": revision, "body": text, "written_at": at}
    session.execute(_INSERT_REVISION, row)


def _told(written: Written) -> dict[str, Any]:
    """What the audit log is told of a text, which is kept with the revisions."""
    digest = f"sha256:{sha256(written.text.encode()).hexdigest()}"
    return {"revision": written.revision, "digest": digest, "mentions": written.mentions}


def _tell(session: Session, action: Action, written: Written, mentioned: Collection[int]) -> None:
    """Queue what is to be delivered. `mentioned` are the ids of those who are told that they are."""
    content = {
        "comment_id": written.id,
        "thread": written.thread,
        "model_id": written.model_id,
        "model": written.model,
        "version": written.version,
        "request_id": written.request_id,
        "author_id": written.author_id,
        "revision": written.revision,
        "mentioned": sorted(mentioned),
    }
    outbox.put(session, action, content)


# Built once: building a statement costs more than running it.
_INSERT = COMMENTS.insert().returning(COMMENTS.c.id)
_INSERT_REVISION = REVISIONS.insert()
_IS_IT = COMMENTS.c.id == bindparam("comment")
_AT = bindparam("at", type_=BIG)
_BY = bindparam("by", type_=BIG)
_EDIT = (
    update(COMMENTS).where(_IS_IT).values(body=bindparam("text"), revision=bindparam("next_revision"), edited_at=_AT)
)
_HIDE = update(COMMENTS).where(_IS_IT).values(body="", deleted_at=_AT, deleted_by_id=_BY)
_RESOLVE = update(COMMENTS).where(_IS_IT).values(resolved_at=_AT, resolved_by_id=_BY)
_VERSION_ID = select(VERSIONS.c.id).where(
    VERSIONS.c.model_id == bindparam("model"),
    VERSIONS.c.number == bindparam("number"),
    VERSIONS.c.deleted_at.is_(None),
)
_first = COMMENTS.alias("first")
_FIRST = (
    select(_first.c.id, _first.c.model_id, _first.c.version_id, _first.c.request_id, _first.c.deleted_at)
    .join_from(COMMENTS, _first, _first.c.id == func.coalesce(COMMENTS.c.parent_id, COMMENTS.c.id))
    .where(_IS_IT)
)
# Of a `version` by its id.
UNRESOLVED = select(func.count()).where(
    COMMENTS.c.version_id == bindparam("version"),
    COMMENTS.c.resolved_at.is_(None),
    COMMENTS.c.deleted_at.is_(None),
    COMMENTS.c.parent_id.is_(None),
)
