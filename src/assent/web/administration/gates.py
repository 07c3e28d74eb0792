"""Pages on gates: those that stand, and what one said and says."""

from dataclasses import dataclass
from typing import Any

from flask import Response

from assent.access.policy.principals import Principal
from assent.governance import policy
from assent.governance.rules import telling
from assent.governance.rules import whole as rules
from assent.governance.rules.gates import Gate
from assent.governance.rules.whole import Stands, in_order
from assent.http.calls import Uses
from assent.kernel.dialects import Reader
from assent.kernel.yaml_texts import written
from assent.web.administration.rule_schemas import History
from assent.web.frame.face import web
from assent.web.frame.pages import page
from assent.web.writing import differences
from assent.web.writing.differences import Line

HERE = "/administration/gates"
_REVISIONS = 20


@dataclass(frozen=True)
class Step:
    """A revision of a gate, and what it says otherwise than the one before."""

    rule: Stands[Gate]
    points: list[str]
    told: str
    lines: list[Line]


@web.call("GET", HERE, uses=Uses.READS)
def gates_page(session: Reader, *, by: Principal) -> Response:
    """Show the gates that stand."""
    found = rules.whole(session, by=by)
    return page(
        "administration/gates.html",
        gates=[_told(each) for each in found.gates],
        file=written(found.content, plainly=True),
        why_not=policy.why_not(by),
    )


@web.call("GET", f"{HERE}/<name>", takes=History(), uses=Uses.READS)
def gate_page(session: Reader, name: str, before: int | None, *, by: Principal) -> Response:
    """Show what a gate says and said before."""
    every = rules.history(session, name, by=by)
    found = [each for each in every if before is None or each.told.revision < before]
    shown = found[:_REVISIONS]
    return page(
        "administration/gate.html",
        name=name,
        gate=_told(every[0]),
        steps=[_step(each, found[number + 1 : number + 2]) for number, each in enumerate(shown)],
        older=shown[-1].told.revision if len(found) > len(shown) else None,
        why_not=policy.why_not(by),
    )


def _told(rule: Stands[Gate]) -> dict[str, Any]:
    return {
        "gate": rule.value,
        "told": rule.told,
        "points": telling.points(rule.value),
        "yaml": written(in_order(rule.told.content), plainly=True),
    }


def _step(rule: Stands[Gate], before: list[Stands[Gate]]) -> Step:
    if not before:
        return Step(rule, telling.points(rule.value), "", [])
    last = before[0]
    lines = differences.in_lines(
        written(in_order(last.told.content), plainly=True), written(in_order(rule.told.content), plainly=True)
    )
    return Step(rule, telling.points(rule.value), telling.differences(last.value, rule.value), lines)
