"""What Databricks' calls take and give."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from marshmallow import ValidationError, fields, post_load, validate

from assent.access.policy.levels import Level
from assent.http.wire.fields import Text, Wire, missing
from assent.http.wire.schemas import RegisteredModel

# Who may be granted something, and the kinds that they are of here.
PRINCIPALS = {"user_name": "user", "group_name": "group", "service_principal_name": "service_account"}

# What each level of this protocol lets somebody do; there is no word in it for NO_PERMISSIONS.
LEVELS: Mapping[Level, str] = {
    Level.CAN_READ: "See the model, its versions and their history.",
    Level.CAN_EDIT: "Add versions, edit descriptions and tags, set aliases; and all of CAN_READ.",
    Level.CAN_MANAGE_STAGING_VERSIONS: "Move versions between stages but for Production; and all of CAN_EDIT.",
    Level.CAN_MANAGE_PRODUCTION_VERSIONS: "Move versions between all stages; and all of CAN_EDIT.",
    Level.CAN_MANAGE: "Rename, delete, restore and grant; and all of CAN_MANAGE_PRODUCTION_VERSIONS.",
}

# Each entry is some statements, for which on SQLite everybody who writes waits.
_MOST_ENTRIES = 1000

LEVEL: dict[str, Any] = {"enum": [level.value for level in LEVELS], "example": "CAN_EDIT"}


class Wanted(NamedTuple):
    """A level that somebody shall have."""

    kind: str
    name: str
    level: Level


class OfModel(Wire):
    """Names a model."""

    name = Text(required=True, metadata={"example": "Ecommerce Model"})


class AccessControl(Wire):
    """A level for one user, group or service account."""

    error_messages = {"type": "access_control_list must be a list of objects."}  # noqa: RUF012 (marshmallow's)

    user_name = Text(metadata={"example": "alice"})
    group_name = Text()
    service_principal_name = Text()
    permission_level = Text(required=True, error_messages={"required": missing("permission_level")}, metadata=LEVEL)

    @post_load
    def wanted(self, data: Mapping[str, str], **_: Any) -> Wanted:
        """The one who is named, and the level."""
        named = [(kind, data[key]) for key, kind in PRINCIPALS.items() if data.get(key)]
        if len(named) != 1:
            raise ValidationError(f"Name one of {', '.join(PRINCIPALS)} in each entry of access_control_list.")
        if data["permission_level"] not in set(LEVELS):
            raise ValidationError(
                f"Invalid permission_level '{data['permission_level'][:100]}'. It must be one of {', '.join(LEVELS)}."
            )
        return Wanted(*named[0], Level(data["permission_level"]))


class AccessControls(Wire):
    """Levels for some; none of them is no entry."""

    wanted = fields.List(
        fields.Nested(AccessControl),
        data_key="access_control_list",
        load_default=list,
        validate=validate.Length(max=_MOST_ENTRIES, error="access_control_list holds at most {max} entries."),
        error_messages={"invalid": "access_control_list must be a list of objects."},
    )


class GrantedLevel(Wire):
    """A level, and where it comes from: the whole registry or a pattern of names, unless it is the model's own."""

    permission_level = fields.String(required=True, metadata=LEVEL)
    inherited = fields.Boolean(required=True, metadata={"example": False})
    inherited_from_object = fields.List(fields.String(metadata={"example": "/registered-models/"}))


class AccessControlled(Wire):
    """All levels of one user, group or service account."""

    user_name = fields.String()
    group_name = fields.String()
    service_principal_name = fields.String()
    display_name = fields.String(required=True, metadata={"example": "alice"})
    all_permissions = fields.List(fields.Nested(GrantedLevel), required=True)


class ModelPermissions(Wire):
    """The levels that are granted on a model, on patterns of names that match it, and on the whole registry."""

    object_id = fields.String(required=True, metadata={"example": "/registered-models/7"})
    object_type = fields.String(required=True, metadata={"example": "registered-model"})
    access_control_list = fields.List(fields.Nested(AccessControlled), required=True)


class LevelTold(Wire):
    """A level, and what it lets somebody do."""

    permission_level = fields.String(required=True, metadata=LEVEL)
    description = fields.String(required=True, metadata={"example": LEVELS[Level.CAN_EDIT]})


class LevelsTold(Wire):
    """The levels that can be granted on a model."""

    permission_levels = fields.List(fields.Nested(LevelTold), required=True)


class ModelDatabricks(RegisteredModel):
    """A registered model with its id, and the level of whoever asks."""

    id = fields.String(required=True, metadata={"example": "7"})
    permission_level = fields.String(required=True, metadata=LEVEL)


class OneModelDatabricks(Wire):
    """A model."""

    registered_model_databricks = fields.Nested(ModelDatabricks, required=True)


class Complex(Wire):
    """A value, and how it is shown."""

    value = fields.String(required=True, metadata={"example": "3"})
    display = fields.String(required=True, metadata={"example": "reviewers"})


class Email(Wire):
    """An address."""

    value = fields.String(required=True, metadata={"example": "alice@example.org"})
    type = fields.String(required=True, metadata={"example": "work"})
    primary = fields.Boolean(required=True, metadata={"example": True})


class ScimUser(Wire):
    """Whoever asks, as SCIM writes users."""

    schemas = fields.List(fields.String(), required=True)
    id = fields.String(required=True, metadata={"example": "2"})
    user_name = fields.String(required=True, data_key="userName", metadata={"example": "alice"})
    display_name = fields.String(required=True, data_key="displayName", metadata={"example": "alice"})
    active = fields.Boolean(required=True, metadata={"example": True})
    emails = fields.List(fields.Nested(Email), required=True)
    groups = fields.List(fields.Nested(Complex), required=True)


class ErrorInfo(Wire):
    """Why something was denied, for programs: google.rpc.ErrorInfo."""

    type = fields.String(required=True, data_key="@type")
    reason = fields.String(required=True, metadata={"example": "RIGHT_LACKING"})
    domain = fields.String(required=True, metadata={"example": "assent"})
    metadata = fields.Dict(fields.String(), fields.String(), required=True)


class ErrorWithDetails(Wire):
    """What went wrong."""

    error_code = fields.String(required=True, metadata={"example": "PERMISSION_DENIED"})
    message = fields.String(required=True, metadata={"example": "bob lacks the right registered_model:grant."})
    details = fields.List(fields.Nested(ErrorInfo), required=True)
