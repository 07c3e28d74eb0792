"""The native call on where two versions differ in origin."""

from typing import Any

from marshmallow import Schema, fields, validate

from assent.access.policy.principals import Principal
from assent.api.face import api
from assent.api.fields import storable
from assent.api.lineage import LONGEST_REFERENCE, Node, SeenVersion, node, seen_version
from assent.http.calls import Uses
from assent.kernel.dialects import Reader
from assent.lineage.runs import differing
from assent.lineage.runs.differing import Side

_VERSION = {"example": "version:fraud/3"}


def _version() -> fields.String:
    return fields.String(required=True, validate=[validate.Length(1, LONGEST_REFERENCE), storable], metadata=_VERSION)


class WhichTwo(Schema):
    """Two versions, each as `version:MODEL/NUMBER`."""

    first = _version()
    second = _version()


class OneSide(Schema):
    """One of the two: the digest of its run snapshot, null without one, and what it alone comes from."""

    version = fields.Nested(SeenVersion, required=True)
    snapshot = fields.String(required=True, allow_none=True, metadata={"example": "sha256:9f86d081…"})
    alone = fields.List(fields.Nested(Node), required=True)


class FactThatDiffers(Schema):
    """A fact of the runs that is not the same; null where a side has none."""

    path = fields.String(required=True, metadata={"example": "params.max_depth"})
    first = fields.Raw(required=True, allow_none=True, metadata={"example": "3"})
    second = fields.Raw(required=True, allow_none=True, metadata={"example": "5"})


class Compared(Schema):
    """Where two versions differ in origin; of their facts nothing is said where one has no run snapshot."""

    first = fields.Nested(OneSide, required=True)
    second = fields.Nested(OneSide, required=True)
    differences = fields.List(fields.Nested(FactThatDiffers), required=True)


@api.call("GET", "/lineage/difference", takes=WhichTwo(), gives=Compared(), errors=(400, 404), uses=Uses.READS)
def read_difference(session: Reader, first: str, second: str, *, by: Principal) -> dict[str, Any]:
    """Get where two versions, even deleted ones, differ in origin: facts of their runs, and what they come from."""
    found = differing.compared(session, first, second, by=by)
    return {
        "first": _side(found.first),
        "second": _side(found.second),
        "differences": [each._asdict() for each in found.differences],
    }


def _side(side: Side) -> dict[str, Any]:
    return {
        "version": seen_version(side.version),
        "snapshot": side.snapshot,
        "alone": [node(each) for each in side.alone],
    }
