"""What the native calls take and give. Times are milliseconds since 1970."""

from marshmallow import Schema, fields, validate

_AT = {"example": 1795408000000}


class Describe(Schema):
    """A new description, of the revision that the editor saw."""

    description = fields.String(required=True, validate=validate.Length(max=5000), metadata={"example": "Buys."})
    revision = fields.Integer(
        required=True, strict=True, validate=validate.Range(1, 2**31 - 1), metadata={"example": 1}
    )


class EmptyObject(Schema):
    """An empty object. A page of another site cannot send JSON in its reader's name, so every change asks for it."""


class Restore(Schema):
    """The name to restore a model under, where its own was taken."""

    name = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 256))


class After(Schema):
    """Where a page of a list begins: after this id or number."""

    after = fields.Integer(load_default=0, validate=validate.Range(0, 2**31 - 1))


class Version(Schema):
    """A model version."""

    model = fields.String(required=True, metadata={"example": "Ecommerce Model"})
    number = fields.Integer(required=True, metadata={"example": 1})
    stage = fields.String(required=True, metadata={"example": "Staging"})
    aliases = fields.List(fields.String(metadata={"example": "champion"}), required=True)
    tags = fields.Dict(fields.String(), fields.String(), required=True, metadata={"example": {"validated": "yes"}})
    description = fields.String(required=True, metadata={"example": "Buys."})
    revision = fields.Integer(required=True, metadata={"example": 1})
    source = fields.String(required=True, metadata={"example": "s3://models/churn/1"})
    download_uri = fields.String(required=True, metadata={"example": "s3://models/churn/1"})
    run_id = fields.String(required=True, metadata={"example": "0123456789abcdef0123456789abcdef"})
    run_link = fields.String(required=True, metadata={"example": ""})
    logged_model_id = fields.String(required=True, metadata={"example": ""})
    registered_at = fields.Integer(required=True, metadata=_AT)
    registered_by = fields.String(required=True, metadata={"example": "alice"})
    last_updated_at = fields.Integer(required=True, metadata=_AT)


class BriefVersion(Version):
    """A version, how far the capture of its run got, and the digest of its artifacts; null where there is none."""

    snapshot = fields.String(required=True, allow_none=True, metadata={"example": "captured"})
    artifact_digest = fields.String(required=True, allow_none=True, metadata={"example": "sha256:204a…"})


class Model(Schema):
    """A registered model, with the highest version of each stage."""

    id = fields.Integer(required=True, metadata={"example": 7})
    name = fields.String(required=True, metadata={"example": "Ecommerce Model"})
    description = fields.String(required=True, metadata={"example": "Buys."})
    revision = fields.Integer(required=True, metadata={"example": 1})
    tags = fields.Dict(fields.String(), fields.String(), required=True, metadata={"example": {"team": "shop"}})
    aliases = fields.Dict(fields.String(), fields.Integer(), required=True, metadata={"example": {"champion": 1}})
    latest_versions = fields.List(fields.Nested(Version), required=True)
    created_at = fields.Integer(required=True, metadata=_AT)
    created_by = fields.String(required=True, metadata={"example": "alice"})
    last_updated_at = fields.Integer(required=True, metadata=_AT)


class Interval(Schema):
    """Something that held from a moment on, until another or, null, until now."""

    what = fields.String(required=True, metadata={"example": "Production"})
    version = fields.Integer(required=True, allow_none=True, metadata={"example": 1})
    valid_from = fields.Integer(required=True, metadata=_AT)
    valid_until = fields.Integer(required=True, allow_none=True, metadata={"example": 1795409000000})
    by = fields.String(required=True, metadata={"example": "alice"})


class History(Schema):
    """Names, stages and aliases, each from when until when, oldest first."""

    names = fields.List(fields.Nested(Interval), required=True)
    stages = fields.List(fields.Nested(Interval), required=True)
    aliases = fields.List(fields.Nested(Interval), required=True)


class Deleted(Schema):
    """A deleted model, or a deleted version of a live model."""

    id = fields.Integer(required=True, metadata={"example": 7})
    name = fields.String(required=True, metadata={"example": "Ecommerce Model"})
    number = fields.Integer(required=True, allow_none=True, metadata={"example": 1})
    deleted_at = fields.Integer(required=True, metadata=_AT)


class AllDeleted(Schema):
    """What is deleted, at most 1,000 of a page."""

    deleted = fields.List(fields.Nested(Deleted), required=True)


class Me(Schema):
    """Who is asking, and what the token that they showed lets through: null is no limit."""

    name = fields.String(required=True, metadata={"example": "alice"})
    kind = fields.String(required=True, metadata={"example": "user"})
    administrator = fields.Boolean(required=True, metadata={"example": False})
    scopes = fields.List(
        fields.String(metadata={"example": "read"}), required=True, allow_none=True, metadata={"example": ["read"]}
    )
    pattern = fields.String(required=True, allow_none=True, metadata={"example": "churn-*"})
    targets = fields.List(
        fields.String(metadata={"example": "Staging"}),
        required=True,
        allow_none=True,
        metadata={"example": ["Staging"]},
    )
