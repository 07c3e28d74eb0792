"""Errors as pages; whoever is not signed in is sent to sign in, and a refused form is shown once more."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from flask import Response, g, request, url_for

from assent.http.calls import Call
from assent.http.problems import status_of
from assent.kernel.errors import AssentError, Invalid, Unauthenticated
from assent.web.frame import refusals
from assent.web.frame.pages import asked_with, page, see

_TITLES = {
    400: "That cannot be done",
    403: "That is not yours to do",
    404: "There is no such page",
    405: "That cannot be done here",
    409: "That is no longer so",
    413: "That is too much",
    500: "Something is broken",
    503: "Please try again",
}
_MESSAGES = {
    404: "Nothing is at this address. Perhaps it is misspelt, or what was here is gone.",
    405: "This address does not take what was sent to it.",
    413: "What was sent is larger than this server takes.",
}


class WrongAddress(Invalid):
    """An address whose query says what its page does not take, word by word."""

    def __init__(self, words: Mapping[str, str]) -> None:
        super().__init__(wrong(words).message)
        self.words = words


def wrong(words: Mapping[str, str]) -> Invalid:
    """What is wrong with the words of a form."""
    return Invalid(" ".join(f"{name}: {told}" for name, told in words.items()))


def domain_error(error: AssentError, calls: Sequence[Call]) -> Response:
    """The page that tells of an error of the domain: the one that a form was sent from, or one of its own."""
    if isinstance(error, Unauthenticated) and g.principal is None:
        return _signed_out(calls)
    status = 200 if isinstance(error, refusals.Previewed) else status_of(error)
    if request.method == "POST":
        try:
            if (answer := refusals.again(calls, error.message, status)) is not None:
                return answer
        except AssentError:
            # The page is gone, or not theirs to see any more.
            g.refusal = None
    if isinstance(error, WrongAddress):
        without = asked_with(**dict.fromkeys(error.words))
        return page("frame/wrong_address.html", status, wrong=error.words, without=without)
    return told(status, error.message)


def http_error(status: int, message: str) -> Response:
    """The page for a request that reached no call."""
    return told(status, _MESSAGES.get(status, message))


def told(status: int, message: str) -> Response:
    """The page for a request that came to nothing."""
    title = _TITLES.get(status, HTTPStatus(status).phrase)
    return page("frame/error.html", status, title=title, message=message)


def _signed_out(calls: Sequence[Call]) -> Response:
    if "HX-Request" in request.headers:
        # A part of a page is asked for: the page to sign in would not fit there. The script tells of it.
        return Response(status=401)
    asked = request.full_path.rstrip("?") if request.method == "GET" else refusals.origin(calls)
    to_sign_in = url_for("web.sign_in_page_get", next=asked if asked != "/" else None)
    if written := refusals.written():
        return page("frame/signed_out.html", 401, to_sign_in=to_sign_in, written=written, unsent=refusals.unsent())
    return see(to_sign_in)
