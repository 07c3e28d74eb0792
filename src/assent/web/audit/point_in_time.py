"""The page that shows the registry as of a moment: who held what then, through whom, and what stands behind it."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from flask import Response, url_for

from assent.access.policy.principals import Principal
from assent.governance.requests.viewing.behind import Led, Place, led_to
from assent.http.calls import Uses
from assent.kernel.clock import now
from assent.kernel.dialects import Reader
from assent.kernel.errors import Invalid
from assent.kernel.patterns import must_be_a_pattern
from assent.lineage.past.at import Asked, Held, at
from assent.lineage.runs import digests
from assent.registry import stages
from assent.registry.names import must_be_a_model_name, must_be_an_alias
from assent.web.audit import moments
from assent.web.audit import schemas as s
from assent.web.audit.asking import Typed
from assent.web.frame.face import web
from assent.web.frame.pages import page

_SIZE = 100
_MOST_DIFFERENCES = 200
_FIELDS = ("moment", "model", "held", "against")
_LONGEST_TOKEN = 500


class Stood(NamedTuple):
    """A version held something then: the request behind it, if one led there, and the digest of its artifacts."""

    held: Held
    led: Led | None
    artifacts: str


class Difference(NamedTuple):
    """Who held something of a model at one moment, and who at the other."""

    model: str
    kind: str
    what: str
    before: list[Held]
    after: list[Held]


@web.call("GET", "/audit/at", takes=s.Moment(), uses=Uses.READS)
def at_page(session: Reader, after: str, *, by: Principal, **said: str) -> Response:
    """Show which versions held which stages and aliases at a moment, or what differs between two."""
    asked_at = now()
    typed = Typed({name: said.get(name, "").strip() for name in _FIELDS})
    moment = _moment(typed, "moment", asked_at) if typed.fields["moment"] else asked_at
    other = _moment(typed, "against", asked_at) if typed.fields["against"] else None
    values: dict[str, Any] = {"stood": [], "differences": None, "following": "", "left_out": False}
    _must_name_what_can_be(session, typed)
    try:
        asked = _asked(typed.fields)
        if not typed.wrong and other is None:
            values |= _then(session, moment, asked, _address(typed, moment, None), by, token=after)
        elif not typed.wrong and other is not None:
            values |= _differing(session, moment, other, asked, by)
    except Invalid as wrong:
        typed.wrong["page"] = wrong.message
    return page(
        "audit/at.html",
        400 if typed.wrong else 200,
        typed_in=typed,
        moment=moment,
        other=other,
        asked_at=asked_at,
        address=url_for("web.at_page_get", **_address(typed, moment, other)),
        is_later=bool(after),
        **values,
    )


def _must_name_what_can_be(session: Reader, typed: Typed) -> None:
    """Tell at their fields what no model, stage or alias can be called."""
    model, held = typed.fields["model"], typed.fields["held"]
    checks: list[tuple[str, Callable[[], object]]] = []
    if model:
        checks.append(
            ("model", lambda: must_be_a_pattern(model) if _is_pattern(model) else must_be_a_model_name(model))
        )
    if held:
        is_alias = held.startswith("@")
        checks.append(("held", lambda: must_be_an_alias(held[1:]) if is_alias else stages.canonical(session, held)))
    for field, must_be_possible in checks:
        try:
            must_be_possible()
        except Invalid as wrong:
            typed.wrong[field] = wrong.message


def _then(
    session: Reader, moment: int, asked: Asked, asks: Mapping[str, Any], by: Principal, *, token: str
) -> dict[str, Any]:
    found = at(session, moment, asked, by=by, token=token[:_LONGEST_TOKEN], size=_SIZE)
    requests = led_to(session, map(_place, found.found))
    artifacts = digests.of_each(session, (each.version_id for each in found.found))
    stood = [Stood(each, requests.get(_place(each)), artifacts.get(each.version_id, "")) for each in found.found]
    following = url_for("web.at_page_get", **asks, after=found.next_token) if found.next_token else ""
    return {"stood": stood, "following": following}


def _differing(session: Reader, moment: int, other: int, asked: Asked, by: Principal) -> dict[str, Any]:
    """What differs, where no more is held than one page of the domain has."""
    first, second = sorted((moment, other))
    before, after = (at(session, each, asked, by=by) for each in (first, second))
    if before.next_token or after.next_token:
        raise Invalid("More than 1,000 places were held; name a model, a stage or an alias to compare.")
    found = _differences(before.found, after.found)
    return {"differences": found[:_MOST_DIFFERENCES], "left_out": len(found) > _MOST_DIFFERENCES}


def _differences(before: Iterable[Held], after: Iterable[Held]) -> list[Difference]:
    sides = [_by_place(each) for each in (before, after)]
    found = []
    for place in dict.fromkeys((*sides[0], *sides[1])):
        held = [side.get(place, []) for side in sides]
        if {each.version_id for each in held[0]} != {each.version_id for each in held[1]}:
            _, kind, what = place
            found.append(Difference((held[1] or held[0])[0].model, kind, what, *held))
    return sorted(found, key=lambda each: (each.model, each.kind != "stage"))


def _by_place(held: Iterable[Held]) -> dict[tuple[int, str, str], list[Held]]:
    found: dict[tuple[int, str, str], list[Held]] = {}
    for each in held:
        found.setdefault((each.model_id, each.kind, each.what), []).append(each)
    return found


def _asked(texts: Mapping[str, str]) -> Asked:
    model, held = texts["model"], texts["held"]
    is_pattern = _is_pattern(model)
    return Asked(
        model=model if model and not is_pattern else None,
        pattern=model if is_pattern else None,
        stage=held if held and not held.startswith("@") else None,
        alias=held[1:] if held.startswith("@") else None,
    )


def _is_pattern(model: str) -> bool:
    return "*" in model or "?" in model


def _moment(typed: Typed, name: str, asked_at: int) -> int:
    try:
        return moments.read(typed.fields[name], asked_at)
    except Invalid as wrong:
        typed.wrong[name] = wrong.message
        return asked_at


def _address(typed: Typed, moment: int, other: int | None) -> dict[str, Any]:
    """The words of an address that asks the same for ever, even where somebody asked for now."""
    exact = {"moment": _written(moment), "against": "" if other is None else _written(other)}
    return {name: text for name, text in (dict(typed.fields) | exact).items() if text}


def _written(moment: int) -> str:
    told = datetime.fromtimestamp(moment / 1000, UTC)
    return f"{told:%Y-%m-%dT%H:%M:%S}.{moment % 1000:03}Z"


def _place(held: Held) -> Place:
    return Place(held.version_id, held.kind, held.what, held.since)
