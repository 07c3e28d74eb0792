"""Forms that are refused: told on the page that they were sent from, with what was typed.

A form's call names that page with `sent_from`. The unit of work has been rolled back by then; the page is rendered
anew from what is there, and its templates ask `typed` and `refused_at` for what the form held and why it was refused.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from flask import Response, g, request

from assent.http.calls import Call, Uses, View, reading

V = TypeVar("V", bound=View)

_PAGES: dict[str, View] = {}
# What nobody wants to see again, least of all in a page's source.
_NEVER_AGAIN = frozenset({"csrf_token", "password", "new_password", "current_password"})


@dataclass(frozen=True, slots=True)
class Refusal:
    """A form that came to nothing: where it was sent to, why, and what was typed."""

    action: str
    message: str
    typed: Mapping[str, str]


def sent_from(page: View) -> Callable[[V], V]:
    """Tell refusals of this form on that page, whose view takes no more than the form's path names."""

    def declare(view: V) -> V:
        _PAGES[f"{view.__module__}.{view.__name__}"] = page
        return view

    return declare


def again(calls: Sequence[Call], message: str, status: int) -> Response | None:
    """The page that the refused form was sent from, if it has one. Raises what that page raises."""
    view = next((call.view for call in calls if _endpoint(call) == request.endpoint), None)
    page = _PAGES.get(f"{view.__module__}.{view.__name__}") if view else None
    shown = next((call for call in calls if call.view is page), None)
    if shown is None:
        return None
    kept = {key: text for key, text in request.form.items() if key not in _NEVER_AGAIN}
    g.refusal = Refusal(request.path, message, kept)
    answer = _rendered(shown)
    answer.status_code = status
    return answer


def typed(action: str, field: str, otherwise: str | None = "") -> str:
    """What was typed into a field of a form that was refused, else what the field holds at first."""
    refusal: Refusal | None = g.get("refusal")
    if refusal is None or refusal.action != action:
        return otherwise or ""
    return refusal.typed.get(field, "")


def refused_at(action: str) -> str:
    """Why the form that leads there was refused; empty where it was not."""
    refusal: Refusal | None = g.get("refusal")
    return refusal.message if refusal and refusal.action == action else ""


def _rendered(page: Call) -> Response:
    in_path = {name: value for name, value in (request.view_args or {}).items() if f"{name}>" in page.path}
    asked: dict[str, Any] = {**(page.takes.load({}) if page.takes else {}), **in_path}
    if page.uses is Uses.NOTHING:
        return cast(Response, page.view(**asked))
    with reading()() as session:
        return cast(Response, page.view(session, by=g.principal, **asked))


def _endpoint(call: Call) -> str:
    return f"web.{call.name}_{call.method.lower()}"
