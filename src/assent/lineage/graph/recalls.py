"""Recalls: a flag on a node, by which whatever descends from it is quarantined until the recall is lifted.

Nothing is kept with the versions themselves: what is quarantined is asked of the graph as it is, so that an edge that
is learned later counts, too.
"""

from collections.abc import Collection
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, bindparam, case, cast, exists, func, or_, select, update
from sqlalchemy.orm import Session

from assent.access.granting.visibility import reachable
from assent.access.policy.levels import Permission
from assent.access.policy.principals import SYSTEM, Principal, authorize_administrator
from assent.audit.actions import Action
from assent.audit.events import record, record_each
from assent.kernel.clock import now
from assent.kernel.dialects import Reader, dialect
from assent.kernel.errors import AlreadyExists, Conflict, Invalid, NotFound
from assent.kernel.orm import BIG
from assent.lineage.graph import nodes, questions, recallers
from assent.lineage.graph.edges import EDGES, STANDING
from assent.lineage.graph.nodes import NodeKind
from assent.lineage.graph.recallers import RECALLS, VERSION_ID
from assent.lineage.graph.tables import LONGEST_REASON
from assent.lineage.graph.walks import nodes_above
from assent.registry.names import must_be_text
from assent.registry.views import ACCOUNTS, VERSIONS

LONGEST_PAGE = 1000
_LARGEST_ID = 2**63 - 1


class Recalled(NamedTuple):
    """A recall, with whoever made and lifted it. Times are milliseconds; None where it stands."""

    id: int
    node: str
    reason: str
    recalled_at: int
    recalled_by: str | None
    lifted_at: int | None
    lifted_by: str | None
    lift_reason: str | None


class Marks(NamedTuple):
    """What recalls make of some nodes: those that are recalled, with the recall, and those that are quarantined."""

    recalled: dict[str, int]
    quarantined: set[str]


def flag(session: Session, what: str, reason: str, *, by: Principal) -> Recalled:
    """Recall what a reference names, also something that is in no edge yet.

    A version is recalled by who may recall it on its model, anything else by administrators. What stands in a
    production tier is told of in the audit log, each version by itself. Raises NotFound, Denied, Invalid and
    AlreadyExists.
    """
    _must_be_a_reason(reason)
    named = nodes.reference(what)
    if named.kind is not NodeKind.VERSION:
        # Before anything is looked up: what is found would tell of it.
        authorize_administrator(by, on=str(named), kind="lineage_node")
    node = recallers.one(session, named, by)
    on = recallers.must_be_entitled(session, node, by)
    if session.scalar(select(RECALLS.c.id).where(RECALLS.c.node == node, _ACTIVE)) is not None:
        raise AlreadyExists(f"{what} is recalled already.")
    values = {"node": node, "reason": reason, "recalled_at": now(), "recalled_by_id": by.id}
    recall_id = session.scalars(RECALLS.insert().returning(RECALLS.c.id), values).one()
    touched = questions.reach_of(session, [node], by=SYSTEM, in_production=True)
    told = {"recall": recall_id, "reason": reason}
    # Of other models, which they may not read, this tells nothing to those who see it.
    record(session, Action.NODE_RECALLED, by=by, on=on, details={**told, "node": node})
    serving: dict[tuple[str, int], list[str]] = {}
    for deployed in touched.deployments:
        serving.setdefault((deployed.model, deployed.number), []).append(deployed.deployment)
    each = [
        (
            version.as_subject(),
            {**told, "stage": version.stage, "deployments": serving.get((version.model, version.number), [])},
        )
        for version in touched.versions
    ]
    if each:
        record_each(session, Action.VERSION_QUARANTINED, by=by, on=each)
    return seen(session, recall_id, by=by)


