"""Deployments as they are asked for: what serves a version, what is quiet, and what served what until when."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, exists, or_, select

from assent.access.granting.visibility import reachable
from assent.access.policy.levels import Permission
from assent.access.policy.principals import Principal
from assent.kernel.clock import now
from assent.kernel.dialects import Reader, dialect
from assent.kernel.errors import Invalid, NotFound
from assent.lineage.graph.questions import SERVINGS
from assent.lineage.graph.references import DEPLOYMENTS
from assent.lineage.reports.deployments import Deployed, Served, must_be_a_deployment
from assent.registry.names import LARGEST_NUMBER
from assent.registry.views import ACCOUNTS, VERSIONS

LONGEST_PAGE = 1000


class Which(NamedTuple):
    """Deployments that serve a model or one version of it, in an environment, unseen for so many milliseconds."""

    model: str | None = None
    version: int | None = None
    environment: str | None = None
    unseen_for: int | None = None


def listed(session: Reader, which: Which, *, by: Principal, after: int = 0) -> list[Deployed]:
    """Deployments by id, at most 1,000 after an id: those that serve, or served, what one may read, and one's own.

    What each is told to serve is what the caller may read. Raises Invalid.
    """
    if which.version is not None and which.model is None:
        raise Invalid("version: Say of which model.")
    wanted = _DEPLOYMENTS.where(DEPLOYMENTS.c.id > after, *_seen_by(session, by), *_are(session, which, by))
    rows = session.execute(wanted.order_by(DEPLOYMENTS.c.id).limit(LONGEST_PAGE)).all()
    serves = _serves(session, [row.id for row in rows], by)
    return [Deployed._make([*row, serves[row.id]]) for row in rows]


def seen(session: Reader, name: str, *, by: Principal) -> tuple[Deployed, list[Served]]:
    """A deployment, and what it served until when, so far as the caller may read it: the newest 1,000 first.

    Raises NotFound.
    """
    must_be_a_deployment(name)
    row = session.execute(_DEPLOYMENTS.where(DEPLOYMENTS.c.name == name, *_seen_by(session, by))).first()
    if row is None:
        raise NotFound(f"There is no deployment {name}.")
    ended = _SERVED.where(
        SERVINGS.c.deployment_id == row.id, SERVINGS.c.valid_until.is_not(None), *_readable(session, by)
    )
    rows = session.execute(ended.order_by(SERVINGS.c.valid_until.desc(), SERVINGS.c.id.desc()).limit(LONGEST_PAGE))
    history = [Served._make(each[1:]) for each in rows]
    return Deployed._make([*row, _serves(session, [row.id], by)[row.id]]), history


class Running(NamedTuple):
    """A deployment that serves a version: which one, where, and since when. Milliseconds."""

    deployment: str
    environment: str
    url: str
    number: int
    since: int
    last_seen_at: int


def running(session: Reader, which: ColumnElement[bool], *, most: int) -> list[Running]:
    """The deployments that serve versions for which a condition on VERSIONS holds, the last that began first.

    One statement. That the caller may read these is theirs to check.
    """
    served = _RUNNING.where(which, SERVINGS.c.valid_until.is_(None))
    rows = session.execute(served.order_by(SERVINGS.c.valid_from.desc(), SERVINGS.c.id.desc()).limit(most))
    return [Running._make(row) for row in rows]


_RUNNING: Select[Any] = (
    select(
        DEPLOYMENTS.c.name,
        DEPLOYMENTS.c.environment,
        DEPLOYMENTS.c.url,
        VERSIONS.c.number,
        SERVINGS.c.valid_from,
        SERVINGS.c.last_seen_at,
    )
    .join_from(SERVINGS, VERSIONS, VERSIONS.c.id == SERVINGS.c.version_id)
    .join(DEPLOYMENTS, DEPLOYMENTS.c.id == SERVINGS.c.deployment_id)
)
_REPORTED_BY = select(ACCOUNTS.c.name).where(ACCOUNTS.c.id == DEPLOYMENTS.c.reported_by_id).scalar_subquery()
# The columns of a Deployed, in its order, and of a Served with its deployment before them.
_DEPLOYMENTS: Select[Any] = select(
    DEPLOYMENTS.c.id,
    DEPLOYMENTS.c.name,
    DEPLOYMENTS.c.environment,
    DEPLOYMENTS.c.url,
    _REPORTED_BY,
    DEPLOYMENTS.c.first_seen_at,
    DEPLOYMENTS.c.last_seen_at,
)
_SERVED: Select[Any] = select(
    SERVINGS.c.deployment_id,
    VERSIONS.c.model_name,
    VERSIONS.c.number,
    SERVINGS.c.valid_from,
    SERVINGS.c.last_seen_at,
    SERVINGS.c.valid_until,
).join_from(SERVINGS, VERSIONS, VERSIONS.c.id == SERVINGS.c.version_id)


def _serves(session: Reader, ids: Collection[int], by: Principal) -> dict[int, list[Served]]:
    """What each deployment serves now."""
    found: dict[int, list[Served]] = defaultdict(list)
    if ids:
        standing = _SERVED.where(
            SERVINGS.c.deployment_id.in_(ids), SERVINGS.c.valid_until.is_(None), *_readable(session, by)
        )
        for row in session.execute(standing.order_by(VERSIONS.c.model_name, VERSIONS.c.number)):
            found[row.deployment_id].append(Served._make(row[1:]))
    return found


def _seen_by(session: Reader, by: Principal) -> list[ColumnElement[bool]]:
    """The conditions for deployments that somebody may see."""
    if by.reads_everything:
        return []
    serves_mine = _serving(*_readable(session, by))
    # A token for some names shows what has to do with these, and nothing else of its owner's.
    return [or_(DEPLOYMENTS.c.reported_by_id == by.id, serves_mine) if by.limits.names is None else serves_mine]


def _are(session: Reader, which: Which, by: Principal) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if which.model is not None:
        of = [SERVINGS.c.valid_until.is_(None), VERSIONS.c.model_name == which.model, *_readable(session, by)]
        if which.version is not None:
            of.append(VERSIONS.c.number == min(which.version, LARGEST_NUMBER))
        conditions.append(_serving(*of))
    if which.environment is not None:
        conditions.append(DEPLOYMENTS.c.environment == which.environment)
    if which.unseen_for is not None:
        conditions.append(DEPLOYMENTS.c.last_seen_at <= now() - which.unseen_for)
    return conditions


def _serving(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a deployment serves, or served, a version for which some conditions hold."""
    of = (SERVINGS.c.deployment_id == DEPLOYMENTS.c.id, VERSIONS.c.id == SERVINGS.c.version_id)
    return exists().where(*of, *conditions).correlate(DEPLOYMENTS)


def _readable(session: Reader, by: Principal) -> tuple[ColumnElement[bool], ...]:
    return reachable(
        by,
        Permission.MODEL_READ,
        model_id=VERSIONS.c.model_id,
        name=VERSIONS.c.model_name,
        on=dialect(session),
    )
