"""Calls on registered models, their tags and their aliases."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from assent.access.policy.principals import Principal
from assent.governance import moves, naming
from assent.http.calls import Uses
from assent.http.wire.answers import registered_model
from assent.http.wire.schemas import Nothing
from assent.kernel.dialects import Reader
from assent.mlflow import answers
from assent.mlflow import schemas as s
from assent.mlflow.face import mlflow
from assent.registry import models, reading
from assent.registry.search import finding
from assent.registry.search.cutting import Page
from assent.registry.views import Model


@mlflow.call("POST", "/registered-models/create", takes=s.CreateModel(), gives=s.OneModel(), errors=(400, 403))
def create_registered_model(
    session: Session, name: str, tags: Mapping[str, str], description: str, *, by: Principal
) -> dict[str, Any]:
    """Create a registered model."""
    return answers.one_model(models.create(session, name, tags=tags, description=description, by=by))


@mlflow.call(
    "GET", "/registered-models/get", takes=s.ByName(), gives=s.OneModel(), errors=(400, 404), uses=Uses.READS
)
def get_registered_model(session: Reader, name: str, *, by: Principal) -> dict[str, Any]:
    """Get a registered model with its latest versions."""
    return answers.one_model(reading.model(session, name, by=by))


@mlflow.call(
    "PATCH", "/registered-models/update", takes=s.DescribeModel(), gives=s.OneModel(), errors=(400, 403, 404)
)
def update_registered_model(session: Session, name: str, description: str, *, by: Principal) -> dict[str, Any]:
    """Replace the description of a model; without one, clear it."""
    return answers.one_model(models.describe(session, name, description, by=by))


@mlflow.call("POST", "/registered-models/rename", takes=s.RenameModel(), gives=s.OneModel(), errors=(400, 403, 404))
def rename_registered_model(session: Session, name: str, new_name: str, *, by: Principal) -> dict[str, Any]:
    """Rename a model; the old name is free at once."""
    return answers.one_model(naming.rename(session, name, new_name, by=by))


@mlflow.call("DELETE", "/registered-models/delete", takes=s.ByName(), gives=Nothing(), errors=(400, 403, 404))
def delete_registered_model(session: Session, name: str, *, by: Principal) -> dict[str, Any]:
    """Delete a model with its versions. Its history is kept, and it can be restored."""
    moves.delete_model(session, name, by=by)
    return {}


@mlflow.call(
    "GET",
    "/registered-models/search",
    takes=s.SearchModels(),
    gives=s.PageOfModels(),
    errors=(400,),
    uses=Uses.READS,
)
def search_registered_models(
    session: Reader,
    filter: str,  # noqa: A002 (MLflow's name)
    max_results: int,
    order_by: Sequence[str],
    page_token: str,
    *,
    by: Principal,
) -> dict[str, Any]:
    """Find models by name, tags, times, owner, or the stage or alias that one of their versions holds."""
    return _page(finding.models(session, filter, order_by, size=max_results, token=page_token, by=by))


@mlflow.call(
    "GET",
    "/registered-models/list",
    takes=s.ListModels(),
    gives=s.PageOfModels(),
    errors=(400,),
    uses=Uses.READS,
)
def list_registered_models(session: Reader, max_results: int, page_token: str, *, by: Principal) -> dict[str, Any]:
    """List all models, as clients of MLflow 1.x do."""
    return _page(finding.models(session, "", [], size=max_results, token=page_token, by=by))


def get_latest_versions(session: Reader, name: str, stages: Sequence[str], *, by: Principal) -> dict[str, Any]:
    """Get the highest version of a model in each of some stages, or in every stage."""
    return answers.some_versions(reading.latest_versions(session, name, stages, by=by))


for _method in ("GET", "POST"):
    mlflow.call(
        _method,
        "/registered-models/get-latest-versions",
        takes=s.LatestVersions(),
        gives=s.Versions(),
        errors=(400, 404),
        uses=Uses.READS,
    )(get_latest_versions)


@mlflow.call("POST", "/registered-models/set-tag", takes=s.SetModelTag(), gives=Nothing(), errors=(400, 403, 404))
def set_registered_model_tag(session: Session, name: str, key: str, value: str, *, by: Principal) -> dict[str, Any]:
    """Set a tag of a model."""
    naming.set_tag(session, name, key, value, by=by)
    return {}


@mlflow.call(
    "DELETE",
    "/registered-models/delete-tag",
    takes=s.DeleteModelTag(),
    gives=Nothing(),
    errors=(400, 403, 404),
)
def delete_registered_model_tag(session: Session, name: str, key: str, *, by: Principal) -> dict[str, Any]:
    """Delete a tag of a model; one that is not there is no error."""
    naming.delete_tag(session, name, key, by=by)
    return {}


@mlflow.call("POST", "/registered-models/alias", takes=s.SetAlias(), gives=Nothing(), errors=(400, 403, 404))
def set_registered_model_alias(
    session: Session, name: str, alias: str, number: int, *, by: Principal
) -> dict[str, Any]:
    """Let an alias point to a version."""
    moves.point_alias(session, name, alias, number, by=by)
    return {}


@mlflow.call("DELETE", "/registered-models/alias", takes=s.ByAlias(), gives=Nothing(), errors=(400, 403, 404))
def delete_registered_model_alias(session: Session, name: str, alias: str, *, by: Principal) -> dict[str, Any]:
    """Let an alias point nowhere; an unknown one is no error."""
    moves.remove_alias(session, name, alias, by=by)
    return {}


@mlflow.call(
    "GET",
    "/registered-models/alias",
    takes=s.ByAlias(),
    gives=s.OneVersion(),
    errors=(400, 404),
    uses=Uses.READS,
)
def get_model_version_by_alias(session: Reader, name: str, alias: str, *, by: Principal) -> dict[str, Any]:
    """Get the version that an alias points to; `latest` is the highest number."""
    return answers.one_version(reading.version_by_alias(session, name, alias, by=by))


def _page(page: Page[Model]) -> dict[str, Any]:
    answer: dict[str, Any] = {}
    if page.found:
        answer["registered_models"] = [registered_model(found) for found in page.found]
    if page.next_token:
        answer["next_page_token"] = page.next_token
    return answer
