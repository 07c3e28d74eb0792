"""Forms that are refused: told on the page that they were sent from, with what was typed.

A form's call names that page with `sent_from`. The unit of work has been rolled back by then; the page is rendered
anew from what is there, and its templates ask `typed` and `refused_at` for what the form held and why it was refused.

A button `preview` is told likewise: nothing is done, and `previewed` gives what its field looks like. Where the page
has no such form any more, or nobody is signed in, what was `written` is given back beside the reason.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, cast
from urllib.parse import unquote, urlsplit

from flask import Response, g, request, url_for
from markupsafe import Markup

from assent.http.calls import Call, Uses, View, reading
from assent.kernel.errors import AssentError
from assent.web.frame import markdown

V = TypeVar("V", bound=View)

_PAGES: dict[str, View] = {}
# The button of a form that shows what a text looks like; its value is the field that has the text.
PREVIEW = "preview"
# What nobody wants to see again, least of all in a page's source.
_NEVER_AGAIN = frozenset({"csrf_token", "password", "new_password", "current_password"})
# What pages put into their forms for themselves.
_OF_THE_PAGE = frozenset({"digest", "reviewed", "revision", "planned_at", "back", "username", PREVIEW})


class Previewed(AssentError):
    """Nothing is to be done but to show the page again, with what a text in it looks like."""

    def __init__(self) -> None:
        super().__init__("")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A form that came to nothing: where it was sent to, why, and what was typed. A preview has no message."""

    action: str
    message: str
    typed: Mapping[str, str]

    @property
    def written(self) -> Mapping[str, str]:
        """What somebody typed, without what the page had put there."""
        return {key: text for key, text in self.typed.items() if text.strip() and key not in _OF_THE_PAGE}


def sent_from(page: View) -> Callable[[V], V]:
    """Tell refusals of this form on that page, whose view takes no more than the form's path names."""

    def declare(view: V) -> V:
        _PAGES[_name(view)] = page
        return view

    return declare


def must_not_be_a_preview(call: Call) -> None:
    """Raise Previewed where a form, whose page can be shown again, asks for that alone."""
    if PREVIEW in request.form and _name(call.view) in _PAGES:
        raise Previewed


def again(calls: Sequence[Call], message: str, status: int) -> Response | None:
    """The page that the refused form was sent from, if it is still there. Raises what that page raises."""
    shown = _page_of(calls)
    if shown is None:
        return None
    g.refusal = Refusal(request.path, message, _sent())
    answer = _rendered(shown)
    if answer.location:
        # What it was about is elsewhere now, and so is the page.
        g.refusal = None
        return None
    answer.status_code = status
    return answer


def path() -> str:
    """The path of the page that is shown, also where it is shown again because a form of it was refused."""
    found: str = g.get("page_path", request.path)
    return found


def typed(action: str, field: str, otherwise: str | None = "") -> str:
    """What was typed into a field of a form that was refused, else what the field holds at first."""
    refusal = _refusal_of(action)
    return refusal.typed.get(field, "") if refusal else otherwise or ""


def refused_at(action: str) -> str:
    """Why the form that leads there was refused; empty where it was not."""
    refusal = _refusal_of(action)
    if refusal is None:
        return ""
    g.refusal_is_told = True
    return refusal.message


def untold() -> Refusal | None:
    """The refusal that no form of the page has told, since the page has no such form any more."""
    refusal: Refusal | None = g.get("refusal")
    return None if refusal is None or not refusal.message or "refusal_is_told" in g else refusal


def written() -> Mapping[str, str]:
    """What somebody typed into the form that was sent, if a page of this server sent it; else nothing."""
    if request.method != "POST" or request.headers.get("Sec-Fetch-Site") != "same-origin":
        return {}
    return Refusal(request.path, "", _sent()).written


def unsent() -> Mapping[str, str]:
    """What is put back into the form once somebody is signed in: not what was reviewed, for that is seen anew."""
    return {key: text for key, text in _sent().items() if key not in {"digest", "reviewed", "username", PREVIEW}}


def origin(calls: Sequence[Call]) -> str | None:
    """The address of the page that the form was sent from: as the form says, else the one that shows it by itself."""
    shown = _page_of(calls)
    return request.form.get("back") or (_address(shown) if shown else None)


def is_shown_again(action: str) -> bool:
    """Whether the form that leads there was sent, and is shown once more."""
    return _refusal_of(action) is not None


def previewed(action: str, field: str) -> Markup | None:
    """What the text in a field looks like, where somebody asked for that; else None."""
    refusal = _refusal_of(action)
    if refusal is None or refusal.typed.get(PREVIEW) != field:
        return None
    return markdown.rendered(refusal.typed.get(field, ""))


def _refusal_of(action: str) -> Refusal | None:
    refusal: Refusal | None = g.get("refusal")
    # Names in an address are quoted, and in the path that was asked for they are not.
    return refusal if refusal and refusal.action == unquote(urlsplit(action).path) else None


def _sent() -> Mapping[str, str]:
    return {key: text for key, text in request.form.items() if key not in _NEVER_AGAIN}


def _page_of(calls: Sequence[Call]) -> Call | None:
    view = next((call.view for call in calls if _endpoint(call) == request.endpoint), None)
    page = _PAGES.get(_name(view)) if view else None
    return next((call for call in calls if call.view is page), None)


def _in_path(page: Call) -> dict[str, Any]:
    return {name: value for name, value in (request.view_args or {}).items() if f"{name}>" in page.path}


def _address(page: Call) -> str:
    return url_for(_endpoint(page), **_in_path(page))


def _rendered(page: Call) -> Response:
    g.page_path = unquote(_address(page))
    asked: dict[str, Any] = {**(page.takes.load({}) if page.takes else {}), **_in_path(page)}
    if page.uses is Uses.NOTHING:
        return cast(Response, page.view(**asked))
    with reading()() as session:
        return cast(Response, page.view(session, by=g.principal, **asked))


def _name(view: View) -> str:
    return f"{view.__module__}.{view.__name__}"


def _endpoint(call: Call) -> str:
    return f"web.{call.name}_{call.method.lower()}"
