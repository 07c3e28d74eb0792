"""Calls on comments on versions: those that this protocol has. Threads, and reading them, are the native API's."""

from typing import Any

from marshmallow import fields
from sqlalchemy.orm import Session

from assent.access.policy.principals import Principal
from assent.annotations import comments
from assent.annotations.threads import Written
from assent.databricks.face import databricks
from assent.governance import noticing
from assent.http.wire.fields import Number, Text, Wire
from assent.http.wire.schemas import Nothing
from assent.kernel.errors import NotFound

# A text longer than ids are is of none.
_LONGEST_ID = 19

_ID = {"example": "31"}
_COMMENT = {"example": "Why did recall drop?"}
_ACTIONS = ["EDIT_COMMENT", "DELETE_COMMENT"]


class NewCommentObject(Wire):
    """A comment on a version."""

    name = Text(required=True, metadata={"example": "Ecommerce Model"})
    version = Number(required=True, metadata={"example": "1"})
    comment = Text(required=True, metadata=_COMMENT)


class OfCommentObject(Wire):
    """Names a comment."""

    comment_id = Text(required=True, data_key="id", metadata=_ID)


class EditedCommentObject(OfCommentObject):
    """The new text of a comment."""

    comment = Text(required=True, metadata=_COMMENT)


class CommentObject(Wire):
    """A comment, and what its author may do with it."""

    id = fields.String(required=True, metadata=_ID)
    comment = fields.String(required=True, metadata=_COMMENT)
    user_id = fields.String(required=True, metadata={"example": "alice"})
    creation_timestamp = fields.Integer(required=True, metadata={"example": 1795408000000})
    last_updated_timestamp = fields.Integer(required=True, metadata={"example": 1795408000000})
    available_actions = fields.List(fields.String(metadata={"enum": _ACTIONS, "example": _ACTIONS[0]}), required=True)


class OneCommentObject(Wire):
    """A comment."""

    comment = fields.Nested(CommentObject, required=True)


@databricks.call(
    "POST", "/mlflow/comments/create", takes=NewCommentObject(), gives=OneCommentObject(), errors=(400, 403, 404)
)
def create_comment(session: Session, name: str, version: int, comment: str, *, by: Principal) -> dict[str, Any]:
    """Write a comment on a version; it begins a thread."""
    return {"comment": _answer(comments.write(session, name, version, comment, by=by))}


@databricks.call(
    "PATCH", "/mlflow/comments/update", takes=EditedCommentObject(), gives=OneCommentObject(), errors=(400, 403, 404)
)
def update_comment(session: Session, comment_id: str, comment: str, *, by: Principal) -> dict[str, Any]:
    """Replace the text of a comment of one's own; the one before is kept."""
    return {"comment": _answer(comments.edit(session, _numbered(comment_id), comment, by=by))}


@databricks.call(
    "DELETE", "/mlflow/comments/delete", takes=OfCommentObject(), gives=Nothing(), errors=(400, 403, 404)
)
def delete_comment(session: Session, comment_id: str, *, by: Principal) -> dict[str, Any]:
    """Hide the text of a comment. What is deleted already is no error: the SDK may try again."""
    noticing.delete_comment(session, _numbered(comment_id), by=by)
    return {}


def _numbered(comment_id: str) -> int:
    if not (comment_id.isascii() and comment_id.isdecimal() and len(comment_id) <= _LONGEST_ID):
        raise NotFound(f"There is no comment with the id {comment_id}: ids are numbers.")
    return int(comment_id)


def _answer(found: Written) -> dict[str, Any]:
    """A comment that its author has just written, which they may edit and delete."""
    return {
        "id": str(found.id),
        "comment": found.text,
        "user_id": found.author,
        "creation_timestamp": found.written_at,
        "last_updated_timestamp": found.edited_at or found.written_at,
        "available_actions": _ACTIONS,
    }
