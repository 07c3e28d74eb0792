"""The whole story of one version in order: what happened to it, to its model, and to what it comes from."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import CTE, ColumnElement, FromClause, Select, case, or_, select, union_all

from assent.access.policy.principals import SYSTEM, Principal
from assent.audit.actions import Action, Outcome
from assent.audit.events import AuditEvent
from assent.kernel.dialects import Reader, dialect, table
from assent.lineage.graph import nodes, references
from assent.lineage.graph.nodes import NodeKind
from assent.lineage.graph.recallers import RECALLS
from assent.lineage.graph.walks import nodes_above, readable_versions
from assent.lineage.telling import of_version
from assent.registry.search import pages
from assent.registry.search.cutting import Page
from assent.registry.views import ALIASES, VERSIONS

LONGEST_PAGE = 1000

EVENTS = table(AuditEvent)

_OF_MODEL = (Action.MODEL_RENAMED, Action.MODEL_DELETED, Action.MODEL_RESTORED)
_OF_RECALL = (Action.NODE_RECALLED, Action.RECALL_LIFTED)
_OF_PARENT = (Action.PARENT_DECLARED, Action.PARENT_WITHDRAWN)
# What names something that not everybody may know of.
_NAMING = ("node", "parent")
# A recall is told of where it was made: of what is in production then, the audit log tells once more.
_NOT_TOLD = Action.VERSION_QUARANTINED
# What is told of a recall to those who may read one version of all that it touches.
_TOLD_OF_RECALL = ("recall", "node", "reason")
# Before events told the moment of their change, they told one shortly after it.
_SHORTLY = 10_000


class Happened(NamedTuple):
    """One thing that happened: when, what, through whom and which face; as a sentence and as values."""

    at: int
    action: str
    by: str
    face: str
    line: str
    details: Mapping[str, Any]


class _Version(NamedTuple):
    id: int
    model_id: int
    number: int
    created_at: int


class _Recalls(NamedTuple):
    """The recalls of what a version comes from, and the nodes of them that may be named."""

    ids: list[int]
    named: frozenset[str]


def story(
    session: Reader, name: str, number: int, *, by: Principal, token: str = "", size: int | None = None
) -> Page[Happened]:
    """What happened to a version, even a deleted one, from its registration on: a page, the oldest first.

    Raises NotFound, and Invalid for a token of another story.
    """
    size = LONGEST_PAGE if size is None else size
    version_id = references.version_named(session, name, number, by=by)
    columns = (VERSIONS.c.id, VERSIONS.c.model_id, VERSIONS.c.number, VERSIONS.c.created_at)
    version = _Version(*session.execute(select(*columns).where(VERSIONS.c.id == version_id)).one())
    query = pages.fingerprint("story", str(version_id), [])
    last = pages.values(token, query, [int, int]) if token else None
    recalls = _recalls(session, version, by)
    rows = session.execute(_told(version, recalls, last, size)).all()
    named = recalls.named | _parents(session, rows, by)
    found = [_happened(row, version, named) for row in rows[:size]]
    if len(rows) <= size:
        return Page(found)
    return Page(found, pages.token(query, [rows[size - 1].at, rows[size - 1].id]))


def _told(version: _Version, recalls: _Recalls, last: list[int] | None, size: int) -> Select[Any]:
    parts = [_first(which, last, size) for which in _parts(version, recalls)]
    found = union_all(*(select(part.subquery()) for part in parts)).subquery("found")
    return select(found).order_by(found.c.at, found.c.id).limit(size + 1)


def _first(which: ColumnElement[bool], last: list[int] | None, size: int) -> Select[Any]:
    """A page's worth of one kind of events: each kind has an index that has it in order."""
    ordering = [(EVENTS.c.at, False), (EVENTS.c.id, False)]
    part = select(EVENTS).where(which, EVENTS.c.outcome == Outcome.DONE)
    if last is not None:
        part = part.where(pages.after(ordering, last))
    return part.order_by(*pages.clauses(ordering)).limit(size + 1)


