"""The inbox: what waits for me, what I asked for, what I watch, and what is nearly over, across all models."""

from typing import Any, NamedTuple

from flask import Response, request, url_for

from assent.access.policy.principals import Principal
from assent.annotations import threads
from assent.governance.requests.evaluation import moving
from assent.governance.requests.records import delegations, rows
from assent.governance.requests.records.rows import Request
from assent.governance.requests.viewing import glancing
from assent.governance.requests.viewing import inbox as found_in
from assent.governance.requests.viewing.glancing import Glance
from assent.governance.requests.viewing.inbox import Role, Sought
from assent.http.calls import Uses
from assent.kernel.clock import now
from assent.kernel.dialects import Reader
from assent.kernel.errors import Denied, Invalid
from assent.kernel.patterns import names_like
from assent.web.frame.cutting import cut
from assent.web.frame.face import web
from assent.web.frame.pages import page, see
from assent.web.requests import schemas as s

_PAGE = 50
_COUNTED = (Role.WAITING, Role.MINE, Role.WATCHING, Role.OVERDUE)


class Row(NamedTuple):
    """A line of the list."""

    request: Request
    glance: Glance


class Listed(NamedTuple):
    """A page of the list; why it could not be made, where what was sought cannot be."""

    rows: list[Row]
    next_before: int | None
    problem: str = ""


@web.call("GET", "/", uses=Uses.NOTHING)
def home() -> Response:
    """Lead to the first page."""
    return see(url_for("web.inbox_get"))


@web.call("GET", "/inbox", takes=s.Which(), uses=Uses.READS)
def inbox(session: Reader, *, by: Principal, **which: Any) -> Response:
    """Show what waits for somebody."""
    shown = _list(session, by, which)
    return page(
        "requests/inbox.html",
        mentions="",
        counts=_count_shown(session, shown["listed"], which, by),
        standins=[each.name for each in delegations.held(session, now(), by=by)],
        **shown,
    )


@web.call("GET", "/inbox/list", takes=s.Which(), uses=Uses.READS)
def inbox_list(session: Reader, *, by: Principal, **which: Any) -> Response:
    """The list of the inbox alone, for a page that stays open."""
    return page("requests/inbox_list.html", **_list(session, by, which))


@web.call("GET", "/inbox/tabs", takes=s.Which(), uses=Uses.READS)
def inbox_tabs(session: Reader, *, by: Principal, show: Role, **_: Any) -> Response:
    """The tabs of the inbox, with their numbers."""
    mentions = _number(threads.mentions(session, most=found_in.MOST_COUNTED + 1, by=by))
    return page("requests/inbox_tabs.html", counts=_counts(session, _COUNTED, by), mentions=mentions, show=show)


@web.call("GET", "/inbox/count", uses=Uses.READS)
def inbox_count(session: Reader, *, by: Principal) -> Response:
    """How many requests wait for somebody, for the navigation of every page."""
    return page("requests/inbox_count.html", count=_counts(session, [Role.WAITING], by)[Role.WAITING])


def _list(session: Reader, by: Principal, which: dict[str, Any]) -> dict[str, Any]:
    """What the list is made of."""
    return {"listed": _listed(session, by, **which), "show": which["show"], "which": which, "asked": request.args}


def _listed(
    session: Reader,
    by: Principal,
    *,
    show: Role,
    models: str | None,
    to: str | None,
    in_place_of: str | None,
    **which: Any,
) -> Listed:
    try:
        sought = Sought(
            role=show,
            models=names_like(models) if models else None,
            target=moving.target(session, to) if to else None,
            size=_PAGE + 1,
            **which,
        )
        found = found_in.listed(session, sought, by=by, in_place_of=in_place_of)
    except (Denied, Invalid) as refused:
        return Listed([], None, refused.message)
    shown, last = cut(found, _PAGE)
    decided = rows.decisions_of(session, [each.id for each in shown])
    lines = [Row(each, glancing.glance(each, decided[each.id])) for each in shown]
    return Listed(lines, last.id if last else None)


def _count_shown(session: Reader, listed: Listed, which: dict[str, Any], by: Principal) -> dict[str, str]:
    """The number of the tab that is shown. A list that is there as a whole needs no counting."""
    show = which["show"]
    if show not in _COUNTED:
        return {}
    is_whole = not listed.problem and all(each is None for word, each in which.items() if word != "show")
    if is_whole and listed.next_before is None:
        return {show.value: str(len(listed.rows))}
    return _counts(session, [show], by)


def _counts(session: Reader, roles: list[Role] | tuple[Role, ...], by: Principal) -> dict[str, str]:
    """The numbers of some tabs, as they are shown."""
    found = found_in.counts(session, roles, by=by) if roles else {}
    return {role.value: _number(count) for role, count in found.items()}


def _number(count: int) -> str:
    most = found_in.MOST_COUNTED
    return f"{most}+" if count > most else str(count)