def lift(session: Session, recall_id: int, reason: str, *, by: Principal) -> Recalled:
    """End a recall, for a reason; an administrator's only by administrators.

    Raises NotFound, Denied, Invalid and Conflict.
    """
    _must_be_a_reason(reason)
    found = seen(session, recall_id, by=by)
    on = recallers.must_be_entitled(session, found.node, by)
    if session.scalar(_BY_AN_ADMINISTRATOR, {"id": recall_id}):
        authorize_administrator(by, on=found.node, kind="lineage_node")
    lifted = session.execute(
        update(RECALLS)
        .where(RECALLS.c.id == recall_id, _ACTIVE)
        .values(lifted_at=now(), lifted_by_id=by.id, lift_reason=reason)
    )
    if lifted.rowcount == 0:  # type: ignore[attr-defined]  # a cursor's result has one
        raise Conflict(f"Recall {recall_id} is lifted already.")
    details = {"recall": recall_id, "node": found.node, "reason": reason}
    record(session, Action.RECALL_LIFTED, by=by, on=on, details=details)
    return seen(session, recall_id, by=by)


def listed(
    session: Reader,
    *,
    by: Principal,
    lifted: bool = False,
    before: int | None = None,
    most: int = LONGEST_PAGE,
) -> list[Recalled]:
    """Recalls, the newest first, at most 1,000 before an id: those that stand, or with `lifted` all of them.

    Who may not read everything sees those that they made and those of versions that they may read.
    """
    wanted = _RECALLS.where(*_seen_by(session, by)).order_by(RECALLS.c.id.desc()).limit(most)
    if not lifted:
        wanted = wanted.where(_ACTIVE)
    if before is not None:
        wanted = wanted.where(RECALLS.c.id < min(before, _LARGEST_ID))
    return [Recalled._make(row) for row in session.execute(wanted)]


def seen(session: Reader, recall_id: int, *, by: Principal) -> Recalled:
    """A recall, standing or lifted. Raises NotFound."""
    wanted = _RECALLS.where(RECALLS.c.id == min(recall_id, _LARGEST_ID), *_seen_by(session, by))
    row = session.execute(wanted).first()
    if row is None:
        raise NotFound(f"There is no recall {recall_id}.")
    return Recalled._make(row)


def quarantining(session: Reader, version_id: int) -> list[Recalled]:
    """The recalls that stand over a version, whoever asks: on it or on anything that it comes from."""
    found = session.execute(_OVER, {"start": nodes.version(version_id)})
    return [Recalled._make(row) for row in found]


def seen_over(session: Reader, version_id: int, *, by: Principal) -> list[tuple[Recalled, bool]]:
    """The recalls that stand over a version, each with whether the caller may see the node that it is of.

    That they may read the version is theirs to check.
    """
    over = quarantining(session, version_id)
    if not over or by.reads_everything:
        return [(recall, True) for recall in over]
    start = nodes.version(version_id)
    above = nodes_above(start, by=by, on=dialect(session)).subquery("above_it")
    seen = set(session.scalars(select(above.c.node).where(above.c.node.in_([recall.node for recall in over]))))
    return [(recall, recall.node in seen or recall.node == start) for recall in over]


def quarantined(session: Reader, version_ids: Collection[int]) -> set[int]:
    """Those of some versions over which a recall stands, whoever asks."""
    if not version_ids or session.scalar(_ANY) is None:
        return set()
    below = {nodes.id_of(node) for (node,) in session.execute(_QUARANTINED)}
    return below & set(version_ids)


def quarantined_models() -> Select[tuple[int]]:
    """A query for the ids of the models that have a live version over which a recall stands."""
    below = _BELOW_VERSIONS.where(_BELOW.c.node.startswith(_OF_A_VERSION, autoescape=True))
    return select(VERSIONS.c.model_id).where(VERSIONS.c.id.in_(below), VERSIONS.c.deleted_at.is_(None))


