"""What MLflow's calls take and give."""

from marshmallow import fields

from assent.http.wire.fields import Count, Flag, Number, Tags, Text, Texts, Wire
from assent.http.wire.schemas import ModelVersion, RegisteredModel

LONGEST_PAGE_OF_MODELS = 1000
LONGEST_PAGE_OF_VERSIONS = 200_000


class ByName(Wire):
    """Names a model."""

    name = Text(required=True, metadata={"example": "Ecommerce Model"})


class ByVersion(ByName):
    """Names a version."""

    number = Number(required=True, data_key="version", metadata={"example": "1"})


class ByAlias(ByName):
    """Names an alias of a model."""

    alias = Text(required=True, metadata={"example": "champion"})


class CreateModel(ByName):
    """A new model."""

    tags = Tags()
    description = Text(load_default="", metadata={"maxLength": 5000})


class DescribeModel(ByName):
    """A new description; none clears it."""

    description = Text(load_default="", metadata={"maxLength": 5000})


class RenameModel(ByName):
    """A new name."""

    new_name = Text(required=True, metadata={"example": "Shop Model"})


class LatestVersions(ByName):
    """Some stages of a model; none are all of them."""

    stages = Texts(metadata={"example": ["Production"]})


class SetModelTag(ByName):
    """A tag of a model."""

    key = Text(required=True, metadata={"example": "team"})
    value = Text(load_default="", metadata={"example": "shop"})


class DeleteModelTag(ByName):
    """A key of a model's tags."""

    key = Text(required=True, metadata={"example": "team"})


class SetAlias(ByAlias):
    """A version for an alias to point to."""

    number = Number(required=True, data_key="version", metadata={"example": "1"})


class CreateVersion(ByName):
    """A new version."""

    source = Text(required=True, metadata={"example": "models:/m-4f1c0f6a5b8e4d0f8a3e5c7d9b2a6e10"})
    run_id = Text(load_default="")
    run_link = Text(load_default="")
    logged_model_id = Text(load_default="", data_key="model_id")
    tags = Tags()
    description = Text(load_default="", metadata={"maxLength": 5000})


class DescribeVersion(ByVersion):
    """A new description; none clears it."""

    description = Text(load_default="", metadata={"maxLength": 5000})


class TransitionVersion(ByVersion):
    """A stage for a version to enter."""

    stage = Text(required=True, metadata={"example": "Production"})
    archive_existing_versions = Flag(load_default=False)


class SetVersionTag(ByVersion):
    """A tag of a version."""

    key = Text(required=True, metadata={"example": "validated"})
    value = Text(load_default="", metadata={"example": "yes"})


class DeleteVersionTag(ByVersion):
    """A key of a version's tags."""

    key = Text(required=True, metadata={"example": "validated"})


class SearchModels(Wire):
    """A search for models."""

    filter = Text(load_default="", metadata={"example": "name LIKE 'Ecommerce%' AND tags.team = 'shop'"})
    max_results = Count(most=LONGEST_PAGE_OF_MODELS, default=100)
    order_by = Texts(metadata={"example": ["last_updated_timestamp DESC"]})
    page_token = Text(load_default="")


class ListModels(Wire):
    """A page of all models, as 1.x clients ask for it."""

    max_results = Count(most=LONGEST_PAGE_OF_MODELS, default=100)
    page_token = Text(load_default="")


class SearchVersions(Wire):
    """A search for versions."""

    filter = Text(load_default="", metadata={"example": "name = 'Ecommerce Model' AND current_stage = 'Staging'"})
    max_results = Count(most=LONGEST_PAGE_OF_VERSIONS, default=LONGEST_PAGE_OF_VERSIONS)
    order_by = Texts(metadata={"example": ["version_number DESC"]})
    page_token = Text(load_default="")


class OneModel(Wire):
    """A model."""

    registered_model = fields.Nested(RegisteredModel, required=True)


class OneVersion(Wire):
    """A version."""

    model_version = fields.Nested(ModelVersion, required=True)


class Versions(Wire):
    """Versions; none are left out."""

    model_versions = fields.List(fields.Nested(ModelVersion))


class PageOfModels(Wire):
    """Models, and where the next page begins if there is one."""

    registered_models = fields.List(fields.Nested(RegisteredModel))
    next_page_token = fields.String()


class PageOfVersions(Versions):
    """Versions, and where the next page begins if there is one."""

    next_page_token = fields.String()


class DownloadUri(Wire):
    """Where the artifacts of a version are."""

    artifact_uri = fields.String(required=True, metadata={"example": "s3://models/churn/1"})
