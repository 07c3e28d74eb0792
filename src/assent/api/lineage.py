"""Native calls on the graph: what a version is made of, what was made from something, what a recall would touch."""

from enum import StrEnum
from typing import Any

from marshmallow import Schema, fields, validate

from assent.access.policy.principals import Principal
from assent.api.face import api
from assent.api.fields import AT, storable
from assent.http.calls import Uses
from assent.http.renames import follows_renames
from assent.kernel.dialects import Reader
from assent.lineage.graph import describing, questions, recalls, references
from assent.lineage.graph.describing import Described
from assent.lineage.graph.nodes import NodeKind
from assent.lineage.graph.questions import Reach, ServedBy
from assent.lineage.graph.tables import EdgeType, Through
from assent.lineage.graph.walked import Direction, Graph, VersionSeen
from assent.lineage.graph.walks import DEEPEST

_OF_VERSION = "/models/<name>/versions/<int:number>/lineage"
LONGEST_REFERENCE = 1000
_NODE = {"example": "dataset:5ad6e8ce"}
_REFERENCE = {
    "description": "`dataset:DIGEST` or `dataset:DIGEST:NAME`, `run:ID`, `commit:SHA` (seven characters or more), "
    "`logged_model:ID`, `external_model:NAME`, `version:MODEL/NUMBER`, `deployment:NAME`.",
    **_NODE,
}
_STANDING = {"description": "A stage, or all of a tier such as `tier:production`.", "example": "tier:production"}


def _words(of: type[StrEnum]) -> validate.OneOf:
    return validate.OneOf([word.value for word in of])


class HowDeep(Schema):
    """In which direction to go, and how many edges away at most."""

    direction = fields.String(load_default="up", validate=_words(Direction))
    depth = fields.Integer(load_default=DEEPEST, validate=validate.Range(1, DEEPEST), metadata={"example": 10})


class OfWhat(Schema):
    """A node of the graph, as people write it."""

    what = fields.String(
        data_key="of",
        required=True,
        validate=[validate.Length(1, LONGEST_REFERENCE), storable],
        metadata=_REFERENCE,
    )


class OfWhatStanding(OfWhat):
    """A node, and where the versions stand that are asked for: a stage or `tier:production`, now or at a moment."""

    standing = fields.String(load_default=None, metadata=_STANDING)
    at = fields.Integer(load_default=None, validate=validate.Range(0, 2**62), metadata=AT)


class SeenVersion(Schema):
    """A version of the graph. `deleted` tells whether it, or its model, is."""

    model = fields.String(required=True, metadata={"example": "fraud"})
    number = fields.Integer(required=True, metadata={"example": 3})
    stage = fields.String(required=True, metadata={"example": "Production"})
    registered_at = fields.Integer(required=True, metadata=AT)
    deleted = fields.Boolean(required=True, metadata={"example": False})


class Node(Schema):
    """A node, so many edges away. `label` is how people name it; `recall` is the recall that stands on it."""

    node = fields.String(required=True, metadata={"example": "run:0123456789abcdef0123456789abcdef"})
    kind = fields.String(required=True, validate=_words(NodeKind), metadata={"example": "run"})
    label = fields.String(required=True, metadata={"example": "run:0123456789abcdef0123456789abcdef"})
    depth = fields.Integer(required=True, metadata={"example": 1})
    version = fields.Nested(SeenVersion, required=True, allow_none=True)
    recall = fields.Integer(required=True, allow_none=True, metadata={"example": None})


class GraphEdge(Schema):
    """The source made the target, or went into it; told when, by whom and through what."""

    source = fields.String(required=True, metadata=_NODE)
    target = fields.String(required=True, metadata={"example": "run:0123456789abcdef0123456789abcdef"})
    type = fields.String(required=True, validate=_words(EdgeType), metadata={"example": "input"})
    through = fields.String(required=True, validate=_words(Through), metadata={"example": "snapshot"})
    stated_at = fields.Integer(required=True, metadata=AT)
    stated_by = fields.String(required=True, allow_none=True, metadata={"example": "alice"})


class Lineage(Schema):
    """A part of the graph. `truncated` tells that there is more than was asked for, or than one answer holds."""

    nodes = fields.List(fields.Nested(Node), required=True)
    edges = fields.List(fields.Nested(GraphEdge), required=True)
    truncated = fields.Boolean(required=True, metadata={"example": False})


class StandingRecall(Schema):
    """A recall that stands over a version."""

    id = fields.Integer(required=True, metadata={"example": 4})
    node = fields.String(required=True, allow_none=True, metadata=_NODE)
    reason = fields.String(required=True, metadata={"example": "Labels were leaked."})
    recalled_at = fields.Integer(required=True, metadata=AT)


class LineageOfVersion(Lineage):
    """The lineage of a version, and the recalls that quarantine it; of one out of sight without its node."""

    quarantined_by = fields.List(fields.Nested(StandingRecall), required=True)