def _parts(version: _Version, recalls: _Recalls) -> Iterator[ColumnElement[bool]]:
    in_model, action = EVENTS.c.model_id == version.model_id, EVENTS.c.action
    yield (
        in_model
        & (EVENTS.c.version == version.number)
        & EVENTS.c.subject_kind.in_(("model_version", "transition_request"))
        & (action != _NOT_TOLD)
    )
    since = EVENTS.c.at >= version.created_at
    left = (action == Action.ALIAS_DELETED) & (_left(EVENTS) == version.number)
    yield in_model & EVENTS.c.version.is_(None) & since & or_(action.in_(_OF_MODEL), left)
    yield EVENTS.c.id.in_(select(_lost(version).c.id))
    if recalls.ids:
        recall = case((action.in_(_OF_RECALL), EVENTS.c.details["recall"].as_integer()))
        yield action.in_(_OF_RECALL) & recall.in_(recalls.ids)


def _left(events: FromClause) -> ColumnElement[int]:
    """The version that an alias left. Only where that is a number may it be read as one."""
    of_alias = events.c.action.in_([Action.ALIAS_SET, Action.ALIAS_DELETED])
    return case((of_alias, events.c.details["before"].as_integer()))


def _lost(version: _Version) -> CTE:
    """The events by which an alias went from the version to another: looked for where one of its intervals ends.

    For each interval by itself, or the planner would rather look through all that ever happened to aliases.
    """
    event = EVENTS.alias("event")
    until = ALIASES.c.valid_until
    about = event.c.at.between(until, until + _SHORTLY)
    so = (event.c.action == Action.ALIAS_SET) & (event.c.details["alias"].as_string() == ALIASES.c.alias)
    ended = (
        select(event.c.id)
        .where(event.c.model_id == version.model_id, about, so, _left(event) == version.number)
        .order_by(event.c.at, event.c.id)
        .limit(1)
        .scalar_subquery()
    )
    of_version = (ALIASES.c.model_id == version.model_id) & (ALIASES.c.version_id == version.id)
    return select(ended.label("id")).where(of_version, until.is_not(None)).cte("lost").prefix_with("MATERIALIZED")


def _recalls(session: Reader, version: _Version, by: Principal) -> _Recalls:
    """The recalls, standing or lifted, of what the version comes from now; whoever asks."""
    if session.scalar(select(RECALLS.c.id).limit(1)) is None:
        return _Recalls([], frozenset())
    start, on = nodes.version(version.id), dialect(session)
    above = nodes_above(start, by=SYSTEM, on=on)
    rows = session.execute(
        select(RECALLS.c.id, RECALLS.c.node).where(RECALLS.c.node.in_(above), RECALLS.c.node != start)
    ).all()
    recalled = {row.node for row in rows}
    if recalled and not by.reads_everything:
        seen = nodes_above(start, by=by, on=on).subquery("seen")
        recalled = set(session.scalars(select(seen.c.node).where(seen.c.node.in_(sorted(recalled)))))
    return _Recalls([row.id for row in rows], frozenset(recalled))


def _parents(session: Reader, rows: Sequence[Any], by: Principal) -> frozenset[str]:
    """The declared parents that events tell of and that may be named."""
    found = {row.details["node"] for row in rows if row.action in _OF_PARENT}
    hidden = {node for node in found if nodes.kind_of(node) is NodeKind.VERSION}
    return frozenset(found - hidden | readable_versions(session, hidden, by).keys())


def _happened(row: Any, version: _Version, named: frozenset[str]) -> Happened:
    details = row.details
    is_own = details.get("node") == nodes.version(version.id)
    if row.action in _OF_RECALL:
        details = {key: details[key] for key in _TOLD_OF_RECALL}
    if not is_own and details.get("node") not in named:
        details = {key: None if key in _NAMING else value for key, value in details.items()}
    event = of_version.Event(row.action, row.version, details, version.number, is_own)
    return Happened(row.at, row.action, row.actor, row.face, f"{row.actor} {of_version.phrase(event)}", details)
