"""Native calls that speak OpenLineage: events come in where clients of that standard send them, and go out."""

from collections.abc import Mapping
from typing import Any

from marshmallow import INCLUDE, Schema, fields, post_load
from sqlalchemy.orm import Session

from assent.access.policy.principals import Principal
from assent.api.face import api
from assent.http.calls import Uses
from assent.http.renames import follows_renames
from assent.kernel.dialects import Reader
from assent.lineage.reports import openlineage_events, openlineage_told
from assent.lineage.reports.openlineage import RUN_EVENTS

_RUN = {"runId": "01234567-89ab-4def-8123-456789abcdef", "facets": {}}
_JOB = {"namespace": "airflow", "name": "shop.features"}
_DATASETS = [{"namespace": "s3://bucket", "name": "orders", "facets": {"version": {"datasetVersion": "42"}}}]
_URI = {"example": "https://github.com/OpenLineage/OpenLineage/tree/1.0.0/client/python"}
_SCHEMA = {"example": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent"}
_THINGS = {"type": "object", "additionalProperties": True}


class AnyEvent(Schema):
    """An event as the OpenLineage standard describes it: of a run, or of a job or a dataset alone."""

    class Meta:
        """What nobody here knows is kept."""

        unknown = INCLUDE

    event_time = fields.Raw(data_key="eventTime", metadata={"type": "string", "example": "2026-11-23T12:00:00Z"})
    producer = fields.Raw(metadata={"type": "string", **_URI})
    schema_url = fields.Raw(data_key="schemaURL", metadata={"type": "string", **_SCHEMA})
    event_type = fields.Raw(
        data_key="eventType", metadata={"type": "string", "enum": list(RUN_EVENTS), "example": "COMPLETE"}
    )
    run = fields.Raw(metadata={**_THINGS, "example": _RUN})
    job = fields.Raw(metadata={**_THINGS, "example": _JOB})
    dataset = fields.Raw(metadata=_THINGS)
    inputs = fields.Raw(metadata={"type": "array", "items": _THINGS, "example": _DATASETS})
    outputs = fields.Raw(metadata={"type": "array", "items": _THINGS})

    @post_load(pass_original=True)
    def as_it_came(self, _loaded: Any, event: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        """The event whole: what it must look like, the domain tells."""
        return {"event": event}


class LeftOut(Schema):
    """An edge that would have closed a circle."""

    source = fields.String(required=True, metadata={"example": "dataset:42:s3%3A//bucket/orders"})
    target = fields.String(required=True, metadata={"example": "run:0123456789ab4def8123456789abcdef"})
    type = fields.String(required=True, metadata={"example": "input"})


class AcceptedEvent(Schema):
    """What became of an event; `known` tells that it was here already, and changed nothing."""

    digest = fields.String(required=True, metadata={"example": "sha256:" + "0" * 64})
    known = fields.Boolean(required=True, metadata={"example": False})
    left_out = fields.List(fields.Nested(LeftOut), required=True, metadata={"example": []})


class RunEvent(Schema):
    """The event of a version: the run that made it came to its end, with what went in and what came out."""

    eventType = fields.String(required=True, metadata={"example": "COMPLETE"})  # noqa: N815 (the standard's)
    eventTime = fields.String(required=True, metadata={"example": "2026-11-23T12:00:00.000Z"})  # noqa: N815 (likewise)
    producer = fields.String(required=True, metadata={"example": "urn:assent"})
    schemaURL = fields.String(required=True, metadata=_SCHEMA)  # noqa: N815 (likewise)
    run = fields.Dict(required=True, metadata={"example": _RUN})
    job = fields.Dict(required=True, metadata={"example": _JOB})
    inputs = fields.List(fields.Dict(), required=True, metadata={"example": _DATASETS})
    outputs = fields.List(fields.Dict(), required=True)


@api.call("POST", "/lineage", takes=AnyEvent(), gives=AcceptedEvent(), errors=(400, 403))
def accept_openlineage_event(session: Session, event: Mapping[str, Any], *, by: Principal) -> dict[str, Any]:
    """Accept an OpenLineage event: what goes into a run, what comes out of it, and its commit go into the graph.

    It takes the right to declare lineage on the whole registry. The same event again changes nothing.
    """
    accepted = openlineage_events.accept(session, event, by=by)
    return {**accepted._asdict(), "left_out": [edge._asdict() for edge in accepted.left_out]}


@api.call(
    "GET",
    "/models/<name>/versions/<int:number>/openlineage",
    gives=RunEvent(),
    errors=(400, 404),
    uses=Uses.READS,
    redirects=True,
)
@follows_renames
def read_openlineage_event(session: Reader, name: str, number: int, *, by: Principal) -> dict[str, Any]:
    """Get the run event of a version as OpenLineage writes it: its run, what went in, and the version as output."""
    return openlineage_told.event_of(session, name, number, by=by)
