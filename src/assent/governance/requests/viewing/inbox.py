"""Requests over all models: what waits for somebody, what they asked for, what is stuck, and all they may read."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, exists, func, not_, or_, select, true

from assent.access.granting.visibility import granted_anywhere, reachable
from assent.access.policy.levels import Permission
from assent.access.policy.principals import Principal
from assent.governance.requests.evaluation import people
from assent.governance.requests.records import delegations, rows
from assent.governance.requests.records.events import AWAITS, BARS
from assent.governance.requests.records.rows import REQUESTS, SELECT, Request
from assent.governance.requests.records.tables import RequestState
from assent.governance.targets import Target, TargetKind
from assent.kernel.clock import now
from assent.kernel.dialects import Reader, as_list, dialect, is_among, is_one_of
from assent.kernel.patterns import Names
from assent.registry import stages
from assent.registry.tiers import Tier
from assent.registry.views import MODELS

LONGEST_PAGE = 1000
# What ends within a day is nearly overdue.
SOON = 24 * 3_600_000
# Nobody needs to know how many more there are.
MOST_COUNTED = 99
_LARGEST_ID = 2**63 - 1


class Role(StrEnum):
    """What the requests have to do with who asks."""

    # Their approval would count, and is missing.
    WAITING = "waiting"
    MINE = "mine"
    # Overrides that they may review.
    REVIEWS = "reviews"
    # Open, and neither theirs nor waiting for them.
    WATCHING = "watching"
    # Soon over, or an override whose review is due soon or was already.
    OVERDUE = "overdue"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Sought:
    """Which requests: None and empty are any. The newest before an id come first."""

    role: Role = Role.ALL
    state: RequestState | None = None
    models: Names | None = None
    target: Target | None = None
    opened_by: str | None = None
    stuck: bool | None = None
    overdue: bool = False
    before: int | None = None
    size: int = 100


def listed(session: Reader, sought: Sought, *, by: Principal, in_place_of: str | None = None) -> list[Request]:
    """The requests of a page. Who decides in somebody's place sees what waits for them. Raises Denied and Invalid."""
    whose = by if in_place_of is None else _principal(session, in_place_of, by)
    on = dialect(session)
    ids = select(REQUESTS.c.id).where(_seen(by, on), *_of_role(sought.role, whose, by, on), *_asked(sought, on))
    # The page is cut before names are gathered, so that this is done for its rows alone.
    page = ids.order_by(REQUESTS.c.id.desc()).limit(min(sought.size, LONGEST_PAGE)).subquery("page")
    whole = SELECT.join(page, page.c.id == REQUESTS.c.id).order_by(REQUESTS.c.id.desc())
    return [rows.request(row) for row in session.execute(whole)]


def counts(session: Reader, roles: Collection[Role], *, by: Principal) -> dict[Role, int]:
    """How many requests there are of some roles: one statement, and of each at most one more than `MOST_COUNTED`."""
    on = dialect(session)
    columns = []
    for role in roles:
        of_role = select(REQUESTS.c.id).where(_seen(by, on), *_of_role(role, by, by, on))
        some = of_role.limit(MOST_COUNTED + 1).subquery()
        columns.append(select(func.count()).select_from(some).scalar_subquery())
    return dict(zip(roles, session.execute(select(*columns)).one(), strict=True))


def _principal(session: Reader, name: str, by: Principal) -> Principal:
    standin = delegations.standin(session, name, now(), by=by)
    found = people.found(session, [standin.principal_id], model_id=0, default=by.reach.default)
    return found[standin.principal_id].principal


def _asked(sought: Sought, on: str) -> Iterator[ColumnElement[bool]]:
    if sought.state is not None:
        yield REQUESTS.c.state == sought.state
    if sought.models is not None:
        yield _of_its_model(is_among(MODELS.c.name, sought.models, on=on))
    if sought.target is not None:
        yield REQUESTS.c.kind == sought.target.kind
        yield REQUESTS.c.target == sought.target.name
    if sought.opened_by is not None:
        yield REQUESTS.c.opened_by_id.in_(rows.called(sought.opened_by))
    if sought.stuck is not None:
        yield REQUESTS.c.is_stuck == sought.stuck
    if sought.overdue:
        yield and_(REQUESTS.c.review_due_at < now(), REQUESTS.c.reviewed_at.is_(None))
    if sought.before is not None:
        yield REQUESTS.c.id < min(sought.before, _LARGEST_ID)


