"""What auditors ask of the graph: what a version is made of, what was made from something, what a recall touches."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Select, or_, select

from assent.access.principals import Principal
from assent.kernel.dialects import Reader, table
from assent.kernel.errors import Invalid
from assent.lineage.graph import nodes, references
from assent.lineage.graph.references import DEPLOYMENTS
from assent.lineage.graph.tables import Serving
from assent.lineage.graph.walks import (
    DEEPEST,
    MOST_NODES,
    Direction,
    Graph,
    VersionSeen,
    seen_by_its_versions,
    walk,
    within,
)
from assent.registry.history import STAGES as STAGE_HISTORY
from assent.registry.stages import STAGES, Tier, canonical
from assent.registry.views import VERSIONS

SERVINGS = table(Serving)
# More is a truncated answer, and says so.
MOST_TOUCHED = 100_000
_AT_ONCE = 5_000


class Made(NamedTuple):
    """A version that was made from something: how many edges away it is, and where it stood at the moment asked for.

    `since` is when it entered the stage, in milliseconds; both are None where it was not there then.
    """

    version: VersionSeen
    depth: int
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
    return within(_below(session, references.meant(session, what, by=by), what, by=by, most=MOST_NODES), depth)


def made_from(
    session: Reader, what: str, *, by: Principal, standing: str | None = None, at: int | None = None
) -> Descendants:
    """The versions that were made from something, and where they stand now, or stood at a moment.

    `standing` is a stage, or `tier:` and a tier: only versions that stand, or stood, there. Raises NotFound and
    Invalid.
    """
    stages = _stages(standing)
    starts = references.meant(session, what, by=by)
    graph = _below(session, starts, what, by=by, most=MOST_TOUCHED)
    found = [version for node, version in graph.versions.items() if node not in starts]
    stood = _standing(session, [version.id for version in found], at)
    made = []
    for version in found:
        stage, since = stood.get(version.id, (None, None))
        if stages is None or stage in stages:
            made.append(Made(version, graph.depths[nodes.version(version.id)], stage, since))
    return Descendants(
        sorted(made, key=lambda each: (each.depth, each.version.model, each.version.number)), graph.truncated
    )


def reach(session: Reader, what: str, *, by: Principal) -> Reach:
    """What a recall of something would touch, so far as the caller may see. Raises NotFound and Invalid."""
    graph = _below(session, references.meant(session, what, by=by), what, by=by, most=MOST_TOUCHED)
    return _reach(session, graph)


def reach_of(session: Reader, starts: Iterable[str], *, by: Principal) -> Reach:
    """What a recall of some nodes would touch, so far as the caller may see."""
    return _reach(session, walk(session, starts, Direction.DOWN, by=by, most=MOST_TOUCHED))


def _reach(session: Reader, graph: Graph) -> Reach:
    versions = sorted(graph.versions.values(), key=lambda version: (version.model, version.number))
    return Reach(versions, _serving(session, versions), graph.truncated)


def _below(session: Reader, starts: Sequence[str], what: str, *, by: Principal, most: int) -> Graph:
    """All that came of some nodes. Who sees none of these may not know of them."""
    graph = walk(session, starts, Direction.DOWN, by=by, most=most)
    if by.reads_everything:
        return graph
    seen = seen_by_its_versions(graph)
    if not any(start in seen.depths for start in starts):
        raise references.unknown(what)
    return seen


def _stages(standing: str | None) -> frozenset[str] | None:
    if standing is None:
        return None
    prefix, _, tier = standing.partition("tier:")
    if prefix or not tier:
        return frozenset({canonical(standing)})
    if tier not in set(Tier):
        raise Invalid(f"standing: There is no tier {tier!r}; they are {', '.join(Tier)}.")
    return frozenset(stage for stage, of in STAGES.items() if of == tier)


def _standing(session: Reader, version_ids: Sequence[int], at: int | None) -> dict[int, tuple[str, int]]:
    """The stage of each version now or at a moment, and since when."""
    history = STAGE_HISTORY
    columns: Select[Any] = select(history.c.version_id, history.c.stage, history.c.valid_from)
    if at is None:
        held = columns.where(history.c.valid_until.is_(None))
    else:
        held = columns.where(
            history.c.valid_from <= at, or_(history.c.valid_until.is_(None), history.c.valid_until > at)
        )
    found: dict[int, tuple[str, int]] = {}
    for first in range(0, len(version_ids), _AT_ONCE):
        some = version_ids[first : first + _AT_ONCE]
        rows = session.execute(held.where(history.c.version_id.in_(some)))
        found.update((row.version_id, (row.stage, row.valid_from)) for row in rows)
    return found


def _serving(session: Reader, versions: Sequence[VersionSeen]) -> list[ServedBy]:
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
        .where(SERVINGS.c.valid_until.is_(None))
    )
    found: list[ServedBy] = []
    for first in range(0, len(versions), _AT_ONCE):
        some = [version.id for version in versions[first : first + _AT_ONCE]]
        found += map(ServedBy._make, session.execute(columns.where(SERVINGS.c.version_id.in_(some))))
    return sorted(found)
