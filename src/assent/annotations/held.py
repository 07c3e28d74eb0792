"""Comments whose model a transaction holds, so that they stay as they are until it ends."""

from typing import Any, NamedTuple

from sqlalchemy import Select, and_, bindparam, func, select
from sqlalchemy.orm import Session

from assent.access.policy.levels import Permission
from assent.access.policy.principals import Principal, authorize
from assent.annotations import threads
from assent.annotations.threads import COMMENTS, LARGEST_ID, no_comment
from assent.audit.events import Subject
from assent.kernel.errors import NotFound
from assent.registry import models
from assent.registry.models import Locked
from assent.registry.views import MODELS, VERSIONS


class Held(NamedTuple):
    """A comment, its model, and what was granted on that."""

    model: Locked
    version: int | None
    id: int
    body: str
    revision: int
    author_id: int
    written_at: int
    edited_at: int | None
    resolved_at: int | None
    deleted_at: int | None

    @property
    def subject(self) -> Subject:
        """The comment, as an audit event names it."""
        return Subject("comment", self.id, self.model.name, model_id=self.model.id, version=self.version)

    def moment(self) -> int:
        """The time, but never before that of anything that happened to the comment: the clocks of servers differ."""
        return max(self.model.moment(), self.written_at, self.edited_at or 0, self.resolved_at or 0)

    def authorize(self, by: Principal, permission: Permission) -> None:
        """Raise Denied unless somebody has a right on the model."""
        granted = self.model.granted
        authorize(by, permission, on=self.model.name, granted=granted, version=self.version, comment=self.id)

    def must_be_there(self) -> None:
        """Raise NotFound where the comment is deleted."""
        if self.deleted_at is not None:
            raise NotFound(f"Comment {self.id} is deleted.")


def comment(session: Session, comment_id: int, *, by: Principal) -> Held:
    """A comment, deleted or not. Raises NotFound where it is on what is deleted, or what the caller may not read."""
    return _held(session, comment_id, _COMMENT, by)


def thread(session: Session, comment_id: int, *, by: Principal) -> Held:
    """The first comment of the thread that a comment is in. Raises NotFound likewise."""
    return _held(session, comment_id, _THREAD, by)


def _held(session: Session, comment_id: int, which: Select[Any], by: Principal) -> Held:
    values = {"comment": min(comment_id, LARGEST_ID)}
    found = _LOCK.first(session, by, values)
    if found is None or not by.may(Permission.MODEL_READ, found.row[1], found.granted):
        raise no_comment(comment_id)
    row = session.execute(which, values).first()
    if row is None:
        raise no_comment(comment_id)
    return Held(Locked(*(*found.row, found.granted)), *row)


# Built once: building a statement costs more than running it.
_IS_IT = COMMENTS.c.id == bindparam("comment")
_LOCK = models.locking(
    and_(
        MODELS.c.id == select(COMMENTS.c.model_id).where(_IS_IT).scalar_subquery(),
        MODELS.c.deleted_at.is_(None),
    )
)
_HELD = (
    select(VERSIONS.c.number, *(COMMENTS.c[each] for each in Held._fields[2:]))
    .join_from(COMMENTS, MODELS, MODELS.c.id == COMMENTS.c.model_id)
    .outerjoin(VERSIONS, VERSIONS.c.id == COMMENTS.c.version_id)
    .where(threads.is_there())
)
_COMMENT = _HELD.where(_IS_IT)
_named = COMMENTS.alias("named")
_first = select(func.coalesce(_named.c.parent_id, _named.c.id)).where(_named.c.id == bindparam("comment"))
_THREAD = _HELD.where(COMMENTS.c.id == _first.scalar_subquery())
