"""Calls on model versions and their tags."""

from collections.abc import Sequence
from typing import Any

from flask import current_app
from sqlalchemy.orm import Session

from assent.access.policy.principals import Principal
from assent.governance import moves
from assent.http.calls import Uses
from assent.http.wire.schemas import Nothing
from assent.kernel.dialects import Reader
from assent.mlflow import answers
from assent.mlflow import schemas as s
from assent.mlflow.face import mlflow
from assent.registry import reading, tags, versions
from assent.registry.search import finding
from assent.registry.versions import Registration


@mlflow.call("POST", "/model-versions/create", takes=s.CreateVersion(), gives=s.OneVersion(), errors=(400, 403, 404))
def create_model_version(session: Session, name: str, *, by: Principal, **registration: Any) -> dict[str, Any]:
    """Register a version of a model."""
    rules = current_app.config["SOURCE_RULES"]
    registered = versions.register(session, name, Registration(**registration), by=by, rules=rules)
    return answers.one_version(registered)


@mlflow.call(
    "GET",
    "/model-versions/get",
    takes=s.ByVersion(),
    gives=s.OneVersion(),
    errors=(400, 404),
    uses=Uses.READS,
)
def get_model_version(session: Reader, name: str, number: int, *, by: Principal) -> dict[str, Any]:
    """Get a version."""
    return answers.one_version(reading.version_numbered(session, name, number, by=by))


@mlflow.call(
    "PATCH", "/model-versions/update", takes=s.DescribeVersion(), gives=s.OneVersion(), errors=(400, 403, 404)
)
def update_model_version(
    session: Session, name: str, number: int, description: str, *, by: Principal
) -> dict[str, Any]:
    """Replace the description of a version; without one, clear it."""
    return answers.one_version(versions.describe(session, name, number, description, by=by))


@mlflow.call(
    "POST",
    "/model-versions/transition-stage",
    takes=s.TransitionVersion(),
    gives=s.OneVersion(),
    errors=(400, 403, 404),
)
def transition_model_version_stage(
    session: Session, name: str, number: int, stage: str, archive_existing_versions: bool, *, by: Principal
) -> dict[str, Any]:
    """Move a version into a stage."""
    moved = moves.transition(session, name, number, stage, archive_existing=archive_existing_versions, by=by)
    return answers.one_version(moved)


@mlflow.call("DELETE", "/model-versions/delete", takes=s.ByVersion(), gives=Nothing(), errors=(400, 403, 404))
def delete_model_version(session: Session, name: str, number: int, *, by: Principal) -> dict[str, Any]:
    """Delete a version. Its facts and history are kept, and it can be restored."""
    moves.delete_version(session, name, number, by=by)
    return {}


@mlflow.call(
    "GET",
    "/model-versions/search",
    takes=s.SearchVersions(),
    gives=s.PageOfVersions(),
    errors=(400,),
    uses=Uses.READS,
)
def search_model_versions(
    session: Reader,
    filter: str,  # noqa: A002 (MLflow's name)
    max_results: int,
    order_by: Sequence[str],
    page_token: str,
    *,
    by: Principal,
) -> dict[str, Any]:
    """Find versions by name, run, source, number, tags, times, stage, alias or user."""
    page = finding.versions(session, filter, order_by, size=max_results, token=page_token, by=by)
    answer = answers.some_versions(page.found)
    if page.next_token:
        answer["next_page_token"] = page.next_token
    return answer


@mlflow.call(
    "GET",
    "/model-versions/get-download-uri",
    takes=s.ByVersion(),
    gives=s.DownloadUri(),
    errors=(400, 404),
    uses=Uses.READS,
)
def get_model_version_download_uri(session: Reader, name: str, number: int, *, by: Principal) -> dict[str, Any]:
    """Get the address of a version's artifacts."""
    return {"artifact_uri": reading.download_uri(session, name, number, by=by)}


@mlflow.call("POST", "/model-versions/set-tag", takes=s.SetVersionTag(), gives=Nothing(), errors=(400, 403, 404))
def set_model_version_tag(
    session: Session, name: str, number: int, key: str, value: str, *, by: Principal
) -> dict[str, Any]:
    """Set a tag of a version."""
    tags.set_on_version(session, name, number, key, value, by=by)
    return {}


@mlflow.call(
    "DELETE",
    "/model-versions/delete-tag",
    takes=s.DeleteVersionTag(),
    gives=Nothing(),
    errors=(400, 403, 404),
)
def delete_model_version_tag(session: Session, name: str, number: int, key: str, *, by: Principal) -> dict[str, Any]:
    """Delete a tag of a version; one that is not there is no error."""
    tags.delete_from_version(session, name, number, key, by=by)
    return {}
