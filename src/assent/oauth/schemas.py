"""What the calls take and give, in OAuth's names."""

from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from assent.access.policy.levels import Scope

ALL = "all-apis"
TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"  # noqa: S105 (a name of RFC 8693)
CLIENT_CREDENTIALS = "client_credentials"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105 (likewise)
SUBJECT_TOKENS = ("urn:ietf:params:oauth:token-type:jwt", "urn:ietf:params:oauth:token-type:id_token")

_URL = "https://models.example.com"


def _printable(text: str) -> None:
    if not text.isprintable():
        raise ValidationError("It holds characters that cannot be printed.")


def _text(longest: int, example: str, **more: Any) -> fields.String:
    return fields.String(validate=[validate.Length(max=longest), _printable], metadata={"example": example}, **more)


class TokenRequest(Schema):
    """What is shown: the token of a CI, or the id and a token of a service account."""

    class Meta:
        """Parameters that nobody knows are ignored."""

        unknown = EXCLUDE

    grant_type = _text(100, TOKEN_EXCHANGE, required=True)
    subject_token = fields.String(metadata={"example": "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL2kifQ.c2ln"})
    subject_token_type = _text(100, SUBJECT_TOKENS[0])
    requested_token_type = _text(100, ACCESS_TOKEN)
    actor_token = fields.String()
    scope = _text(1000, ALL)
    client_id = _text(256, "ci")
    client_secret = fields.String()


class Issued(Schema):
    """The token that was got."""

    access_token = fields.String(required=True, metadata={"example": "assent_…"})
    issued_token_type = fields.String(required=True, metadata={"example": ACCESS_TOKEN})
    token_type = fields.String(required=True, metadata={"example": "Bearer"})
    expires_in = fields.Integer(required=True, metadata={"example": 900})
    scope = fields.String(required=True, metadata={"example": "read register"})


class DatabricksConfig(Schema):
    """What Databricks' clients ask a server before all else."""

    oidc_endpoint = fields.String(required=True, metadata={"example": f"{_URL}/oidc"})
    workspace_id = fields.String(required=True, metadata={"example": "1"})
    token_federation_default_oidc_audiences = fields.List(
        fields.String(metadata={"example": _URL}), required=True, metadata={"example": [_URL]}
    )


class AuthorizationServer(Schema):
    """Where tokens are got and how, as RFC 8414 writes it."""

    issuer = fields.String(required=True, metadata={"example": f"{_URL}/oidc"})
    authorization_endpoint = fields.String(required=True, metadata={"example": f"{_URL}/oidc/v1/authorize"})
    token_endpoint = fields.String(required=True, metadata={"example": f"{_URL}/oidc/v1/token"})
    response_types_supported = fields.List(fields.String(), required=True, metadata={"example": []})
    grant_types_supported = fields.List(fields.String(metadata={"example": TOKEN_EXCHANGE}), required=True)
    token_endpoint_auth_methods_supported = fields.List(
        fields.String(metadata={"example": "client_secret_basic"}), required=True
    )
    scopes_supported = fields.List(fields.String(metadata={"example": Scope.READ.value}), required=True)
