"""Comments as they are read: on a version, on a request for one, and wherever somebody is mentioned.

A thread is a comment and the replies to it. What is deleted keeps its place there, without its text.
"""

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, ScalarSelect, Select, bindparam, func, or_, select, union_all

from assent.access.granting.visibility import Guarded, reachable
from assent.access.policy.levels import Permission
from assent.access.policy.principals import Principal, authorize
from assent.annotations.mentions import MENTIONS
from assent.annotations.tables import Comment, CommentRevision
from assent.audit.events import Subject
from assent.kernel.dialects import Reader, dialect, items, table
from assent.kernel.errors import NotFound
from assent.registry import reading
from assent.registry.views import ACCOUNTS, MODELS, VERSIONS

COMMENTS = table(Comment)
REVISIONS = table(CommentRevision)
LONGEST_PAGE = 1000
LARGEST_ID = 2**63 - 1


class Written(NamedTuple):
    """A comment. `version` is None on a request for no version, `thread` the id of the thread's first comment.

    `text` is empty where it is deleted, and a thread is resolved at its first comment. Times are milliseconds.
    """

    id: int
    model_id: int
    model: str
    version: int | None
    request_id: int | None
    thread: int
    text: str
    revision: int
    author_id: int
    author: str
    written_at: int
    edited_at: int | None
    resolved_at: int | None
    resolved_by: str | None
    deleted_at: int | None
    deleted_by: str | None
    mentions: list[str]

    @property
    def subject(self) -> Subject:
        """The comment, as an audit event names it."""
        return Subject("comment", self.id, self.model, model_id=self.model_id, version=self.version)


class Revision(NamedTuple):
    """A text that a comment had, and since when."""

    revision: int
    text: str
    written_at: int


def listed(
    session: Reader, name: str, number: int, *, by: Principal, request_id: int | None = None, after: int = 0
) -> list[Written]:
    """The comments on a version, those on its requests or on one of them too: at most 1,000 after an id, by id.

    Raises NotFound.
    """
    version_id = reading.version_numbered(session, name, number, by=by).id
    which = [COMMENTS.c.version_id == version_id]
    if request_id is not None:
        which.append(COMMENTS.c.request_id == min(request_id, LARGEST_ID))
    return _page(session, after, *which)


def of_request(session: Reader, request_id: int, *, after: int = 0) -> list[Written]:
    """The comments on a request, whoever asks: at most 1,000 after an id, by id."""
    return _page(session, after, COMMENTS.c.request_id == request_id)


def newest(
    session: Reader,
    *,
    version_id: int | None = None,
    request_id: int | None = None,
    before: int | None = None,
    begun: int,
    replies: int,
) -> list[Written]:
    """The newest so many threads on a version or on a request, before an id, with the newest so many replies in them.

    Whoever asks; the newest comment first.
    """
    on = COMMENTS.c.request_id == request_id if version_id is None else COMMENTS.c.version_id == version_id
    until = COMMENTS.c.id < min(LARGEST_ID if before is None else before, LARGEST_ID)
    first = select(COMMENTS.c.id).where(on, COMMENTS.c.parent_id.is_(None), until)
    begins = first.order_by(COMMENTS.c.id.desc()).limit(begun).cte("begun")
    within = select(COMMENTS.c.id).where(COMMENTS.c.parent_id.in_(select(begins.c.id)))
    answers = within.order_by(COMMENTS.c.id.desc()).limit(replies).subquery()
    wanted = COMMENTS.c.id.in_(union_all(select(begins.c.id), select(answers.c.id)))
    rows = session.execute(_WRITTEN.where(wanted).order_by(COMMENTS.c.id.desc()))
    return [written(row) for row in rows]


def replies(session: Reader, thread: int, *, before: int | None = None, size: int) -> list[Written]:
    """The replies in a thread, whoever asks: the newest first, so many before an id."""
    until = COMMENTS.c.id < min(LARGEST_ID if before is None else before, LARGEST_ID)
    wanted = _WRITTEN.where(COMMENTS.c.parent_id == thread, until).order_by(COMMENTS.c.id.desc()).limit(size)
    return [written(row) for row in session.execute(wanted)]


def seen(session: Reader, comment_id: int, *, by: Principal) -> Written:
    """A comment, deleted or not. Raises NotFound where it is on what is deleted, or what the caller may not read."""
    found = _SEEN.first(session, by, {"comment": min(comment_id, LARGEST_ID)})
    if found is None or not by.may(Permission.MODEL_READ, found.row[0], found.granted):
        raise no_comment(comment_id)
    return one(session, comment_id)


def one(session: Reader, comment_id: int) -> Written:
    """A comment that there is, whoever asks."""
    return written(session.execute(_WRITTEN.where(COMMENTS.c.id == comment_id)).one())


