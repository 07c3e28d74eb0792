"""Conversations as pages show them: threads on a version or on a request, bounded, with what their reader may do.

A view reads one, in two statements, or in one where it knows the reader's rights:

    talk = conversations.on_version(session, version, by=by)      # or on_request(session, request, by=by)

and its template draws it, with the forms that lead back to the page that it is on:

    {% from "writing/threads.html" import conversation %}
    {{ conversation(talk) }}
"""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from flask import request as asked
from flask import url_for

from assent.access.policy.levels import Permission
from assent.access.policy.principals import Principal
from assent.annotations import allowed, threads
from assent.annotations.threads import Written
from assent.governance.requests.records.rows import Request
from assent.kernel.dialects import Reader
from assent.registry import rights
from assent.registry.rights import Rights
from assent.registry.views import Version

# As many as fit on a page; the others are on further ones.
_THREADS = 20
_REPLIES = 60
# Characters of all comments on a page together. The whole of a long one is on its own page.
_ROOM = 40_000
_LEAST = 400


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment, as much of its text as there is room for, and what the reader may do with it."""

    written: Written
    text: str
    may_edit: bool
    may_delete: bool

    @property
    def is_cut(self) -> bool:
        """Whether there is more of it."""
        return len(self.text) < len(self.written.text)


@dataclass(frozen=True, slots=True)
class Thread:
    """A comment and the newest replies to it; `earlier` tells whether there are replies before these."""

    first: Comment
    replies: tuple[Comment, ...]
    earlier: bool
    may_answer: bool


@dataclass(frozen=True, slots=True)
class Conversation:
    """The newest threads, the oldest of these first; `before` is where those before them begin, None without any.

    `action` is where a new thread is sent, and the page of all threads; `here` is the page to come back to.
    `why_silent` tells why the reader may write none, and `request_id` the request that all of it is on.
    """

    threads: tuple[Thread, ...]
    before: int | None
    action: str
    here: str
    why_silent: str
    request_id: int | None = None


def on_version(
    session: Reader, version: Version, *, by: Principal, before: int | None = None, mine: Rights | None = None
) -> Conversation:
    """What is said about a version and its requests. `mine` are the reader's rights, where they are known already."""
    found = threads.newest(session, version_id=version.id, before=before, begun=_THREADS + 1, replies=_REPLIES + 1)
    action = url_for("web.write_comment_post", name=version.name, number=version.number)
    return _conversation(found, mine or rights.of(session, version.name, by=by), action, None)


def on_request(
    session: Reader, request: Request, *, by: Principal, before: int | None = None, mine: Rights | None = None
) -> Conversation:
    """What is said about a request. `mine` are the reader's rights on its model, where they are known already."""
    found = threads.newest(session, request_id=request.id, before=before, begun=_THREADS + 1, replies=_REPLIES + 1)
    action = url_for("web.write_request_comment_post", request_id=request.id)
    return _conversation(found, mine or rights.of(session, request.model, by=by), action, request.id)


def around(session: Reader, comment: Written, *, by: Principal, before: int | None = None) -> Thread:
    """The thread that a comment is in, with the newest replies, or those up to this one where it is older."""
    first = comment if comment.thread == comment.id else threads.one(session, comment.thread)
    found = threads.replies(session, first.id, before=before, size=_REPLIES + 1)
    is_among = comment.id in (first.id, *(each.id for each in found[:_REPLIES]))
    if before is None and not is_among:
        found = threads.replies(session, first.id, before=comment.id + 1, size=_REPLIES + 1)
    mine = rights.of(session, comment.model, by=by)
    return _thread(first, found[:_REPLIES], len(found) > _REPLIES, mine, _Room(aside=comment.id))


def alone(session: Reader, comment: Written, *, by: Principal) -> Comment:
    """A comment by itself, the whole of it."""
    return _Room(aside=comment.id).comment(comment, rights.of(session, comment.model, by=by))


def here() -> str:
    """The page that is asked for, to come back to; empty where it is the answer to a form, which has it."""
    if asked.method != "GET":
        return ""
    query = asked.query_string.decode()
    return quote(asked.path) + (f"?{query}" if query else "")


class _Room:
    """What is left of the page."""

    def __init__(self, aside: int | None = None) -> None:
        self.left, self.aside = _ROOM, aside

    def comment(self, written: Written, mine: Rights) -> Comment:
        most = len(written.text) if written.id == self.aside else max(self.left, _LEAST)
        self.left -= min(len(written.text), most)
        may_edit, may_delete = allowed.may_edit(written, mine), allowed.may_delete(written, mine)
        return Comment(written, written.text[:most], may_edit, may_delete)


def _conversation(found: Sequence[Written], mine: Rights, action: str, request_id: int | None) -> Conversation:
    firsts = [each for each in found if each.thread == each.id]
    replies = [each for each in found if each.thread != each.id]
    shown = firsts[:_THREADS]
    oldest = replies[_REPLIES].id if len(replies) > _REPLIES else 0
    room, told = _Room(), []
    for first in shown:
        own = [each for each in replies[:_REPLIES] if each.thread == first.id]
        # What is older than the oldest reply that was read may be in any thread that began before it.
        told.append(_thread(first, own, first.id < oldest, mine, room))
    return Conversation(
        tuple(reversed(told)),
        shown[-1].id if len(firsts) > len(shown) else None,
        action,
        here(),
        mine.why_not(Permission.COMMENT_WRITE),
        request_id,
    )


def _thread(first: Written, newest: Sequence[Written], earlier: bool, mine: Rights, room: _Room) -> Thread:
    return Thread(
        room.comment(first, mine),
        tuple(room.comment(each, mine) for each in reversed(newest)),
        earlier,
        allowed.may_answer(first, mine),
    )