def marked(session: Reader, among: Collection[str]) -> Marks:
    """Which of some nodes are recalled, and which of them descend from what is, whoever asks: two statements."""
    standing = {row.node: row.id for row in session.execute(select(RECALLS.c.node, RECALLS.c.id).where(_ACTIVE))}
    below = {node for (node,) in session.execute(select(_BELOW.c.node))} if standing else set()
    wanted = set(among)
    return Marks({node: standing[node] for node in wanted & standing.keys()}, wanted & below)


def on_nodes(session: Reader, among: Collection[str]) -> dict[str, int]:
    """The recalls that stand on some nodes themselves, by the node."""
    standing = session.execute(select(RECALLS.c.node, RECALLS.c.id).where(_ACTIVE)) if among else ()
    return {row.node: row.id for row in standing if row.node in among}


_ACTIVE = RECALLS.c.lifted_at.is_(None)
_ANY = select(RECALLS.c.id).where(_ACTIVE).limit(1)
_LIFTED_BY = ACCOUNTS.alias("lifted_by")
_COLUMNS = (
    RECALLS.c.id,
    RECALLS.c.node,
    RECALLS.c.reason,
    RECALLS.c.recalled_at,
    select(ACCOUNTS.c.name).where(ACCOUNTS.c.id == RECALLS.c.recalled_by_id).scalar_subquery(),
    RECALLS.c.lifted_at,
    select(_LIFTED_BY.c.name).where(_LIFTED_BY.c.id == RECALLS.c.lifted_by_id).scalar_subquery(),
    RECALLS.c.lift_reason,
)
_RECALLS: Select[Any] = select(*_COLUMNS)
_OF_A_VERSION = f"{NodeKind.VERSION}:"
_BY_AN_ADMINISTRATOR = (
    select(ACCOUNTS.c.is_administrator)
    .join_from(RECALLS, ACCOUNTS, ACCOUNTS.c.id == RECALLS.c.recalled_by_id)
    .where(RECALLS.c.id == bindparam("id"))
)


# Unions, so that a circle would end. Where no recall stands, nobody walks.
_above = select(EDGES.c.source.label("node")).where(
    EDGES.c.target == bindparam("start"), STANDING, exists().where(_ACTIVE)
)
_parents = _above.cte("above", recursive=True)
_ABOVE = _parents.union(select(EDGES.c.source).where(EDGES.c.target == _parents.c.node, STANDING))
_is_over = or_(RECALLS.c.node == bindparam("start"), RECALLS.c.node.in_(select(_ABOVE.c.node)))
_OVER = _RECALLS.where(_ACTIVE, _is_over).order_by(RECALLS.c.id)
# The ids of those that stand over the node `start`.
OVER = select(RECALLS.c.id).where(_ACTIVE, _is_over).order_by(RECALLS.c.id)
_recalled = select(RECALLS.c.node.label("node")).where(_ACTIVE).cte("below", recursive=True)
_BELOW = _recalled.union(select(EDGES.c.target).where(EDGES.c.source == _recalled.c.node, STANDING))
_BELOW_VERSIONS = select(
    case(
        (
            _BELOW.c.node.startswith(_OF_A_VERSION, autoescape=True),
            cast(func.substr(_BELOW.c.node, len(_OF_A_VERSION) + 1), BIG),
        )
    )
)
_QUARANTINED = select(_BELOW.c.node).where(_BELOW.c.node.startswith(_OF_A_VERSION, autoescape=True))


def _seen_by(session: Reader, by: Principal) -> tuple[ColumnElement[bool], ...]:
    if by.reads_everything:
        return ()
    mine = reachable(
        by, Permission.MODEL_READ, model_id=VERSIONS.c.model_id, name=VERSIONS.c.model_name, on=dialect(session)
    )
    readable = exists().where(VERSIONS.c.id == VERSION_ID, *mine)
    # A token for some names shows what is of these alone.
    return (or_(RECALLS.c.recalled_by_id == by.id, readable) if by.limits.names is None else readable,)


def _must_be_a_reason(reason: str) -> None:
    if not reason.strip():
        raise Invalid("reason: Say why.")
    must_be_text("reason", reason, LONGEST_REASON)
