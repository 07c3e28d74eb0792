"""MLflow's registry protocol, under all prefixes that its clients know."""

from assent.audit.actions import Action
from security.way import Reason, beside, by_face

_way = by_face("mlflow")
_MODEL = {"name": "{model}"}
_VERSION = {"name": "{model}", "version": "1"}

# As somebody might write a stage or an alias, so that it is one and does not look like it.
LOOKALIKES = (
    *("Production", "production", "PRODUCTION", "Production ", " Production", "\tProduction", "Production\u200b"),
    *(
        "\u03a1roduction",
        "Prod\u00b5ction",
        "Productio\uff4e",
        "\uff30\uff32\uff2f\uff24\uff35\uff23\uff34\uff29\uff2f\uff2e",
    ),
    *("@champion", "production\u0307", "Production\n", "None/Production", "Production\u0000"),
)
ALIASES = ("champion", "champion ", "champion\n", "champion\u200b", "@champion", "champion\u0000")

WAYS = (
    _way("POST", "/registered-models/create", _MODEL, {"name": "{free}", "tags": [{"key": "tier", "value": "x"}]}),
    _way("PATCH", "/registered-models/update", {**_MODEL, "description": "d", "new_name": "{free}", "stage": "x"}),
    _way("POST", "/registered-models/rename", {**_MODEL, "new_name": "{free}"}, told_by=Action.MODEL_RENAMED),
    _way("DELETE", "/registered-models/delete", _MODEL),
    beside("mlflow", "POST", "/registered-models/get-latest-versions", Reason.READS),
    _way(
        *("POST", "/registered-models/set-tag"),
        *({**_MODEL, "key": "tier", "value": value} for value in ("", "low", "Critical", " crit")),
        told_by=Action.MODEL_TAG_SET,
    ),
    _way("DELETE", "/registered-models/delete-tag", {**_MODEL, "key": "tier"}, told_by=Action.MODEL_TAG_DELETED),
    _way("POST", "/registered-models/alias", *({**_VERSION, "alias": alias} for alias in ALIASES)),
    _way("DELETE", "/registered-models/alias", {**_MODEL, "alias": "champion"}),
    _way(
        *("POST", "/model-versions/create"),
        {**_MODEL, "source": "s3://bucket/new", "stage": "Production", "current_stage": "Production"},
        {**_MODEL, "source": "models:/{model}/1", "aliases": ["champion"], "version": "1"},
        {"name": "{other}", "source": "models:/{model}/1"},
    ),
    _way("PATCH", "/model-versions/update", {**_VERSION, "description": "d", "stage": "Production"}),
    _way(
        *("POST", "/model-versions/transition-stage"),
        *({**_VERSION, "stage": stage} for stage in (*LOOKALIKES, "Staging", "Archived")),
        {**_VERSION, "stage": "Production", "archive_existing_versions": True},
    ),
    _way("DELETE", "/model-versions/delete", _VERSION),
    _way("POST", "/model-versions/set-tag", {**_VERSION, "key": "tier", "value": "low"}),
    _way("DELETE", "/model-versions/delete-tag", {**_VERSION, "key": "tier"}),
)
