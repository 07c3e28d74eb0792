"""A request as somebody sees it: judged by the evaluation that enforces, and what they may do about it, or why not."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from assent.access.principals import Principal
from assent.access.visibility import Granted
from assent.governance.requests import entitled, finding, looking, moving, overriding, rows
from assent.governance.requests.finding import There
from assent.governance.requests.judging import Judged
from assent.governance.requests.moving import Moving
from assent.governance.requests.rows import Decided, Request
from assent.governance.requests.signing import signature_of
from assent.governance.requirements import reviewing
from assent.governance.rules import standing
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


@dataclass(frozen=True, slots=True)
class Seen:
    """A request with all that was decided on it; where it is open, what it would move, and what is found of that.

    `why_not` tells of each act why it is refused, and holds nothing of those that are theirs to do. `changed` tells
    of each decision that stands what is no more as it was reviewed.
    """

    request: Request
    decisions: list[Decided]
    moving: Moving | None
    judged: Judged | None
    why_not: Mapping[Act, str]
    changed: Mapping[int, tuple[str, ...]]
    holds: bool = False
    signed_in_afresh: bool = False
    override_within: int | None = None

    def may(self, act: Act) -> bool:
        """Whether an act is theirs to do."""
        return act not in self.why_not

    def changed_since(self, reviewed: Mapping[str, Any]) -> tuple[str, ...]:
        """What is no more as somebody saw it."""
        return reviewing.changes(reviewed, self.judged.gathered.reviewed) if self.judged else ()


def seen(session: Reader, request_id: int, *, by: Principal, overrides: bool, in_place_of: str | None = None) -> Seen:
    """A request and what the caller may do about it, in somebody's place where they say so. Raises NotFound.

    `overrides` is whether this registry knows any.
    """
    request, granted = finding.seen_with_grants(session, request_id, by=by)
    decisions = rows.decisions(session, request_id)
    if not request.is_open:
        return _closed(session, request, granted, decisions, by)
    rules = standing.seen(session)
    there = There(request, moving.seen(session, looking.wish_of(request), by=by), rules, granted)
    judged = looking.judge(session, there.moving, request, rules, by=by)
    reviewed = judged.gathered.reviewed
    valid = [each for each in decisions if each.ended_at is None]
    told = _Telling(session, there, judged, valid, by, in_place_of)
    why_not = told.why_not(overrides=overrides)
    return Seen(
        request,
        decisions,
        there.moving,
        judged,
        why_not,
        {each.id: reviewing.changes(each.reviewed, reviewed) for each in valid},
        holds=told.holds,
        signed_in_afresh=judged.asks_for_signature and bool(signature_of(session, by, password_confirmed=False)),
        override_within=overriding.due_within(judged.gates) if Act.OVERRIDE not in why_not else None,
    )


def _closed(session: Reader, request: Request, granted: Granted, decisions: list[Decided], by: Principal) -> Seen:
    """Of what is closed only an override may still be reviewed."""
    over = _refusal(lambda: finding.must_be_open(request))
    why_not = dict.fromkeys(Act, over)
    why = _refusal(lambda: entitled.to_review(session, request, granted, by=by))
    if why:
        why_not[Act.REVIEW] = why
    else:
        del why_not[Act.REVIEW]
    return Seen(request, decisions, None, None, why_not, {})


class _Telling:
    """Why somebody may not do what they may not, asked of what would refuse it."""

    def __init__(
        self,
        session: Reader,
        there: There,
        judged: Judged,
        standing_: list[Decided],
        by: Principal,
        in_place_of: str | None,
    ) -> None:
        self._session, self._there, self._judged, self._standing = session, there, judged, standing_
        self._by = by
        self._me = entitled.behind(session, there, by=by, in_place_of=None)
        self._who = entitled.behind(session, there, by=by, in_place_of=in_place_of) if in_place_of else self._me
        self.holds = False

    def why_not(self, *, overrides: bool) -> dict[Act, str]:
        """Of each act that is refused, why."""
        there, by = self._there, self._by
        checks: dict[Act, Callable[[], object]] = {
            Act.APPROVE: self._approve,
            Act.REJECT: lambda: entitled.to_decide(self._session, there, self._who),
            Act.TAKE_BACK: lambda: entitled.to_take_back(self._session, there, self._standing, by=by),
            Act.WITHDRAW: lambda: entitled.to_withdraw(there, by=by),
            Act.OVERRIDE: lambda: self._override(allowed=overrides),
            Act.REVIEW: lambda: entitled.to_review(self._session, there.request, there.granted, by=by),
            Act.LOOK: lambda: entitled.to_look(there.request, there.granted, by=by),
        }
        over = _refusal(lambda: finding.must_be_open(there.request, there.moving.at))
        found = {act: (over if act is not Act.LOOK else "") or _refusal(check) for act, check in checks.items()}
        return {act: why for act, why in found.items() if why}

    def _approve(self) -> None:
        entitled.to_decide(self._session, self._there, self._who)
        entitled.must_count(self._judged, self._who.people)
        _, self.holds = entitled.said_before(self._judged, self._who, self._standing)

    def _override(self, *, allowed: bool) -> None:
        overriding.must_be_known_here(self._there, allowed=allowed)
        me = next(iter(self._me.people), None)
        entitled.to_override(self._session, self._there, self._judged, me, by=self._by)


def _refusal(check: Callable[[], object]) -> str:
    """What an act is refused with; empty where it is not."""
    try:
        check()
    except (Denied, Conflict) as refused:
        return refused.message
    return ""
