"""Native calls on trusted publishers: those of administrators, and those of a model.

A publisher is written {id, name, issuer, claims: {name: pattern}, service_account, model, pattern, scopes: [word],
targets: [stage or @alias] or null, created_at, created_by, revoked_at}: it is for one `model` or for all whose names
match the `pattern`, and the other is null.
"""

from typing import Any

from flask import current_app
from marshmallow import Schema, fields, validate
from sqlalchemy.orm import Session

from assent.access.policy.principals import Principal
from assent.access.publishing import publishers
from assent.access.publishing.claims import LONGEST_ISSUER, MOST_CLAIMS
from assent.access.publishing.publishers import Terms
from assent.api.face import api
from assent.api.fields import AT, SCOPES, TARGETS, limits_of, name_of, scopes, storable, targets
from assent.api.schemas import After, EmptyObject
from assent.http.calls import Uses
from assent.kernel.dialects import Reader
from assent.kernel.patterns import LONGEST
from assent.registry import permissions, publishing

_PUBLISHERS = "/publishers"
_OF_MODEL = "/models/<name>/publishers"
_CLAIMS = {"example": {"repository": "acme/fraud", "environment": "production"}}
_ISSUER = {"example": "https://token.actions.githubusercontent.com"}


class Publisher(Schema):
    """Whose tokens are exchanged: those of the issuer that make these claims act as the service account."""

    id = fields.Integer(required=True, metadata={"example": 7})
    name = fields.String(required=True, metadata={"example": "release of fraud"})
    issuer = fields.String(required=True, metadata=_ISSUER)
    claims = fields.Dict(fields.String(), fields.String(), required=True, metadata=_CLAIMS)
    service_account = fields.String(required=True, metadata={"example": "ci"})
    model = fields.String(required=True, allow_none=True, metadata={"example": "fraud"})
    pattern = fields.String(required=True, allow_none=True, metadata={"example": "fraud-*"})
    scopes = fields.List(fields.String(), required=True, metadata=SCOPES)
    targets = fields.List(fields.String(), required=True, allow_none=True, metadata=TARGETS)
    created_at = fields.Integer(required=True, metadata=AT)
    created_by = fields.String(required=True, allow_none=True, metadata={"example": "alice"})
    revoked_at = fields.Integer(required=True, allow_none=True, metadata={"example": None})


class Publishers(Schema):
    """Publishers that are not revoked, at most 1,000 of a page."""

    publishers = fields.List(fields.Nested(Publisher), required=True)


class NewPublisherOfModel(Schema):
    """Whose tokens to exchange for what, with one model; `*` and `?` in a claim are wild cards."""

    publisher = name_of("release of fraud", data_key="name", required=True)
    issuer = fields.String(required=True, validate=[validate.Length(1, LONGEST_ISSUER), storable], metadata=_ISSUER)
    claims = fields.Dict(
        fields.String(), fields.String(), required=True, validate=validate.Length(1, MOST_CLAIMS), metadata=_CLAIMS
    )
    service_account = name_of("ci", required=True)
    scopes = scopes(required=True)
    targets = targets()


class NewPublisher(NewPublisherOfModel):
    """Whose tokens to exchange for what, with all models whose names match the pattern."""

    pattern = fields.String(
        required=True, validate=[validate.Length(1, LONGEST), storable], metadata={"example": "fraud-*"}
    )


@api.call("GET", _PUBLISHERS, takes=After(), gives=Publishers(), errors=(403,), uses=Uses.READS)
def list_publishers(session: Reader, after: int, *, by: Principal) -> dict[str, Any]:
    """List the trusted publishers, those of single models too."""
    return {"publishers": [each._asdict() for each in publishing.every(session, after=after, by=by)]}


@api.call("POST", _PUBLISHERS, takes=NewPublisher(), gives=Publisher(), errors=(403, 404, 409))
def create_publisher(session: Session, publisher: str, *, by: Principal, **said: Any) -> dict[str, Any]:
    """Exchange the tokens of an issuer that make some claims for tokens of a service account, within limits."""
    made = publishers.create(session, publisher, _terms(session, **said), by=by)
    return publishing.known(session, made)._asdict()


@api.call("GET", f"{_PUBLISHERS}/<int:number>", gives=Publisher(), errors=(403, 404), uses=Uses.READS)
def read_publisher(session: Reader, number: int, *, by: Principal) -> dict[str, Any]:
    """Get a trusted publisher, a revoked one too."""
    return publishing.seen(session, number, by=by)._asdict()


@api.call("DELETE", f"{_PUBLISHERS}/<int:number>", gives=EmptyObject(), errors=(403, 404))
def revoke_publisher(session: Session, number: int, *, by: Principal) -> dict[str, Any]:
    """Trust a publisher no more, and end the tokens that were got through it."""
    publishing.revoke(session, number, by=by)
    return {}


@api.call("GET", _OF_MODEL, takes=After(), gives=Publishers(), errors=(400, 403, 404), uses=Uses.READS)
def list_publishers_of_model(session: Reader, name: str, after: int, *, by: Principal) -> dict[str, Any]:
    """List the trusted publishers of one model. Its managers and auditors may."""
    model = permissions.named(session, name, by=by)
    return {"publishers": [each._asdict() for each in publishing.of_model(session, model, after=after, by=by)]}


@api.call("POST", _OF_MODEL, takes=NewPublisherOfModel(), gives=Publisher(), errors=(403, 404, 409))
def create_publisher_of_model(
    session: Session, name: str, publisher: str, *, by: Principal, **said: Any
) -> dict[str, Any]:
    """Exchange tokens of an issuer for tokens of a service account, for one model and whatever it will be called.

    Its managers may, for the issuers that the server is set up with, for a service account that was granted
    something on the model, and for all scopes but `decide`. It holds while they could do the same again.
    """
    model = permissions.named(session, name, by=by)
    issuers = current_app.config["PUBLISHER_ISSUERS"]
    made = publishing.for_model(session, model, publisher, _terms(session, **said), issuers=issuers, by=by)
    return publishing.known(session, made)._asdict()


@api.call("DELETE", f"{_OF_MODEL}/<int:number>", gives=EmptyObject(), errors=(400, 403, 404))
def revoke_publisher_of_model(session: Session, name: str, number: int, *, by: Principal) -> dict[str, Any]:
    """Trust a publisher of one model no more, and end the tokens that were got through it. Its managers may."""
    model = permissions.named(session, name, by=by)
    publishing.revoke_of_model(session, model, number, by=by)
    return {}


def _terms(
    session: Session,
    *,
    issuer: str,
    claims: dict[str, str],
    service_account: str,
    scopes: list[str],
    targets: list[str] | None,
    pattern: str | None = None,
) -> Terms:
    return Terms(issuer, claims, service_account, limits_of(session, scopes, pattern, targets))
