"""Native calls on comments: threads on versions, and where one is mentioned."""

from typing import Any

from marshmallow import Schema, fields, validate
from sqlalchemy.orm import Session

from assent.access.policy.principals import Principal
from assent.annotations import comments, threads
from assent.annotations.tables import LONGEST_COMMENT
from assent.annotations.threads import Written
from assent.api.face import api
from assent.api.fields import AT, storable
from assent.api.schemas import After, EmptyObject
from assent.governance import noticing
from assent.governance.requests.acting import finding
from assent.http.calls import Uses
from assent.http.renames import follows_renames
from assent.kernel.dialects import Reader

_OF_VERSION = "/models/<name>/versions/<int:number>/comments"
_OF_REQUEST = "/requests/<int:request_id>/comments"
_COMMENT = "/comments/<int:comment_id>"
_ID = {"example": 31}
_TEXT = {"example": "Why did recall drop? @ada"}
_NEVER = {"example": None}
_ANY_ID = validate.Range(1, 2**63 - 1)


def _text() -> fields.String:
    return fields.String(required=True, validate=[validate.Length(1, LONGEST_COMMENT), storable], metadata=_TEXT)


class NewComment(Schema):
    """A comment; with `reply_to` one in the thread of that comment."""

    text = _text()
    reply_to = fields.Integer(load_default=None, allow_none=True, strict=True, validate=_ANY_ID, metadata=_NEVER)


class EditedComment(Schema):
    """A new text, of the revision that the editor saw."""

    text = _text()
    revision = fields.Integer(
        required=True, strict=True, validate=validate.Range(1, 2**31 - 1), metadata={"example": 1}
    )


class OneComment(Schema):
    """A comment, on a version or on a request; the first of a thread has its own id as `thread`, and may be resolved.

    `text` is null where the comment is deleted. `mentions` are users who may read the model.
    """

    id = fields.Integer(required=True, metadata=_ID)
    model = fields.String(required=True, metadata={"example": "Ecommerce Model"})
    version = fields.Integer(required=True, allow_none=True, metadata={"example": 1})
    request = fields.Integer(required=True, allow_none=True, metadata=_NEVER)
    thread = fields.Integer(required=True, metadata=_ID)
    text = fields.String(required=True, allow_none=True, metadata=_TEXT)
    revision = fields.Integer(required=True, metadata={"example": 1})
    author = fields.String(required=True, metadata={"example": "alice"})
    written_at = fields.Integer(required=True, metadata=AT)
    edited_at = fields.Integer(required=True, allow_none=True, metadata=_NEVER)
    resolved_at = fields.Integer(required=True, allow_none=True, metadata=_NEVER)
    resolved_by = fields.String(required=True, allow_none=True, metadata=_NEVER)
    deleted_at = fields.Integer(required=True, allow_none=True, metadata=_NEVER)
    deleted_by = fields.String(required=True, allow_none=True, metadata=_NEVER)
    mentions = fields.List(fields.String(metadata={"example": "ada"}), required=True)


class WhichComments(After):
    """Those after an id; those on one request."""

    request = fields.Integer(load_default=None, validate=_ANY_ID, metadata={"example": 4})


class Comments(Schema):
    """Comments by id, at most 1,000 of a page."""

    comments = fields.List(fields.Nested(OneComment), required=True)


class OneRevision(Schema):
    """A text that a comment had, and since when."""

    revision = fields.Integer(required=True, metadata={"example": 1})
    text = fields.String(required=True, metadata=_TEXT)
    written_at = fields.Integer(required=True, metadata=AT)


class CommentRevisions(Schema):
    """Every text that a comment had, the oldest first."""

    revisions = fields.List(fields.Nested(OneRevision), required=True)


class BeforeComment(Schema):
    """Those before an id."""

    before = fields.Integer(load_default=None, validate=_ANY_ID, metadata=_ID)


class Mentions(Schema):
    """Comments that mention whoever asks, the newest first, at most 1,000 of a page."""

    mentions = fields.List(fields.Nested(OneComment), required=True)


@api.call("POST", _OF_VERSION, takes=NewComment(), gives=OneComment(), errors=(403, 404))
def write_comment(
    session: Session, name: str, number: int, text: str, *, by: Principal, reply_to: int | None
) -> dict[str, Any]:
    """Write a comment on a version. With `@name` it mentions users, where they may read the model."""
    return _answer(comments.write(session, name, number, text, reply_to=reply_to, by=by))


