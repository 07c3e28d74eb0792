"""Native calls on stages."""

from typing import Any

from marshmallow import Schema, fields

from assent.access.policy.principals import Principal
from assent.api.face import api
from assent.http.calls import Uses
from assent.kernel.dialects import Reader
from assent.registry import stages
from assent.registry.tiers import Tier


class Stage(Schema):
    """A stage and its tier, which decides the right that it takes to move a version into it or out of it."""

    name = fields.String(required=True, metadata={"example": "UAT"})
    tier = fields.Enum(Tier, by_value=True, required=True, metadata={"example": "staging"})


class Stages(Schema):
    """All stages, MLflow's four and then the others in the order in which they came to be known."""

    stages = fields.List(fields.Nested(Stage), required=True)


@api.call("GET", "/stages", gives=Stages(), uses=Uses.READS)
def list_stages(session: Reader, *, by: Principal) -> dict[str, Any]:  # noqa: ARG001 (as every call)
    """List all stages that versions can stand in, with their tiers. None goes, and each keeps its tier."""
    return {"stages": [stage._asdict() for stage in stages.every(session)]}
