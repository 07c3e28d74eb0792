"""The pages of the audit log: what one looks for in it, one event, and all of it to take along."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain
from typing import Any, NamedTuple

from flask import Response, url_for

from assent.access.policy.principals import Principal
from assent.audit.queries import Cut, Order, Position
from assent.http import exports
from assent.http.calls import Uses, reading
from assent.kernel.clock import now
from assent.kernel.dialects import Reader
from assent.kernel.errors import AssentError, Invalid, NotFound
from assent.lineage.telling.of_anything import Sentence, sentence
from assent.registry import trail
from assent.registry.sight import sees_all
from assent.registry.trail import Event
from assent.web.audit import asking
from assent.web.audit import schemas as s
from assent.web.audit.addresses import address_of
from assent.web.audit.asking import Typed
from assent.web.frame.face import web
from assent.web.frame.pages import page

_SIZE = 25
# Among so many events one page looks: to look further is another page, which a script asks for by itself.
MOST_LOOKED_AT = 10_000
_LONGEST_DETAILS = 1_500


class Told(NamedTuple):
    """An event as it stands on a page: as a sentence with a link, and its details as text, perhaps cut."""

    event: Event
    sentence: Sentence
    address: str
    details: str
    is_cut: bool


class Leaf(NamedTuple):
    """The events of a page, newest first, and what leads on; None where nothing does."""

    events: list[Event]
    newer: Position | None
    older: Position | None


_NOTHING = Leaf([], None, None)


@web.call("GET", "/audit", takes=s.PageOfEvents(), uses=Uses.READS)
def audit_page(session: Reader, before: str, after: str, *, by: Principal, **said: str) -> Response:
    """Show what was done and what was refused, newest first."""
    typed = asking.read(said)
    leaf = _NOTHING
    if not typed.wrong:
        try:
            leaf = _leaf(session, typed, before, after, by)
        except (Invalid, NotFound) as wrong:
            typed.wrong[_field_of(wrong)] = wrong.message
    return _shown(session, typed, leaf, by, is_later=bool(before or after))


@web.call("GET", "/audit/<int:number>", uses=Uses.READS)
def event_page(session: Reader, number: int, *, by: Principal) -> Response:
    """Show all of one event."""
    event = trail.one(session, number, by=by)
    return page("audit/event.html", told=told(event, whole=True), sees_all=sees_all(by))


@web.call("GET", "/audit/export", takes=s.Export(), uses=Uses.READS)
def audit_export(session: Reader, written_as: str, *, by: Principal, **said: str) -> Response:
    """Give all events that are looked for as a file, the oldest first; what makes no sense is told on the page."""
    typed = asking.read(said)
    if written_as not in exports.MEDIA_TYPES:
        raise Invalid(f"format: An export is written as {' or '.join(sorted(exports.MEDIA_TYPES))}.")
    if typed.wrong:
        return _shown(session, typed, _NOTHING, by)
    try:
        question = trail.question(session, typed.asked, by=by)
    except (Invalid, NotFound) as wrong:
        typed.wrong[_field_of(wrong)] = wrong.message
        return _shown(session, typed, _NOTHING, by)
    pages = trail.every(reading(), question, Cut(Order.OLDEST), by=by)
    # The first page is read before the answer begins, so that what goes wrong is still told.
    first: Iterator[list[Event]] = iter([next(pages)])
    lines = exports.lines(written_as, chain(first, pages), with_header=True)
    name = f"audit-{datetime.fromtimestamp(now() / 1000, UTC):%Y%m%dT%H%M%SZ}.{written_as}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(lines, mimetype=exports.MEDIA_TYPES[written_as], headers=headers)


def told(event: Event, *, whole: bool = False) -> Told:
    """An event as it stands on a page, with its details whole or cut."""
    text = json.dumps(event.details, indent=2, ensure_ascii=False) if event.details else ""
    is_cut = not whole and len(text) > _LONGEST_DETAILS
    return Told(event, sentence(event), address_of(event), text[:_LONGEST_DETAILS] if is_cut else text, is_cut)


def _leaf(session: Reader, typed: Typed, before: str, after: str, by: Principal) -> Leaf:
    question = trail.question(session, typed.asked, by=by)
    if after:
        place = Position.read(after)
        found = trail.page(session, question, Cut(Order.OLDEST, place), size=_SIZE, by=by, most=MOST_LOOKED_AT)
        events = found.events[::-1]
        return Leaf(events, found.next, events[-1].position if events else Position(place.at, place.id + 1))
    place_before = Position.read(before) if before else None
    found = trail.page(session, question, Cut(Order.NEWEST, place_before), size=_SIZE, by=by, most=MOST_LOOKED_AT)
    newer = (found.events[0].position if found.events else place_before) if place_before else None
    return Leaf(found.events, newer, found.next)


def _shown(session: Reader, typed: Typed, leaf: Leaf, by: Principal, *, is_later: bool = False) -> Response:
    everything = sees_all(by)
    return page(
        "audit/explorer.html",
        400 if typed.wrong else 200,
        typed_in=typed,
        events=[told(each) for each in leaf.events],
        newer=_place("after", leaf.newer, typed),
        older=_place("before", leaf.older, typed),
        is_later=is_later,
        looked_at=MOST_LOOKED_AT,
        sees_all=everything,
        end=trail.latest(session) if everything else None,
        vocabulary=asking.actions(),
        kinds=asking.KINDS,
        faces=asking.FACES,
        outcomes=asking.OUTCOMES,
    )


def _place(word: str, position: Position | None, typed: Typed) -> str:
    asked: dict[str, Any] = {**typed.address, word: str(position)}
    return url_for("web.audit_page_get", **asked) if position else ""


def _field_of(wrong: AssentError) -> str:
    return "name" if isinstance(wrong, NotFound) else "page"
