"""Native calls on deployments, which report what they serve and so that they are there."""

from typing import Any

from marshmallow import Schema, fields, validate
from sqlalchemy.orm import Session

from assent.access.policy.principals import Principal
from assent.api.face import api
from assent.api.fields import AT, storable
from assent.api.schemas import After
from assent.http.calls import Uses
from assent.kernel.dialects import Reader
from assent.lineage.reports import deployments, serving
from assent.lineage.reports.deployments import LONGEST_NAME, LONGEST_URL, MOST_SERVED, Deployed, Report
from assent.lineage.reports.serving import Which
from assent.registry.names import LARGEST_NUMBER
from assent.registry.names import LONGEST_NAME as LONGEST_MODEL

_DEPLOYMENT = "/deployments/<whole:name>"
_MODEL = {"example": "Ecommerce Model"}
_ENVIRONMENT = {"example": "production"}
_URL = {"example": "https://shop.example.com/buys"}


def _model(**more: Any) -> fields.String:
    return fields.String(validate=[validate.Length(1, LONGEST_MODEL), storable], metadata=_MODEL, **more)


def _version(**more: Any) -> fields.Integer:
    return fields.Integer(validate=validate.Range(1, LARGEST_NUMBER), metadata={"example": 1}, **more)


class ServedVersion(Schema):
    """A version that a deployment serves."""

    model = _model(required=True)
    version = _version(required=True)


class NewReport(Schema):
    """All that a deployment serves now, and where it is."""

    environment = fields.String(
        load_default="", validate=[validate.Length(max=LONGEST_NAME), storable], metadata=_ENVIRONMENT
    )
    url = fields.String(load_default="", validate=[validate.Length(max=LONGEST_URL), storable], metadata=_URL)
    serves = fields.List(fields.Nested(ServedVersion), required=True, validate=validate.Length(max=MOST_SERVED))


class Serving(Schema):
    """A version that a deployment serves, since when, and when it said so last; until when, where it has ended."""

    model = fields.String(required=True, metadata=_MODEL)
    version = fields.Integer(required=True, metadata={"example": 1})
    valid_from = fields.Integer(required=True, metadata=AT)
    last_seen_at = fields.Integer(required=True, metadata=AT)
    valid_until = fields.Integer(required=True, allow_none=True, metadata={"example": None})


class Deployment(Schema):
    """A deployment: where it is, who reports it, when it was seen, and what it serves that one may see."""

    id = fields.Integer(required=True, metadata={"example": 7})
    name = fields.String(required=True, metadata={"example": "shop/eu"})
    environment = fields.String(required=True, metadata=_ENVIRONMENT)
    url = fields.String(required=True, metadata=_URL)
    reported_by = fields.String(required=True, metadata={"example": "shop"})
    first_seen_at = fields.Integer(required=True, metadata=AT)
    last_seen_at = fields.Integer(required=True, metadata=AT)
    serves = fields.List(fields.Nested(Serving), required=True)


class DeploymentWithHistory(Deployment):
    """A deployment, and what it served before: the newest 1,000 first."""

    history = fields.List(fields.Nested(Serving), required=True)


class Deployments(Schema):
    """Deployments by id, at most 1,000 of a page."""

    deployments = fields.List(fields.Nested(Deployment), required=True)


class WhichDeployments(After):
    """Those that serve a model, or one version of it; those of an environment; those unseen for milliseconds."""

    model = _model(load_default=None)
    version = _version(load_default=None)
    environment = fields.String(
        load_default=None, validate=[validate.Length(max=LONGEST_NAME), storable], metadata=_ENVIRONMENT
    )
    unseen_for = fields.Integer(load_default=None, validate=validate.Range(0, 2**53), metadata={"example": 3_600_000})


@api.call("PUT", _DEPLOYMENT, takes=NewReport(), gives=Deployment(), errors=(400, 403, 404, 409))
def report_deployment(
    session: Session, name: str, environment: str, url: str, serves: list[dict[str, Any]], *, by: Principal
) -> dict[str, Any]:
    """Report all that a deployment serves now; what it served before and is not named any more has ended.

    Repeated as a sign of life. A deployment belongs to whoever reported it first, and to administrators.
    """
    said = Report(environment, url, [(each["model"], each["version"]) for each in serves])
    return _answer(deployments.report(session, name, said, by=by))


@api.call("GET", "/deployments", takes=WhichDeployments(), gives=Deployments(), errors=(400,), uses=Uses.READS)
def list_deployments(session: Reader, after: int, *, by: Principal, **which: Any) -> dict[str, Any]:
    """List deployments: one's own, and those that serve, or served, versions that one may read."""
    found = serving.listed(session, Which(**which), after=after, by=by)
    return {"deployments": [_answer(each) for each in found]}


@api.call("GET", _DEPLOYMENT, gives=DeploymentWithHistory(), errors=(400, 404), uses=Uses.READS)
def read_deployment(session: Reader, name: str, *, by: Principal) -> dict[str, Any]:
    """Get a deployment with what it serves, and what it served until when."""
    found, history = serving.seen(session, name, by=by)
    return {**_answer(found), "history": [each._asdict() for each in history]}


def _answer(found: Deployed) -> dict[str, Any]:
    return {**found._asdict(), "serves": [each._asdict() for each in found.serves]}
