"""The page that tries a gate on a version: as it stands, or as somebody would write it."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from flask import Response

from assent.access.policy.principals import Principal
from assent.governance import policy
from assent.governance.requests.evaluation import moving
from assent.governance.requests.viewing import trying
from assent.governance.requests.viewing.trying import Tried
from assent.governance.rules import whole as rules
from assent.governance.rules.gates import Gate
from assent.governance.rules.whole import Stands, in_order
from assent.http.calls import Uses
from assent.http.problems import status_of
from assent.kernel.dialects import Reader
from assent.kernel.errors import AssentError, Faulty, Invalid, NotFound
from assent.kernel.yaml_texts import written
from assent.web.administration.rule_files import Faults, Wrong, read, wrong_in
from assent.web.administration.rule_schemas import Trial, WrittenTrial
from assent.web.frame.face import web
from assent.web.frame.pages import page
from assent.web.frame.refusals import sent_from

HERE = "/administration/gates/<name>/try"


@web.call("GET", HERE, takes=Trial(), uses=Uses.READS)
def try_gate_page(session: Reader, name: str, model: str, version: int | None, to: str, *, by: Principal) -> Response:
    """Show what a gate says about a move, where one is named."""
    gate = rules.history(session, name, by=by)[0]
    asked = {"model": model, "version": version, "to": to or str(gate.value.target)}
    try:
        tried = _tried(session, name, asked, by=by) if model else None
    except (Invalid, NotFound) as problem:
        return _page(gate, asked, None, by=by, problem=problem)
    return _page(gate, asked, tried, by=by)


@web.call("POST", f"{HERE}/text", takes=WrittenTrial(), uses=Uses.READS)
@sent_from(try_gate_page)
def try_gate(session: Reader, name: str, text: str, *, by: Principal, **asked: Any) -> Response:
    """Show what a gate would say if it were written so; nothing is changed."""
    gate = rules.history(session, name, by=by)[0]
    try:
        tried = _tried(session, name, asked, by=by, content=_only(read(text)))
    except Faults as problem:
        return _page(gate, asked, None, by=by, text=text, faults=problem.wrong)
    except Faulty as problem:
        return _page(gate, asked, None, by=by, text=text, faults=wrong_in(text, problem, above=2))
    return _page(gate, asked, tried, by=by, text=text)


def _only(content: dict[str, Any]) -> dict[str, Any]:
    """The one gate that is written, by itself or as the only one of a file."""
    gates = content.get("gates")
    if gates is None:
        return content
    if not isinstance(gates, list) or len(gates) != 1 or not isinstance(gates[0], dict):
        raise Invalid("Write one gate here.")
    return gates[0]


def _tried(
    session: Reader, name: str, asked: dict[str, Any], *, by: Principal, content: dict[str, Any] | None = None
) -> Tried:
    wish = moving.wish(session, asked["model"], asked["version"], asked["to"])
    return trying.tried(session, wish, name, by=by, content=content)


def _page(
    gate: Stands[Gate],
    asked: dict[str, Any],
    tried: Tried | None,
    *,
    by: Principal,
    text: str | None = None,
    faults: Sequence[Wrong] = (),
    problem: AssentError | None = None,
) -> Response:
    return page(
        "administration/try_gate.html",
        status_of(problem) if problem else HTTPStatus.BAD_REQUEST if faults else HTTPStatus.OK,
        name=gate.told.name,
        gate=gate.value,
        asked=asked,
        tried=tried,
        text=written(in_order(gate.told.content), plainly=True) if text is None else text,
        is_written=text is not None,
        faults=faults,
        problem=problem.message if problem else "",
        why_not=policy.why_not(by),
    )
