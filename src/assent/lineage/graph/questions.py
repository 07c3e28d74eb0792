"""What auditors ask of the graph: what a version is made of, what was made from something, what a recall touches."""

from collections.abc import Iterable, Sequence
from math import inf
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, CompoundSelect, Select, and_, or_, select

from assent.access.policy.principals import Principal
from assent.kernel.dialects import Reader, table
from assent.kernel.errors import Invalid
from assent.lineage.graph import nodes, references, walks
from assent.lineage.graph.references import DEPLOYMENTS
from assent.lineage.graph.tables import EdgeType, Serving
from assent.lineage.graph.walked import Direction, Graph, VersionSeen, beginning_with, seen_by_its_versions, within
from assent.lineage.graph.walks import DEEPEST, IN_PRODUCTION, MOST_NODES, SEEN, versions_below, walk
from assent.registry.history import STAGES as STAGE_HISTORY
from assent.registry.stages import canonical, of_tier
from assent.registry.tiers import Tier
from assent.registry.views import VERSIONS

SERVINGS = table(Serving)
# More is a truncated answer, and says so.
MOST_TOUCHED = 100_000


class Made(NamedTuple):
    """A version that was made from something: how many edges away it is, and where it stood at the moment asked for.

    `since` is when it entered the stage, in milliseconds; both are None where it was not there then. `depth` is None
    where it is beyond the nodes of one walk.
    """

    version: VersionSeen
    depth: int | None
    stage: str | None
    since: int | None


class ServedBy(NamedTuple):
    """A deployment that serves a version, or served it until a moment. Milliseconds."""

    deployment: str
    environment: str
    url: str
    model: str
    number: int
    since: int
    last_seen_at: int
    until: int | None


class Reach(NamedTuple):
    """What a recall would touch: versions, and the deployments that serve any of them now."""

    versions: list[VersionSeen]
    deployments: list[ServedBy]
    truncated: bool


class Descendants(NamedTuple):
    """What was made from something, the nearest first."""

    made: list[Made]
    truncated: bool


def made_of(session: Reader, name: str, number: int, *, by: Principal, depth: int = DEEPEST) -> Graph:
    """What a version comes from, so many edges up. Raises NotFound."""
    start = nodes.version(references.version_named(session, name, number, by=by))
    return walk(session, [start], Direction.UP, by=by, depth=depth)


def made_by(session: Reader, what: str, *, by: Principal, depth: int = DEEPEST) -> Graph:
    """What came of something that a reference names, so many edges down. Raises NotFound and Invalid."""
    starts = references.meant(session, what, by=by)
    graph = walk(session, starts, Direction.DOWN, by=by)
    return within(_visible(session, what, starts, graph, by), depth)


def around(
    session: Reader, what: str, *, by: Principal, depth: int = DEEPEST, most: int = MOST_NODES
) -> tuple[Graph, Graph]:
    """What something is made of and what came of it, so many edges up and down, so many nodes each way at most.

    Raises NotFound and Invalid.
    """
    starts = references.meant(session, what, by=by)
    up, graph = walks.around(session, starts, by=by, most=most)
    if served := _that_serve(starts, up):
        # Nothing comes of a deployment by which one could see it.
        down = Graph(dict.fromkeys(served, 0), {}, [], truncated=False)
    else:
        down = _visible(session, what, starts, graph, by)
    # What something is made of, they see who see the thing itself.
    above = beginning_with(up, (start for start in starts if start in down.depths), Direction.UP)
    return within(above, depth), within(down, depth)


def _that_serve(starts: Iterable[str], up: Graph) -> list[str]:
    """The deployments among some nodes that serve a version which the caller may read."""
    serving = {edge.target for edge in up.edges if edge.type == EdgeType.SERVES and edge.source in up.versions}
    return [start for start in starts if start in serving]


def _visible(session: Reader, what: str, starts: Sequence[str], graph: Graph, by: Principal) -> Graph:
    """What the caller sees of a walk down from some nodes. Raises NotFound where they see none of these."""
    if by.reads_everything:
        return graph
    seen = seen_by_its_versions(graph)
    if seen.depths or not graph.truncated:
        began = [start for start in starts if start in seen.depths]
    else:
        # No version is near enough, and what leads to one is seen.
        began = [start for start in starts if _is_any(session, versions_below(session, [start], by=by))]
        seen = Graph(dict.fromkeys(began, 0), {}, [], truncated=True)
    if not began:
        raise references.unknown(what)
    return seen