def revisions(session: Reader, comment_id: int, *, by: Principal) -> list[Revision]:
    """Every text that a comment had, the oldest first, for whoever may read the model.

    Those of a deleted one are for its author and for who may read the audit of the model.
    Raises NotFound and Denied.
    """
    found = _SEEN.first(session, by, {"comment": min(comment_id, LARGEST_ID)})
    if found is None or not by.may(Permission.MODEL_READ, found.row[0], found.granted):
        raise no_comment(comment_id)
    name, number, author_id, deleted_at = found.row
    if deleted_at is not None and author_id != by.id:
        authorize(by, Permission.AUDIT_READ, on=name, granted=found.granted, version=number, comment=comment_id)
    return [Revision._make(row) for row in session.execute(_TEXTS, {"comment": comment_id})]


def mentioning(
    session: Reader, *, by: Principal, before: int | None = None, size: int = LONGEST_PAGE
) -> list[Written]:
    """The comments that mention whoever asks and that they may read: the newest first, so many before an id."""
    wanted = _mentioning(session, by).order_by(MENTIONS.c.comment_id.desc()).limit(size)
    if before is not None:
        wanted = wanted.where(MENTIONS.c.comment_id < min(before, LARGEST_ID))
    return [written(row) for row in session.execute(wanted)]


def mentions(session: Reader, *, by: Principal, most: int) -> int:
    """How many they are; no more than so many are counted."""
    ids = _mentioning(session, by).with_only_columns(MENTIONS.c.comment_id, maintain_column_froms=True)
    return session.scalar(select(func.count()).select_from(ids.limit(most).subquery())) or 0


def _mentioning(session: Reader, by: Principal) -> Select[Any]:
    may_read = reachable(by, Permission.MODEL_READ, model_id=MODELS.c.id, name=MODELS.c.name, on=dialect(session))
    return _WRITTEN.join(MENTIONS, MENTIONS.c.comment_id == COMMENTS.c.id).where(
        MENTIONS.c.principal_id == by.id, is_there(), *may_read
    )


def is_there() -> ColumnElement[bool]:
    """The condition that what a comment is on is not deleted, where comments are joined with it."""
    return MODELS.c.deleted_at.is_(None) & or_(COMMENTS.c.version_id.is_(None), VERSIONS.c.deleted_at.is_(None))


def no_comment(comment_id: int) -> NotFound:
    """The error for a comment that is not there."""
    return NotFound(f"There is no comment {comment_id}.")


def written(row: Any) -> Written:
    """A comment from a row."""
    *plain, mentioned = row
    return Written._make([*plain, sorted(mentioned or ())])


def _page(session: Reader, after: int, *which: ColumnElement[bool]) -> list[Written]:
    wanted = _WRITTEN.where(*which, COMMENTS.c.id > after).order_by(COMMENTS.c.id).limit(LONGEST_PAGE)
    return [written(row) for row in session.execute(wanted)]


def _called(principal_id: ColumnElement[Any]) -> ScalarSelect[str]:
    return select(ACCOUNTS.c.name).where(ACCOUNTS.c.id == principal_id).scalar_subquery()


_MENTIONED = (
    select(items(ACCOUNTS.c.name))
    .join_from(MENTIONS, ACCOUNTS, ACCOUNTS.c.id == MENTIONS.c.principal_id)
    .where(MENTIONS.c.comment_id == COMMENTS.c.id)
    .correlate(COMMENTS)
    .scalar_subquery()
)
# Built once: building a statement costs more than running it.
_WRITTEN: Select[Any] = (
    select(
        COMMENTS.c.id,
        COMMENTS.c.model_id,
        MODELS.c.name,
        VERSIONS.c.number,
        COMMENTS.c.request_id,
        func.coalesce(COMMENTS.c.parent_id, COMMENTS.c.id),
        COMMENTS.c.body,
        COMMENTS.c.revision,
        COMMENTS.c.author_id,
        _called(COMMENTS.c.author_id),
        COMMENTS.c.written_at,
        COMMENTS.c.edited_at,
        COMMENTS.c.resolved_at,
        _called(COMMENTS.c.resolved_by_id),
        COMMENTS.c.deleted_at,
        _called(COMMENTS.c.deleted_by_id),
        _MENTIONED,
    )
    .join_from(COMMENTS, MODELS, MODELS.c.id == COMMENTS.c.model_id)
    .outerjoin(VERSIONS, VERSIONS.c.id == COMMENTS.c.version_id)
)
_SEEN = Guarded(
    select(MODELS.c.name, VERSIONS.c.number, COMMENTS.c.author_id, COMMENTS.c.deleted_at)
    .join_from(COMMENTS, MODELS, MODELS.c.id == COMMENTS.c.model_id)
    .outerjoin(VERSIONS, VERSIONS.c.id == COMMENTS.c.version_id)
    .where(COMMENTS.c.id == bindparam("comment"), is_there()),
    COMMENTS.c.model_id,
)
_TEXTS = (
    select(REVISIONS.c.revision, REVISIONS.c.body, REVISIONS.c.written_at)
    .where(REVISIONS.c.comment_id == bindparam("comment"))
    .order_by(REVISIONS.c.revision)
)
