"""The page that compares two to six versions, of one model or of several."""

from collections.abc import Sequence
from urllib.parse import urlencode

from flask import Response, url_for

from assent.access.policy.principals import Principal
from assent.governance.rules import standing
from assent.http.calls import Uses
from assent.http.problems import status_of
from assent.kernel.dialects import Reader
from assent.kernel.errors import AssentError, Invalid, NotFound
from assent.registry import history
from assent.web.evidence import beside
from assent.web.evidence.beside import Beside
from assent.web.evidence.told import TITLES
from assent.web.frame.face import web
from assent.web.frame.pages import page, see
from assent.web.models.asked import ComparedVersions

_LONGEST_NUMBER = 19


@web.call("GET", "/compare", takes=ComparedVersions(), uses=Uses.READS)
def compare_page(session: Reader, version: list[str], section: str, *, by: Principal) -> Response:
    """Show versions beside each other, the first as what the others are held against."""
    asked = list(dict.fromkeys(version))
    only = section if section in TITLES else ""
    if len(asked) < beside.FEWEST:
        return _shown(asked)
    try:
        named = _named(asked)
        compared = _compared(session, named, only, by)
    except NotFound as unknown:
        if (current := _under_current_names(session, named, by)) != asked:
            return see(_address(current))
        return _shown(asked, problem=unknown)
    except Invalid as wrong:
        return _shown(asked, problem=wrong)
    return _shown(asked, compared, only=only)


def _named(asked: Sequence[str]) -> list[tuple[str, int]]:
    if len(asked) > beside.MOST:
        raise Invalid(f"{len(asked)} versions are too many to compare; {beside.MOST} are the most. Take some away.")
    return [_version(each) for each in asked]


def _version(text: str) -> tuple[str, int]:
    name, _, number = text.rpartition("/")
    if not name or not (number.isascii() and number.isdecimal()) or len(number) > _LONGEST_NUMBER:
        raise Invalid(f"{text} names no version; write MODEL/NUMBER, such as fraud/3.")
    return name, int(number)


def _compared(session: Reader, named: Sequence[tuple[str, int]], only: str, by: Principal) -> Beside:
    models = {name for name, _ in named}
    gates = [gate for gate in standing.seen(session).gates if any(gate.could_apply_to(name) for name in models)]
    return beside.compared(session, named, by=by, gates=gates, only=only)


def _under_current_names(session: Reader, named: Sequence[tuple[str, int]], by: Principal) -> list[str]:
    called = {name: history.current_name(session, name, by=by) or name for name, _ in named}
    return [f"{called[name]}/{number}" for name, number in named]


def _shown(
    asked: Sequence[str], compared: Beside | None = None, *, only: str = "", problem: AssentError | None = None
) -> Response:
    chosen = [
        {
            "words": each,
            "without": _address([other for other in asked if other != each]),
            "first": _address([each, *(other for other in asked if other != each)]),
            "side": compared.sides[place] if compared else None,
        }
        for place, each in enumerate(asked)
    ]
    status = status_of(problem) if problem else 200
    return page(
        "models/compare.html",
        status,
        asked=asked,
        chosen=chosen,
        compared=compared,
        only=only,
        problem=problem.message if problem else "",
        may_add=len(asked) < beside.MOST,
        fewest=beside.FEWEST,
        all_sections=_address(asked),
    )


def _address(versions: Sequence[str]) -> str:
    query = urlencode([("version", each) for each in versions])
    return url_for("web.compare_page_get") + (query and f"?{query}")