def made_from(
    session: Reader, what: str, *, by: Principal, standing: str | None = None, at: int | None = None
) -> Descendants:
    """The versions that were made from something, and where they stand now, or stood at a moment.

    `standing` is a stage, or `tier:` and a tier: only versions that stand, or stood, there. Raises NotFound and
    Invalid.
    """
    stages = None if standing is None else _stages(session, standing)
    starts = references.meant(session, what, by=by)
    below = versions_below(session, starts, by=by)
    rows = session.execute(_stood(below, stages, at).limit(MOST_TOUCHED + 1)).all()
    if not rows and not by.reads_everything and not _is_any(session, below):
        raise references.unknown(what)
    depths = walk(session, starts, Direction.DOWN, by=by).depths if rows else {}
    made = []
    for *version, stage, since in rows[:MOST_TOUCHED]:
        found = VersionSeen._make(version)
        node = nodes.version(found.id)
        if node not in starts:
            made.append(Made(found, depths.get(node), stage, since))
    return Descendants(sorted(made, key=_nearest_first), truncated=len(rows) > MOST_TOUCHED)


def reach(session: Reader, what: str, *, by: Principal, in_production: bool = False) -> Reach:
    """What a recall of something would touch, so far as the caller may see; or of that what is in production.

    Raises NotFound and Invalid.
    """
    starts = references.meant(session, what, by=by)
    found = reach_of(session, starts, by=by, in_production=in_production)
    is_seen = bool(found.versions) or by.reads_everything
    if not is_seen and not (in_production and _is_any(session, versions_below(session, starts, by=by))):
        raise references.unknown(what)
    return found


def reach_of(session: Reader, starts: Iterable[str], *, by: Principal, in_production: bool = False) -> Reach:
    """What a recall of some nodes would touch, so far as the caller may see; or of that what is in production."""
    touched = SEEN.where(VERSIONS.c.id.in_(versions_below(session, starts, by=by)))
    if in_production:
        touched = touched.where(IN_PRODUCTION)
    # What is in production first: of ever so many it is not cut.
    rows = session.execute(
        touched.order_by(~IN_PRODUCTION, VERSIONS.c.model_name, VERSIONS.c.number).limit(MOST_TOUCHED + 1)
    ).all()
    versions = sorted(
        map(VersionSeen._make, rows[:MOST_TOUCHED]), key=lambda version: (version.model, version.number)
    )
    ids = touched.with_only_columns(VERSIONS.c.id)
    return Reach(versions, _serving(session, ids), truncated=len(rows) > MOST_TOUCHED)


def _nearest_first(made: Made) -> tuple[float, str, int]:
    return inf if made.depth is None else made.depth, made.version.model, made.version.number


def _is_any(session: Reader, versions: CompoundSelect[tuple[int]]) -> bool:
    return session.execute(versions.limit(1)).first() is not None


def _stages(session: Reader, standing: str) -> Select[tuple[str]] | list[str]:
    prefix, _, tier = standing.partition("tier:")
    if prefix or not tier:
        return [canonical(session, standing)]
    if tier not in set(Tier):
        raise Invalid(f"standing: There is no tier {tier!r}; they are {', '.join(Tier)}.")
    return of_tier(Tier(tier))


def _stood(
    versions: CompoundSelect[tuple[int]], stages: Select[tuple[str]] | list[str] | None, at: int | None
) -> Select[Any]:
    """Versions, each with the stage that it is in now or was in at a moment, and since when."""
    history = STAGE_HISTORY
    if at is None:
        held: ColumnElement[bool] = history.c.valid_until.is_(None)
    else:
        held = and_(history.c.valid_from <= at, or_(history.c.valid_until.is_(None), history.c.valid_until > at))
    found = (
        SEEN.add_columns(history.c.stage, history.c.valid_from)
        .outerjoin_from(VERSIONS, history, and_(history.c.version_id == VERSIONS.c.id, held))
        .where(VERSIONS.c.id.in_(versions))
    )
    return found if stages is None else found.where(history.c.stage.in_(stages))


def _serving(session: Reader, versions: Select[tuple[int]]) -> list[ServedBy]:
    """The deployments that serve some versions now."""
    columns: Select[Any] = (
        select(
            DEPLOYMENTS.c.name,
            DEPLOYMENTS.c.environment,
            DEPLOYMENTS.c.url,
            VERSIONS.c.model_name,
            VERSIONS.c.number,
            SERVINGS.c.valid_from,
            SERVINGS.c.last_seen_at,
            SERVINGS.c.valid_until,
        )
        .join_from(SERVINGS, DEPLOYMENTS, DEPLOYMENTS.c.id == SERVINGS.c.deployment_id)
        .join(VERSIONS, VERSIONS.c.id == SERVINGS.c.version_id)
        .where(SERVINGS.c.valid_until.is_(None), SERVINGS.c.version_id.in_(versions))
    )
    return sorted(ServedBy._make(row) for row in session.execute(columns))