def _of_role(role: Role, whose: Principal, by: Principal, on: str) -> Iterator[ColumnElement[bool]]:
    match role:
        case Role.MINE:
            yield REQUESTS.c.opened_by_id == by.id
        case Role.WAITING:
            yield REQUESTS.c.state == RequestState.OPEN
            yield _waits_for(whose, on)
        case Role.WATCHING:
            yield REQUESTS.c.state == RequestState.OPEN
            yield REQUESTS.c.opened_by_id != by.id
            yield not_(_waits_for(whose, on))
        case Role.OVERDUE:
            soon = now() + SOON
            yield or_(
                and_(REQUESTS.c.state == RequestState.OPEN, REQUESTS.c.expires_at < soon),
                and_(REQUESTS.c.review_due_at < soon, REQUESTS.c.reviewed_at.is_(None)),
            )
        case Role.REVIEWS:
            yield REQUESTS.c.review_due_at.is_not(None)
            yield REQUESTS.c.reviewed_at.is_(None)
            yield REQUESTS.c.overridden_by_id != by.id
            yield REQUESTS.c.opened_by_id != by.id
            yield _may_decide(whose, on)


def _waits_for(who: Principal, on: str) -> ColumnElement[bool]:
    return and_(_decides_anywhere(who, on), _awaits(who, on), _may_decide(who, on))


def _decides_anywhere(who: Principal, on: str) -> ColumnElement[bool]:
    rights = Permission.REQUEST_DECIDE, Permission.REQUEST_DECIDE_PRODUCTION
    return or_(*(granted_anywhere(who, right, on=on) for right in rights))


def _awaits(who: Principal, on: str) -> ColumnElement[bool]:
    """Whether an approval of somebody is awaited, by their own name, a group's or nobody's, and would count."""
    of_them = or_(
        AWAITS.c.principal_id == who.id,
        is_one_of(AWAITS.c.group_id, as_list(who.groups, on=on)),
        and_(AWAITS.c.principal_id.is_(None), AWAITS.c.group_id.is_(None)),
    )
    barred = exists().where(BARS.c.request_id == REQUESTS.c.id, BARS.c.principal_id == who.id)
    return and_(exists().where(AWAITS.c.request_id == REQUESTS.c.id, of_them), ~barred)


def _may_decide(who: Principal, on: str) -> ColumnElement[bool]:
    """Whether somebody has the right: that of production does for everything, the other for the other stages."""
    lesser = and_(
        REQUESTS.c.kind == TargetKind.STAGE,
        REQUESTS.c.target.not_in(select(stages.STAGES.c.name).where(stages.STAGES.c.tier == Tier.PRODUCTION)),
    )
    return or_(
        _reachable(who, Permission.REQUEST_DECIDE_PRODUCTION, on),
        and_(lesser, _reachable(who, Permission.REQUEST_DECIDE, on)),
    )


def _seen(by: Principal, on: str) -> ColumnElement[bool]:
    return _reachable(by, Permission.MODEL_READ, on)


def _reachable(who: Principal, permission: Permission, on: str) -> ColumnElement[bool]:
    return _of_its_model(*reachable(who, permission, model_id=MODELS.c.id, name=MODELS.c.name, on=on))


def _of_its_model(*asked: ColumnElement[bool]) -> ColumnElement[bool]:
    """What is asked of the model of a request: looked up on the way from one request to the next, until it is enough.

    With a join PostgreSQL would rather begin at all models that there are, since it believes that few are reached.
    """
    if not asked:
        return true()
    found = select(true()).where(MODELS.c.id == REQUESTS.c.model_id, *asked).limit(1)
    return found.correlate(REQUESTS).scalar_subquery().is_(true())