class MadeVersion(SeenVersion):
    """A version that was made from something, so many edges away, null beyond 10,000 nodes; and where it stood."""

    depth = fields.Integer(required=True, allow_none=True, metadata={"example": 2})
    stood_in = fields.String(required=True, allow_none=True, metadata={"example": "Production"})
    since = fields.Integer(required=True, allow_none=True, metadata=AT)
    quarantined = fields.Boolean(required=True, metadata={"example": False})


class MadeVersions(Schema):
    """The versions that were made from something, the nearest first."""

    versions = fields.List(fields.Nested(MadeVersion), required=True)
    truncated = fields.Boolean(required=True, metadata={"example": False})


class Serves(Schema):
    """A deployment that serves a version."""

    deployment = fields.String(required=True, metadata={"example": "fraud-api/eu"})
    environment = fields.String(required=True, metadata={"example": "production"})
    url = fields.String(required=True, metadata={"example": "https://fraud.example.com"})
    model = fields.String(required=True, metadata={"example": "fraud"})
    number = fields.Integer(required=True, metadata={"example": 3})
    since = fields.Integer(required=True, metadata=AT)
    last_seen_at = fields.Integer(required=True, metadata=AT)


class Touched(Schema):
    """What a recall touches: versions that descend from it, those of them in production, what serves any of them."""

    versions = fields.List(fields.Nested(SeenVersion), required=True)
    in_production = fields.List(fields.Nested(SeenVersion), required=True)
    deployments = fields.List(fields.Nested(Serves), required=True)
    truncated = fields.Boolean(required=True, metadata={"example": False})


@api.call(
    "GET",
    _OF_VERSION,
    takes=HowDeep(),
    gives=LineageOfVersion(),
    errors=(400, 404),
    uses=Uses.READS,
    redirects=True,
)
@follows_renames
def read_lineage(
    session: Reader, name: str, number: int, direction: str, depth: int, *, by: Principal
) -> dict[str, Any]:
    """Get what a version, even a deleted one, is made of, or what came of it; and what quarantines it."""
    if Direction(direction) is Direction.UP:
        graph = questions.made_of(session, name, number, by=by, depth=depth)
    else:
        graph = questions.made_by(session, f"{NodeKind.VERSION}:{name}/{number}", by=by, depth=depth)
    over = recalls.seen_over(session, references.version_named(session, name, number, by=by), by=by)
    return {**_graph(session, graph), "quarantined_by": [_recall(each, seen=seen) for each, seen in over]}


@api.call("GET", "/lineage/descendants", takes=OfWhat(), gives=Lineage(), errors=(400, 404), uses=Uses.READS)
def read_descendants(session: Reader, what: str, *, by: Principal) -> dict[str, Any]:
    """Get all that came of a dataset, run, commit, model or version, as a graph."""
    return _graph(session, questions.made_by(session, what, by=by))


@api.call(
    "GET", "/lineage/made-from", takes=OfWhatStanding(), gives=MadeVersions(), errors=(400, 404), uses=Uses.READS
)
def list_made_from(
    session: Reader, what: str, standing: str | None, at: int | None, *, by: Principal
) -> dict[str, Any]:
    """List the versions that were made from something, and where they stand now, or stood at a moment."""
    found = questions.made_from(session, what, by=by, standing=standing, at=at)
    held_back = recalls.quarantined(session, [each.version.id for each in found.made])
    versions = [
        {
            **seen_version(each.version),
            "depth": each.depth,
            "stood_in": each.stage,
            "since": each.since,
            "quarantined": each.version.id in held_back,
        }
        for each in found.made
    ]
    return {"versions": versions, "truncated": found.truncated}


@api.call("GET", "/lineage/reach", takes=OfWhat(), gives=Touched(), errors=(400, 404), uses=Uses.READS)
def read_reach(session: Reader, what: str, *, by: Principal) -> dict[str, Any]:
    """Get what a recall of something would touch: versions, those in production, deployments that serve them."""
    return touched(questions.reach(session, what, by=by))


def touched(reach: Reach) -> dict[str, Any]:
    """What a recall touches, as an answer."""
    return {
        "versions": [seen_version(each) for each in reach.versions],
        "in_production": [seen_version(each) for each in reach.versions if each.in_production],
        "deployments": [_serves(each) for each in reach.deployments],
        "truncated": reach.truncated,
    }


def node(found: Described) -> dict[str, Any]:
    """A node, as an answer."""
    return {**found._asdict(), "version": seen_version(found.version) if found.version else None}


def seen_version(found: VersionSeen) -> dict[str, Any]:
    """A version of the graph, as an answer."""
    return {
        "model": found.model,
        "number": found.number,
        "stage": found.stage,
        "registered_at": found.registered_at,
        "deleted": found.deleted,
    }


def _graph(session: Reader, graph: Graph) -> dict[str, Any]:
    found = [node(each) for each in describing.described(session, graph)]
    return {"nodes": found, "edges": [each._asdict() for each in graph.edges], "truncated": graph.truncated}


def _serves(found: ServedBy) -> dict[str, Any]:
    told = found._asdict()
    del told["until"]
    return told


def _recall(found: recalls.Recalled, *, seen: bool) -> dict[str, Any]:
    return {
        "id": found.id,
        "node": found.node if seen else None,
        "reason": found.reason,
        "recalled_at": found.recalled_at,
    }
