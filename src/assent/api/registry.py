"""Native calls on models and versions: what MLflow's protocol has no words for."""

from typing import Any

from sqlalchemy.orm import Session

from assent.access.policy.principals import Principal
from assent.api import answers
from assent.api import schemas as s
from assent.api.face import api
from assent.governance import moves
from assent.http.calls import Uses
from assent.http.renames import follows_renames
from assent.kernel.dialects import Reader
from assent.lineage.runs import reading as captured
from assent.registry import history, models, reading, versions

_MODEL = "/models/<name>"
_VERSION = "/models/<name>/versions/<int:number>"


@api.call("GET", "/me", gives=s.Me(), uses=Uses.READS)
def who_am_i(session: Reader, *, by: Principal) -> dict[str, Any]:  # noqa: ARG001 (as every call)
    """Tell who is asking."""
    return answers.principal(by)


@api.call("GET", _MODEL, gives=s.Model(), errors=(400, 404), uses=Uses.READS, redirects=True)
@follows_renames
def read_model(session: Reader, name: str, *, by: Principal) -> dict[str, Any]:
    """Get a model. A former name redirects, until somebody takes it."""
    return answers.model(reading.model(session, name, by=by))


@api.call("PATCH", _MODEL, takes=s.Describe(), gives=s.Model(), errors=(400, 403, 404, 409))
def describe_model(session: Session, name: str, description: str, revision: int, *, by: Principal) -> dict[str, Any]:
    """Replace the description of a model, unless somebody changed it since the revision that was seen."""
    return answers.model(models.describe(session, name, description, revision=revision, by=by))


@api.call("GET", f"{_MODEL}/history", gives=s.History(), errors=(400, 404), uses=Uses.READS, redirects=True)
@follows_renames
def read_model_history(session: Reader, name: str, *, by: Principal) -> dict[str, Any]:
    """Get the names a model had, and which of its versions held which stage and alias from when until when."""
    return answers.history(history.of_model(session, name, by=by))


@api.call(
    "GET",
    f"{_MODEL}/deleted-versions",
    takes=s.After(),
    gives=s.AllDeleted(),
    errors=(404,),
    uses=Uses.READS,
    redirects=True,
)
@follows_renames
def list_deleted_versions(session: Reader, name: str, after: int, *, by: Principal) -> dict[str, Any]:
    """List the deleted versions of a model."""
    return {"deleted": [each._asdict() for each in history.deleted_versions(session, name, after=after, by=by)]}


@api.call("GET", _VERSION, gives=s.BriefVersion(), errors=(400, 404), uses=Uses.READS, redirects=True)
@follows_renames
def read_version(session: Reader, name: str, number: int, *, by: Principal) -> dict[str, Any]:
    """Get a version, with how far the capture of its run got and the digest of its artifacts."""
    found = captured.brief(session, name, number, by=by)
    return answers.version(found.version) | {
        "snapshot": found.snapshot,
        "artifact_digest": found.artifact_digest,
    }


@api.call("PATCH", _VERSION, takes=s.Describe(), gives=s.Version(), errors=(400, 403, 404, 409))
def describe_version(
    session: Session, name: str, number: int, description: str, revision: int, *, by: Principal
) -> dict[str, Any]:
    """Replace the description of a version, unless somebody changed it since the revision that was seen."""
    described = versions.describe(session, name, number, description, revision=revision, by=by)
    return answers.version(described)


@api.call("GET", f"{_VERSION}/history", gives=s.History(), errors=(400, 404), uses=Uses.READS, redirects=True)
@follows_renames
def read_version_history(session: Reader, name: str, number: int, *, by: Principal) -> dict[str, Any]:
    """Get which stages and aliases a version held, from when until when."""
    return answers.history(history.of_version(session, name, number, by=by))


@api.call("POST", f"{_VERSION}/restore", takes=s.EmptyObject(), gives=s.Version(), errors=(400, 403, 404, 409))
def restore_version(session: Session, name: str, number: int, *, by: Principal) -> dict[str, Any]:
    """Bring a deleted version back, in the stage None and without aliases."""
    return answers.version(moves.restore_version(session, name, number, by=by))


@api.call("GET", "/deleted-models", takes=s.After(), gives=s.AllDeleted(), errors=(403,), uses=Uses.READS)
def list_deleted_models(session: Reader, after: int, *, by: Principal) -> dict[str, Any]:
    """List the deleted models."""
    return {"deleted": [each._asdict() for each in history.deleted_models(session, after=after, by=by)]}


@api.call(
    "POST",
    "/deleted-models/<int:model_id>/restore",
    takes=s.Restore(),
    gives=s.Model(),
    errors=(400, 403, 404, 409),
)
def restore_model(session: Session, model_id: int, name: str | None, *, by: Principal) -> dict[str, Any]:
    """Bring a deleted model back with the versions that went with it, under its name or another."""
    return answers.model(moves.restore_model(session, model_id, new_name=name, by=by))
