"""The nodes that people mean when they name one."""

from sqlalchemy import CTE, Column, bindparam, func, literal, select, union

from assent.access.granting.visibility import reachable
from assent.access.policy.levels import Permission
from assent.access.policy.principals import Principal
from assent.kernel.dialects import Reader, dialect, table
from assent.kernel.errors import Invalid, NotFound
from assent.lineage.graph import nodes
from assent.lineage.graph.edges import EDGES, STANDING
from assent.lineage.graph.nodes import NodeKind, Range, Reference
from assent.lineage.graph.tables import Deployment
from assent.registry.history import MODEL_NAMES
from assent.registry.names import LARGEST_NUMBER
from assent.registry.views import VERSIONS

DEPLOYMENTS = table(Deployment)
_MOST_MEANT = 20


def meant(session: Reader, text: str, *, by: Principal) -> list[str]:
    """The nodes that a reference means: several where a commit's beginning or a dataset's digest is shared.

    Whether the caller may see them is for a walk to tell, but for versions. Raises Invalid and NotFound.
    """
    named = nodes.reference(text)
    if named.kind is NodeKind.VERSION:
        return [nodes.version(_version_id(session, named, by))]
    if named.kind is NodeKind.DEPLOYMENT:
        return [nodes.deployment(_deployment_id(session, named))]
    found = _occurring(session, nodes.range_of(named))
    if not found:
        raise unknown(named)
    if len(found) > _MOST_MEANT:
        raise Invalid(f"{named} names more than {_MOST_MEANT} nodes; say more of it.")
    return found


def unknown(named: object) -> NotFound:
    """The error for a node that is in no edge, or that the caller may not see."""
    return NotFound(f"Nothing is known of {named}.")


def version_named(session: Reader, name: str, number: int, *, by: Principal) -> int:
    """The id of a version by name and number, deleted ones too; a live one goes before. Raises NotFound."""
    mine = reachable(
        by, Permission.MODEL_READ, model_id=VERSIONS.c.model_id, name=VERSIONS.c.model_name, on=dialect(session)
    )
    # Deleted models and versions have no index by name but that of the names they bore.
    bore = select(MODEL_NAMES.c.model_id).where(MODEL_NAMES.c.name == name)
    wanted = (
        select(VERSIONS.c.id)
        .where(VERSIONS.c.model_id.in_(bore), VERSIONS.c.model_name == name, VERSIONS.c.number == number, *mine)
        .order_by(VERSIONS.c.deleted_at.is_not(None), VERSIONS.c.id.desc())
        .limit(1)
    )
    found = session.scalar(wanted) if 0 < number <= LARGEST_NUMBER else None
    if found is None:
        raise NotFound(f"Model Version (name={name}, version={number}) not found")
    return int(found)


def _version_id(session: Reader, named: Reference, by: Principal) -> int:
    name, _, number = named.text.rpartition("/")
    if not name or not number.isdecimal() or not number.isascii():
        raise Invalid(f"{named} names no version; write version:MODEL/NUMBER.")
    return version_named(session, name, int(number), by=by)


def _deployment_id(session: Reader, named: Reference) -> int:
    found = session.scalar(select(DEPLOYMENTS.c.id).where(DEPLOYMENTS.c.name == named.text))
    if found is None:
        raise unknown(named)
    return int(found)


def _occurring(session: Reader, within: Range) -> list[str]:
    """The nodes of a range that some edge has, in order: a jump through the index for each, however many edges."""
    values = {"first": within.first, "last": within.last}
    return list(session.scalars(_OCCURRING, values))


def _jumping(column: Column[str]) -> CTE:
    """The values of a column within a range in order, each once, as many as decide; after the last one a null."""
    here = (STANDING, column <= bindparam("last"))
    least = select(func.min(column).label("node"), literal(1).label("place")).where(
        column >= bindparam("first"), *here
    )
    found = least.cte(f"{column.name}s", recursive=True)
    # Of its own name: what is looked for is beyond the one that was found last.
    edges = EDGES.alias(f"beyond_{column.name}")
    beyond = edges.c[column.name]
    following = (
        select(func.min(beyond))
        .where(beyond > found.c.node, beyond <= bindparam("last"), edges.c.withdrawn_at.is_(None))
        .correlate(found)
        .scalar_subquery()
    )
    return found.union_all(
        select(following, found.c.place + 1).where(found.c.node.is_not(None), found.c.place <= _MOST_MEANT)
    )


_ENDS = union(
    *(select(each.c.node).where(each.c.node.is_not(None)) for each in map(_jumping, (EDGES.c.source, EDGES.c.target)))
)
_OCCURRING = _ENDS.order_by("node").limit(_MOST_MEANT + 1)
