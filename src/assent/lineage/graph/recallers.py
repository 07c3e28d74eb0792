"""Who may recall a node and lift its recall, and why not."""

from collections.abc import Callable, Collection
from functools import partial

from sqlalchemy import bindparam, case, cast, func, select

from assent.access.granting.visibility import Guarded
from assent.access.policy.levels import Permission
from assent.access.policy.principals import Principal, authorize, authorize_administrator
from assent.audit.events import Subject
from assent.kernel.dialects import Reader, table
from assent.kernel.errors import Denied, Invalid, NotFound
from assent.kernel.orm import BIG
from assent.lineage.graph import nodes, references
from assent.lineage.graph.nodes import NodeKind, Reference
from assent.lineage.graph.tables import Recall
from assent.registry.views import ACCOUNTS, VERSIONS

RECALLS = table(Recall)

_OF_A_VERSION = f"{NodeKind.VERSION}:"
# The id of a version that is recalled; null for any other node.
VERSION_ID = case(
    (
        RECALLS.c.node.startswith(_OF_A_VERSION, autoescape=True),
        cast(func.substr(RECALLS.c.node, len(_OF_A_VERSION) + 1), BIG),
    )
)
_OF_VERSIONS = Guarded(
    select(RECALLS.c.id, VERSIONS.c.model_name, ACCOUNTS.c.is_administrator)
    .join_from(RECALLS, VERSIONS, VERSIONS.c.id == VERSION_ID)
    .outerjoin(ACCOUNTS, ACCOUNTS.c.id == RECALLS.c.recalled_by_id)
    .where(RECALLS.c.id.in_(bindparam("ids", expanding=True))),
    VERSIONS.c.model_id,
)
_VERSION = Guarded(
    select(VERSIONS.c.model_id, VERSIONS.c.model_name, VERSIONS.c.number).where(VERSIONS.c.id == bindparam("id")),
    VERSIONS.c.model_id,
)


def why_not_flag(session: Reader, what: str, *, by: Principal) -> str:
    """Why the caller may not recall what a reference names; empty where they may. Raises NotFound and Invalid."""
    named = nodes.reference(what)
    if named.kind is not NodeKind.VERSION:
        return _refusal(partial(authorize_administrator, by))
    node = one(session, named, by)
    return _refusal(partial(must_be_entitled, session, node, by))


def why_not_lift(session: Reader, recall_ids: Collection[int], *, by: Principal) -> dict[int, str]:
    """Why the caller may not lift some recalls, by the recall; empty for one that they may. One statement."""
    refusals = {each: _refusal(partial(authorize_administrator, by)) for each in recall_ids}
    if by.administers:
        return refusals
    for (recall_id, name, is_administrators), granted in _OF_VERSIONS.all(session, by, {"ids": list(refusals)}):
        if not is_administrators:
            refusals[recall_id] = _refusal(
                partial(authorize, by, Permission.LINEAGE_RECALL, on=name, granted=granted)
            )
    return refusals


def _refusal(authorized: Callable[[], object]) -> str:
    """Why somebody is refused; empty where they are not."""
    try:
        authorized()
    except Denied as refused:
        return refused.message
    return ""


def one(session: Reader, named: Reference, by: Principal) -> str:
    """The one node that a reference names, or would name: a dataset may be recalled before anybody used it."""
    try:
        found = references.meant(session, str(named), by=by)
    except NotFound:
        node = None if named.kind in (NodeKind.VERSION, NodeKind.DEPLOYMENT) else nodes.exact(named)
        # A blank too many would stand on what never comes.
        if node is None or named.text != named.text.strip():
            raise
        return node
    # A commit that somebody shortened is the beginning of others.
    if len(found) > 1 and found[0] != nodes.commit(named.text):
        raise Invalid(f"{named} names {len(found)} nodes, and a recall is of one: {', '.join(found)}.")
    return found[0]


def must_be_entitled(session: Reader, node: str, by: Principal) -> Subject:
    """Raise Denied unless the caller may recall a node; gives it as an audit event names it."""
    if nodes.kind_of(node) is not NodeKind.VERSION:
        authorize_administrator(by, on=node, kind="lineage_node")
        return Subject("lineage_node", None, node)
    version_id = nodes.id_of(node)
    found = _VERSION.first(session, by, {"id": version_id})
    assert found is not None  # noqa: S101 (whoever named it could read it, and no row goes)
    model_id, name, number = found.row
    authorize(by, Permission.LINEAGE_RECALL, on=name, granted=found.granted, version=number)
    return Subject("model_version", version_id, name, model_id=model_id, version=number)
