"""What Databricks' calls on transition requests take and give."""

from marshmallow import fields

from assent.databricks.schemas import LEVEL, OfModel
from assent.http.wire.fields import Flag, Number, Text, Wire
from assent.http.wire.schemas import ModelVersion

REQUESTED, APPROVED, REJECTED = "REQUESTED_TRANSITION", "APPROVED_REQUEST", "REJECTED_REQUEST"
CANCELLED = "CANCELLED_REQUEST"
APPROVE, REJECT = "APPROVE_TRANSITION_REQUEST", "REJECT_TRANSITION_REQUEST"
CANCEL = "CANCEL_TRANSITION_REQUEST"

_STAGE = {"example": "Production"}
_COMMENT = {"example": "Evaluated on the July data."}
_AT = {"example": 1795408000000}


class OfVersion(OfModel):
    """Names a version."""

    number = Number(required=True, data_key="version", metadata={"example": "1"})


class NewTransition(OfVersion):
    """A stage for a version to enter, and why."""

    stage = Text(required=True, metadata=_STAGE)
    comment = Text(load_default="", metadata=_COMMENT)


class ApprovedTransition(NewTransition):
    """An approval; who leaves out what becomes of the others that stand there approves what was asked for."""

    archive_existing_versions = Flag(load_default=None)


class CancelledTransition(NewTransition):
    """Whose request is no longer wished for."""

    creator = Text(required=True, metadata={"example": "alice"})


class MovedTransition(NewTransition):
    """A move, and whether the other versions that stand there are archived."""

    archive_existing_versions = Flag(load_default=False)


class Activity(Wire):
    """What became of the wish for a transition: that it was asked for, approved, rejected or cancelled."""

    id = fields.String(required=True, metadata={"example": "decision:9"})
    activity_type = fields.String(
        required=True, metadata={"enum": [REQUESTED, APPROVED, REJECTED, CANCELLED], "example": APPROVED}
    )
    comment = fields.String(required=True, metadata=_COMMENT)
    system_comment = fields.String(required=True, metadata={"example": "1 of 2 approvals; stage unchanged"})
    from_stage = fields.String(required=True, metadata={"example": "Staging"})
    to_stage = fields.String(required=True, metadata=_STAGE)
    user_id = fields.String(required=True, metadata={"example": "alice"})
    creation_timestamp = fields.Integer(required=True, metadata=_AT)
    last_updated_timestamp = fields.Integer(required=True, metadata=_AT)


class RequestActivity(Activity):
    """A transition request, and what the caller may do with it."""

    available_actions = fields.List(
        fields.String(metadata={"enum": [APPROVE, REJECT, CANCEL], "example": APPROVE}), required=True
    )


class OneTransitionRequest(Wire):
    """A transition request."""

    request = fields.Nested(RequestActivity, required=True)


class TransitionRequests(Wire):
    """The open transition requests of a version; none are left out."""

    requests = fields.List(fields.Nested(RequestActivity))


class OneActivity(Wire):
    """An activity."""

    activity = fields.Nested(Activity, required=True)


class ModelVersionDatabricks(ModelVersion):
    """A model version with the level of whoever asks, and the requests that are open for it."""

    permission_level = fields.String(required=True, metadata=LEVEL)
    open_requests = fields.List(fields.Nested(RequestActivity))


class OneVersionDatabricks(Wire):
    """A version, under the name that the SDK looks for it by now, and under the one of old lines."""

    model_version_databricks = fields.Nested(ModelVersionDatabricks, required=True)
    model_version = fields.Nested(ModelVersionDatabricks, required=True)
