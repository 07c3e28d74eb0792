"""The page about where things come from and what came of them: a drawing, and a table that says the same."""

from typing import Any

from flask import Response

from assent.access.policy.principals import Principal
from assent.http.calls import Uses, json_response
from assent.http.problems import status_of
from assent.kernel.dialects import Reader
from assent.kernel.errors import AssentError, Invalid, NotFound
from assent.lineage.graph import questions
from assent.lineage.graph.questions import Reach
from assent.lineage.graph.walks import DEEPEST
from assent.registry import history
from assent.web.frame.face import web
from assent.web.frame.pages import page, see
from assent.web.lineage import around as seen
from assent.web.lineage import schemas as s
from assent.web.lineage.naming import meant, version_of

HERE = "/lineage"
MOST_DRAWN = 150
_ROWS = 40
_MOST_VERSIONS = 200
_DEPTHS = (1, 2, 3, 5, 10, DEEPEST)
GRAPH, PRODUCTION, VERSIONS = "graph", "production", "versions"


@web.call("GET", HERE, takes=s.WhichPart(), uses=Uses.READS)
def lineage_page(
    session: Reader,
    of: str,
    depth: int,
    show: str,
    page: int,  # the word of the address
    *,
    by: Principal,
) -> Response:
    """Show what something is made of and what came of it, or the versions alone that came of it."""
    what = meant(of)
    if not what:
        return _shown("", depth, GRAPH)
    try:
        if show in (PRODUCTION, VERSIONS):
            reach = questions.reach(session, what, by=by, in_production=show == PRODUCTION)
            return _shown(what, depth, show, reach=reach, most=_MOST_VERSIONS)
        found = seen.around(session, what, depth, by=by)
        return _shown(what, depth, GRAPH, **_table(found, page), shows_recalls=_shows_recalls(found, by))
    except NotFound as unknown:
        if current := _under_its_current_name(session, what, by):
            return see(seen.lineage_address(current))
        return _shown(what, depth, show, problem=unknown)
    except Invalid as wrong:
        return _shown(what, depth, show, problem=wrong)


@web.call("GET", f"{HERE}/graph", takes=s.OfWhat(), uses=Uses.READS)
def lineage_graph(session: Reader, of: str, depth: int, *, by: Principal) -> Response:
    """Give what the drawing is made of, for the script of the page."""
    found = seen.around(session, meant(of), depth, by=by)
    nodes, steps = seen.drawn(found, MOST_DRAWN)
    places = {node.reference: place for place, node in enumerate(nodes)}
    return json_response(
        {
            "nodes": [
                {
                    "name": node.name,
                    "kind": node.kind,
                    "about": node.about,
                    "mark": node.mark,
                    "address": node.lineage,
                    "start": node.depth == 0,
                }
                for node in nodes
            ],
            "edges": [
                {
                    "from": places[step.source.reference],
                    "to": places[step.target.reference],
                    "relation": step.relation,
                }
                for step in steps
            ],
            "left_out": len(found.nodes) - len(nodes),
            "truncated": found.truncated,
        }
    )


def _table(found: seen.Around, number: int) -> dict[str, Any]:
    """One page of the table, and where it goes on."""
    begin = (number - 1) * _ROWS
    return {
        "found": found,
        "steps": found.steps[begin : begin + _ROWS],
        "begin": begin,
        "before": number - 1 if number > 1 else None,
        "after": number + 1 if len(found.steps) > begin + _ROWS else None,
    }


def _shows_recalls(found: seen.Around, by: Principal) -> bool:
    """Whether the page of recalls shows one that somebody sees here: all of them, or those of versions."""
    return by.reads_everything or any(each.mark == "recalled" and each.version for each in found.nodes)


def _under_its_current_name(session: Reader, what: str, by: Principal) -> str:
    """A version by what its model is called now; empty where it was never called otherwise."""
    named = version_of(what)
    current = history.current_name(session, named[0], by=by) if named else None
    return f"version:{current}/{named[1]}" if named and current else ""


def _shown(
    what: str, depth: int, show: str, *, problem: AssentError | None = None, reach: Reach | None = None, **more: Any
) -> Response:
    status = status_of(problem) if problem else 200
    return page(
        "lineage/lineage.html",
        status,
        **{"found": None, "most": 0, "most_drawn": MOST_DRAWN, "shows_recalls": False, **more},
        what=what,
        depth=depth,
        depths=_DEPTHS,
        show=show,
        reach=reach,
        address=seen.lineage_address,
        version_address=seen.version_address,
        problem=problem.message if problem else "",
    )
