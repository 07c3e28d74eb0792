"""What both protocols give."""

from marshmallow import fields

from assent.http.wire.fields import Tag, Wire


class AliasOfModel(Wire):
    """An alias, and the number of the version it points to."""

    alias = fields.String(required=True, metadata={"example": "champion"})
    version = fields.String(required=True, metadata={"example": "1"})


class ModelVersion(Wire):
    """A model version. Times are milliseconds since 1970. What is not set is left out."""

    name = fields.String(required=True, metadata={"example": "Ecommerce Model"})
    version = fields.String(required=True, metadata={"example": "1"})
    creation_timestamp = fields.Integer(required=True, metadata={"example": 1795408000000})
    last_updated_timestamp = fields.Integer(required=True, metadata={"example": 1795408000000})
    user_id = fields.String(required=True, metadata={"example": "alice"})
    current_stage = fields.String(required=True, metadata={"example": "Staging"})
    description = fields.String()
    source = fields.String(required=True, metadata={"example": "models:/m-4f1c0f6a5b8e4d0f8a3e5c7d9b2a6e10"})
    run_id = fields.String()
    run_link = fields.String(required=True, metadata={"example": ""})
    model_id = fields.String()
    status = fields.String(required=True, metadata={"enum": ["READY"], "example": "READY"})
    tags = fields.List(fields.Nested(Tag))
    aliases = fields.List(fields.String())


class RegisteredModel(Wire):
    """A registered model, with the highest version of each stage. What is not set is left out."""

    name = fields.String(required=True, metadata={"example": "Ecommerce Model"})
    creation_timestamp = fields.Integer(required=True, metadata={"example": 1795408000000})
    last_updated_timestamp = fields.Integer(required=True, metadata={"example": 1795408000000})
    user_id = fields.String(required=True, metadata={"example": "alice"})
    description = fields.String()
    latest_versions = fields.List(fields.Nested(ModelVersion))
    tags = fields.List(fields.Nested(Tag))
    aliases = fields.List(fields.Nested(AliasOfModel))


class Nothing(Wire):
    """An empty object."""


class Error(Wire):
    """What went wrong."""

    error_code = fields.String(required=True, metadata={"example": "RESOURCE_DOES_NOT_EXIST"})
    message = fields.String(required=True, metadata={"example": "Registered Model with name=x not found"})
