"""A request as somebody sees it: judged as it is enforced; and what they may do about it, or why they may not."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import Any

from assent.access.granting.visibility import Granted
from assent.access.policy.principals import Principal
from assent.governance.requests.acting import entitled, finding, overriding
from assent.governance.requests.acting.entitled import Behind
from assent.governance.requests.acting.finding import There
from assent.governance.requests.completing import looking
from assent.governance.requests.evaluation import moving
from assent.governance.requests.evaluation.judging import Judged
from assent.governance.requests.evaluation.moving import Moving
from assent.governance.requests.records import delegations, rows
from assent.governance.requests.records.rows import Decided, Request
from assent.governance.requests.records.signing import signature_of
from assent.governance.requirements import reviewing
from assent.governance.rules import standing
from assent.kernel.batches import Batch
from assent.kernel.clock import now
from assent.kernel.dialects import Reader
from assent.kernel.errors import Conflict, Denied


class Act(StrEnum):
    """What can be done about a request."""

    APPROVE = "approve"
    REJECT = "reject"
    TAKE_BACK = "take_back"
    WITHDRAW = "withdraw"
    OVERRIDE = "override"
    REVIEW = "review"
    LOOK = "look"


_SAID = Batch(decisions=rows.DECISIONS_ON, standins=delegations.HELD)
_OF_DECIDING = frozenset({Act.APPROVE, Act.REJECT})


@dataclass(frozen=True, slots=True)
class Place:
    """In whose place the caller may decide, and of approving and rejecting so what is refused, and why."""

    name: str
    why_not: Mapping[Act, str]


@dataclass(frozen=True, slots=True)
class Seen:
    """A request with all that was decided on it; where it is open, what it would move, and what is found of that.

    `why_not` tells of each act that is refused why, and `changed` of each decision that stands what is no more as it
    was reviewed. `granted` is what they were granted on its model, `holds` whether their approval counts already.
    """

    request: Request
    granted: Granted
    decisions: Sequence[Decided]
    why_not: Mapping[Act, str]
    moving: Moving | None = None
    judged: Judged | None = None
    places: Sequence[Place] = ()
    changed: Mapping[int, Sequence[str]] = field(default_factory=dict)
    holds: bool = False
    signed_in_afresh: bool = False
    review_within: int | None = None

    def may(self, act: Act) -> bool:
        """Whether an act is theirs to do, in whosever place."""
        return act not in self.why_not or (
            act in _OF_DECIDING and any(act not in place.why_not for place in self.places)
        )

    def changed_since(self, reviewed: Mapping[str, Any]) -> Sequence[str]:
        """What is no more as somebody saw it."""
        return reviewing.changes(reviewed, self.judged.gathered.reviewed) if self.judged else ()


def seen(session: Reader, request_id: int, *, by: Principal, overrides: bool) -> Seen:
    """A request and what the caller may do about it; `overrides` is whether this registry knows any.

    Raises NotFound.
    """
    request, granted = finding.seen_with_grants(session, request_id, by=by)
    read = _SAID.read(session, {"request": request.id, "me": by.id, "at": now()})
    decisions = [Decided._make(row) for row in read["decisions"]]
    if not request.is_open:
        return _closed(session, request, granted, decisions, by)
    rules = standing.seen(session)
    there = There(request, moving.seen(session, looking.wish_of(request), by=by), rules, granted)
    standins = delegations.standins(read["standins"])
    also = [each for each in (by.id, *(standin.principal_id for standin in standins)) if each is not None]
    valid = [each for each in decisions if each.stands]
    judged = looking.judge(session, there.moving, request, rules, by=by, also=also, decided=valid)
    me, *others = (Behind(by, each, judged.gathered.known) for each in (None, *standins))
    why_not = _why_not(session, there, judged, valid, me) | _why_not_override(session, there, judged, me, overrides)
    reviewed = judged.gathered.reviewed
    return Seen(
        request,
        granted,
        decisions,
        why_not,
        there.moving,
        judged,
        [Place(_name(who), _of_deciding(session, there, judged, valid, who)) for who in others],
        {each.id: reviewing.changes(each.reviewed, reviewed) for each in valid},
        holds=Act.APPROVE not in why_not and entitled.said_before(judged, me, valid)[1],
        signed_in_afresh=judged.asks_for_signature and bool(signature_of(by, password_confirmed=False)),
        review_within=None if Act.OVERRIDE in why_not else overriding.due_within(judged.gates),
    )


def _closed(session: Reader, request: Request, granted: Granted, decisions: Sequence[Decided], by: Principal) -> Seen:
    """Of what is closed only an override may still be reviewed."""
    why_not = dict.fromkeys(Act, _refusal(lambda: finding.must_be_open(request)))
    why_not[Act.REVIEW] = _refusal(lambda: entitled.to_review(session, request, granted, by=by))
    return Seen(request, granted, decisions, _refused(why_not))


def _why_not(session: Reader, there: There, judged: Judged, valid: Sequence[Decided], me: Behind) -> dict[Act, str]:
    by = me.by
    return _of_deciding(session, there, judged, valid, me) | _refused(
        {
            Act.TAKE_BACK: _over(there) or _refusal(lambda: entitled.to_take_back(session, there, valid, by=by)),
            Act.WITHDRAW: _over(there) or _refusal(lambda: entitled.to_withdraw(there, by=by)),
            Act.REVIEW: _refusal(lambda: entitled.to_review(session, there.request, there.granted, by=by)),
            Act.LOOK: _refusal(lambda: entitled.to_look(there.request, there.granted, by=by)),
        }
    )


def _of_deciding(
    session: Reader, there: There, judged: Judged, valid: Sequence[Decided], who: Behind
) -> dict[Act, str]:
    """Of approving and rejecting, what is refused to whoever stands behind it."""
    decide = partial(entitled.to_decide, session, there, who)

    def approve() -> None:
        decide()
        entitled.must_count(judged, who.people)
        entitled.said_before(judged, who, valid)

    return _refused(
        {
            Act.APPROVE: _over(there) or _refusal(approve),
            Act.REJECT: _over(there) or _refusal(decide),
        }
    )


def _why_not_override(session: Reader, there: There, judged: Judged, me: Behind, overrides: bool) -> dict[Act, str]:
    person = next(iter(me.people), None)
    why = (
        _over(there)
        or _refusal(partial(overriding.must_be_known_here, there, allowed=overrides))
        or _refusal(lambda: entitled.to_override(session, there, judged, person, by=me.by))
    )
    return _refused({Act.OVERRIDE: why})


def _over(there: There) -> str:
    return _refusal(lambda: finding.must_be_open(there.request, there.moving.at))


def _name(who: Behind) -> str:
    return who.standin.name if who.standin else who.by.name


def _refused(why_not: Mapping[Act, str]) -> dict[Act, str]:
    return {act: why for act, why in why_not.items() if why}


def _refusal(check: Callable[[], object]) -> str:
    """What an act is refused with; empty where it is not."""
    try:
        check()
    except (Denied, Conflict) as refused:
        return refused.message
    return ""
