"""Trying a gate: what it would say about a move, as it stands or as somebody would write it. Nothing is written."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from assent.access.policy.principals import Principal, authorize_administrator
from assent.governance.requests.completing import looking
from assent.governance.requests.evaluation import moving
from assent.governance.requests.evaluation.judging import Judged
from assent.governance.requests.evaluation.moving import Moving, Wish
from assent.governance.requests.records.rows import Request
from assent.governance.requests.viewing import approvers
from assent.governance.requests.viewing.approvers import Wanted
from assent.governance.requirements.kinds import kinds
from assent.governance.rules import declared, standing
from assent.governance.rules.gates import Gate
from assent.governance.rules.parts import RuleKind
from assent.governance.rules.standing import Standing
from assent.kernel.dialects import Reader
from assent.kernel.errors import Invalid


class Tried(NamedTuple):
    """What was found of a move, under all gates that would guard it; `guards` where the one that is tried does.

    `gate` is that one, and `request` the open request for the move, where there is one. `wanted` tells who could give
    the approvals that are missing, to whoever may know who is in which group; None to others.
    """

    judged: Judged
    moving: Moving
    gate: Gate | None
    guards: bool
    request: Request | None
    wanted: Sequence[Wanted] | None


def tried(
    session: Reader, wish: Wish, name: str, *, by: Principal, content: Mapping[str, Any] | None = None
) -> Tried:
    """What a gate of that name says about a move or, where `content` is given, would say if that were written.

    The move is judged as if the caller asked for it, unless somebody has. Raises NotFound, and of what is not applied
    Denied to who may not apply it, and Faulty.
    """
    rules = standing.seen(session)
    if content is not None:
        authorize_administrator(by, kind="rule")
        rules = _with(rules, name, content)
    there, request = looking.asked_already(session, moving.seen(session, wish, by=by))
    gate = next((each for each in rules.gates if each.name == name), None)
    gates = looking.gates_of(rules, there)
    people = approvers.asked(session, there, gates, by=by) if by.oversees else None
    judged = looking.judge(session, there, request, rules, by=by, also=people.everybody if people else ())
    wanted = approvers.wanted(session, judged, there, request, people) if people else None
    return Tried(judged, there, gate, gate in gates, request, wanted)


def _with(rules: Standing, name: str, content: Mapping[str, Any]) -> Standing:
    read = declared.read({"gates": [content]}, kinds()).rules[RuleKind.GATE][0].value
    if not isinstance(read, Gate) or read.name != name:
        raise Invalid(f"name: It is the gate {name} that is tried.")
    before = next((each for each in rules.gates if each.name == name), None)
    gate = replace(read, revision=before.revision + 1 if before else 1)
    gates = [gate if each is before else each for each in rules.gates]
    return replace(rules, gates=tuple(gates if before else [*gates, gate]))
