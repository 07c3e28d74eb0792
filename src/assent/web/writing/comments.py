"""Comments on versions and on requests: the pages of them, and what their forms lead to."""

from urllib.parse import urlsplit

import flask
from flask import Response, url_for
from sqlalchemy.orm import Session

from assent.access.policy.principals import Principal
from assent.annotations import comments, threads
from assent.annotations.threads import Written
from assent.governance import noticing
from assent.governance.requests.acting import finding
from assent.http.calls import Uses
from assent.http.renames import follows_renames
from assent.kernel.dialects import Reader
from assent.registry import reading
from assent.web.frame import refusals
from assent.web.frame.cutting import cut
from assent.web.frame.face import web
from assent.web.frame.pages import page, see
from assent.web.frame.refusals import sent_from
from assent.web.writing import conversations, differences
from assent.web.writing import schemas as s

_OF_VERSION = "/models/<name>/versions/<int:number>/comments"
_OF_REQUEST = "/requests/<int:request_id>/comments"
_COMMENT = "/comments/<int:comment_id>"

# As many as fit on a page.
_MENTIONS = 25
_TEXTS = 10


@web.call("GET", _OF_VERSION, takes=s.Before(), uses=Uses.READS)
@follows_renames
def version_comments(session: Reader, name: str, number: int, before: int | None, *, by: Principal) -> Response:
    """Show what is said about a version and its requests."""
    version = reading.version_numbered(session, name, number, by=by)
    talk = conversations.on_version(session, version, before=before, by=by)
    return page("writing/on_version.html", version=version, talk=talk)


@web.call("POST", _OF_VERSION, takes=s.NewText())
@sent_from(version_comments)
def write_comment(session: Session, name: str, number: int, text: str, back: str, *, by: Principal) -> Response:
    """Begin a thread about a version."""
    return _back(back, comments.write(session, name, number, text, by=by))


@web.call("GET", _OF_REQUEST, takes=s.Before(), uses=Uses.READS)
def request_comments(session: Reader, request_id: int, before: int | None, *, by: Principal) -> Response:
    """Show what is said about a request."""
    request = finding.seen(session, request_id, by=by)
    talk = conversations.on_request(session, request, before=before, by=by)
    return page("writing/on_request.html", wish=request, talk=talk)


@web.call("POST", _OF_REQUEST, takes=s.NewText())
@sent_from(request_comments)
def write_request_comment(session: Session, request_id: int, text: str, back: str, *, by: Principal) -> Response:
    """Begin a thread about a request."""
    on = finding.seen(session, request_id, by=by)
    return _back(back, comments.write(session, on.model, on.version, text, request_id=on.id, by=by))


@web.call("GET", _COMMENT, takes=s.Before(), uses=Uses.READS)
def comment_page(session: Reader, comment_id: int, before: int | None, *, by: Principal) -> Response:
    """Show a comment in its thread."""
    comment = threads.seen(session, comment_id, by=by)
    thread = conversations.around(session, comment, before=before, by=by)
    return page("writing/comment.html", comment=comment, thread=thread, here=conversations.here())


@web.call("GET", f"{_COMMENT}/edit", takes=s.Back(), uses=Uses.READS)
def edit_comment_page(session: Reader, comment_id: int, back: str, *, by: Principal) -> Response:
    """Show a comment of one's own as a form."""
    comment = threads.seen(session, comment_id, by=by)
    action = url_for("web.edit_comment_post", comment_id=comment_id)
    typed = refusals.typed(action, "text", comment.text)
    return page(
        "writing/edit.html",
        comment=comment,
        shown=conversations.alone(session, comment, by=by),
        back=back,
        changes=differences.between(comment.text, typed),
    )


@web.call("GET", f"{_COMMENT}/texts", takes=s.Before(), uses=Uses.READS)
def comment_texts(session: Reader, comment_id: int, before: int | None, *, by: Principal) -> Response:
    """Show every text that a comment had, and what each edit changed."""
    comment = threads.seen(session, comment_id, by=by)
    texts = threads.revisions(session, comment_id, by=by)
    wanted = [each for each in texts if before is None or each.revision < before]
    shown, rest = wanted[-_TEXTS:], wanted[:-_TEXTS]
    previous = [rest[-1].text if rest else "", *(each.text for each in shown[:-1])]
    steps = [(each, differences.between(text, each.text)) for each, text in zip(shown, previous, strict=True)]
    older = shown[0].revision if rest else None
    return page("writing/texts.html", comment=comment, steps=reversed(steps), next_before=older)


@web.call("POST", f"{_COMMENT}/reply", takes=s.NewText())
@sent_from(comment_page)
def reply_to_comment(session: Session, comment_id: int, text: str, back: str, *, by: Principal) -> Response:
    """Reply in the thread that a comment is in."""
    to = threads.seen(session, comment_id, by=by)
    on_request = None if to.version is not None else to.request_id
    written = comments.write(session, to.model, to.version, text, reply_to=to.id, request_id=on_request, by=by)
    return _back(back, written)


@web.call("POST", f"{_COMMENT}/edit", takes=s.EditedText())
@sent_from(edit_comment_page)
def edit_comment(
    session: Session,
    comment_id: int,
    text: str,
    revision: int,
    back: str,
    *,
    by: Principal,
) -> Response:
    """Replace the text of a comment of one's own."""
    return _back(back, comments.edit(session, comment_id, text, revision=revision, by=by))


@web.call("POST", f"{_COMMENT}/delete", takes=s.Back())
@sent_from(edit_comment_page)
def delete_comment(session: Session, comment_id: int, back: str, *, by: Principal) -> Response:
    """Hide the text of a comment."""
    deleted = noticing.delete_comment(session, comment_id, by=by)
    flask.flash("The comment is deleted; its place in the thread stays.")
    return _back(back, deleted)


@web.call("POST", f"{_COMMENT}/resolve", takes=s.Back())
@sent_from(comment_page)
def resolve_comment(session: Session, comment_id: int, back: str, *, by: Principal) -> Response:
    """Resolve the thread that a comment is in."""
    return _back(back, noticing.resolve_thread(session, comment_id, by=by))


@web.call("POST", f"{_COMMENT}/reopen", takes=s.Back())
@sent_from(comment_page)
def reopen_comment(session: Session, comment_id: int, back: str, *, by: Principal) -> Response:
    """Reopen the thread that a comment is in."""
    return _back(back, comments.reopen(session, comment_id, by=by))


@web.call("GET", "/mentions", takes=s.Before(), uses=Uses.READS)
def mentions(session: Reader, before: int | None, *, by: Principal) -> Response:
    """Show the comments that mention whoever asks."""
    found = threads.mentioning(session, before=before, size=_MENTIONS + 1, by=by)
    shown, last = cut(found, _MENTIONS)
    return page("writing/mentions.html", found=shown, next_before=last.id if last else None)


def _back(to: str, written: Written) -> Response:
    """Lead back to where a form was sent from, and there to the comment."""
    page_of_it = url_for("web.comment_page_get", comment_id=written.id)
    address = urlsplit(to or page_of_it)._replace(fragment=f"comment-{written.id}")
    return see(address.geturl())