@api.call("GET", _OF_VERSION, takes=WhichComments(), gives=Comments(), errors=(404,), uses=Uses.READS, redirects=True)
@follows_renames
def list_comments(
    session: Reader, name: str, number: int, *, by: Principal, request: int | None, after: int
) -> dict[str, Any]:
    """List the comments on a version and on its requests, or on one of these."""
    found = threads.listed(session, name, number, request_id=request, after=after, by=by)
    return {"comments": [_answer(each) for each in found]}


@api.call("POST", _OF_REQUEST, takes=NewComment(), gives=OneComment(), errors=(403, 404))
def write_comment_on_request(
    session: Session, request_id: int, text: str, *, by: Principal, reply_to: int | None
) -> dict[str, Any]:
    """Write a comment on a transition request; it is one on its version, too."""
    on = finding.seen(session, request_id, by=by)
    written = comments.write(session, on.model, on.version, text, reply_to=reply_to, request_id=on.id, by=by)
    return _answer(written)


@api.call("GET", _OF_REQUEST, takes=After(), gives=Comments(), errors=(404,), uses=Uses.READS)
def list_comments_on_request(session: Reader, request_id: int, after: int, *, by: Principal) -> dict[str, Any]:
    """List the comments on a transition request."""
    on = finding.seen(session, request_id, by=by)
    return {"comments": [_answer(each) for each in threads.of_request(session, on.id, after=after)]}


@api.call("PATCH", _COMMENT, takes=EditedComment(), gives=OneComment(), errors=(403, 404, 409))
def edit_comment(session: Session, comment_id: int, text: str, revision: int, *, by: Principal) -> dict[str, Any]:
    """Replace the text of a comment of one's own; the one before is kept."""
    return _answer(comments.edit(session, comment_id, text, revision=revision, by=by))


@api.call("DELETE", _COMMENT, gives=OneComment(), errors=(403, 404))
def delete_comment(session: Session, comment_id: int, *, by: Principal) -> dict[str, Any]:
    """Hide the text of a comment; its place in the thread stays. What is deleted already is no error."""
    return _answer(noticing.delete_comment(session, comment_id, by=by))


@api.call("POST", f"{_COMMENT}/resolve", takes=EmptyObject(), gives=OneComment(), errors=(403, 404))
def resolve_thread(session: Session, comment_id: int, *, by: Principal) -> dict[str, Any]:
    """Resolve the thread that a comment is in; its first comment is answered."""
    return _answer(noticing.resolve_thread(session, comment_id, by=by))


@api.call("POST", f"{_COMMENT}/reopen", takes=EmptyObject(), gives=OneComment(), errors=(403, 404))
def reopen_thread(session: Session, comment_id: int, *, by: Principal) -> dict[str, Any]:
    """Reopen the thread that a comment is in; its first comment is answered."""
    return _answer(comments.reopen(session, comment_id, by=by))


@api.call("GET", f"{_COMMENT}/revisions", gives=CommentRevisions(), errors=(403, 404), uses=Uses.READS)
def read_comment_revisions(session: Reader, comment_id: int, *, by: Principal) -> dict[str, Any]:
    """Get every text that a comment had. Those of a deleted one are for its author and who manages or audits."""
    return {"revisions": [each._asdict() for each in threads.revisions(session, comment_id, by=by)]}


@api.call("GET", "/mentions", takes=BeforeComment(), gives=Mentions(), uses=Uses.READS)
def list_mentions(session: Reader, *, by: Principal, before: int | None) -> dict[str, Any]:
    """List the comments that mention whoever asks, where they may read the model."""
    return {"mentions": [_answer(each) for each in threads.mentioning(session, before=before, by=by)]}


def _answer(found: Written) -> dict[str, Any]:
    return {
        "id": found.id,
        "model": found.model,
        "version": found.version,
        "request": found.request_id,
        "thread": found.thread,
        "text": found.text if found.deleted_at is None else None,
        "revision": found.revision,
        "author": found.author,
        "written_at": found.written_at,
        "edited_at": found.edited_at,
        "resolved_at": found.resolved_at,
        "resolved_by": found.resolved_by,
        "deleted_at": found.deleted_at,
        "deleted_by": found.deleted_by,
        "mentions": found.mentions,
    }
