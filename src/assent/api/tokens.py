"""Native calls on tokens."""

from typing import Any

from marshmallow import Schema, fields
from sqlalchemy.orm import Session

from assent.access.credentials import tokens
from assent.access.credentials.tokens import Known
from assent.access.people import accounts
from assent.access.policy.principals import Principal
from assent.api.face import api
from assent.api.fields import AT, SCOPES, TARGETS, limits_of, name_of, pattern, scopes, targets
from assent.api.schemas import After, EmptyObject
from assent.http.calls import Uses
from assent.kernel.dialects import Reader


class Token(Schema):
    """A token without its secret. Null is no limit; `ended` tells whether it lets nobody in any more."""

    id = fields.Integer(required=True, metadata={"example": 7})
    account = fields.String(required=True, metadata={"example": "ci"})
    label = fields.String(required=True, metadata={"example": "nightly build"})
    scopes = fields.List(fields.String(), required=True, allow_none=True, metadata=SCOPES)
    pattern = fields.String(required=True, allow_none=True, metadata={"example": "churn-*"})
    targets = fields.List(fields.String(), required=True, allow_none=True, metadata=TARGETS)
    created_at = fields.Integer(required=True, metadata=AT)
    expires_at = fields.Integer(required=True, allow_none=True, metadata=AT)
    revoked_at = fields.Integer(required=True, allow_none=True, metadata=AT)
    last_used_at = fields.Integer(required=True, allow_none=True, metadata=AT)
    ended = fields.Boolean(required=True, metadata={"example": False})


class Tokens(Schema):
    """Tokens, oldest first, at most 1,000 of a page."""

    tokens = fields.List(fields.Nested(Token), required=True)


class SecretToken(Token):
    """A new token, and its secret, which cannot be had again."""

    secret = fields.String(required=True, metadata={"example": "assent_…"})


class WhichTokens(After):
    """Whose tokens: one's own, unless an administrator names somebody. Those that have ended, if asked for."""

    account = name_of("ci", load_default=None, data_key="for")
    ended = fields.Boolean(load_default=False)


class NewToken(Schema):
    """A token for oneself or, by an administrator, for anybody. What is left out is no limit."""

    label = fields.String(load_default="", metadata={"example": "nightly build"})
    account = name_of("ci", load_default=None, data_key="for")
    lasts = fields.Integer(
        load_default=None, allow_none=True, strict=True, data_key="lasts_ms", metadata={"example": 7776000000}
    )
    scopes = scopes(load_default=None, allow_none=True)
    pattern = pattern(load_default=None)
    targets = targets()


@api.call("GET", "/tokens", takes=WhichTokens(), gives=Tokens(), errors=(403, 404), uses=Uses.READS)
def list_tokens(session: Reader, account: str | None, ended: bool, after: int, *, by: Principal) -> dict[str, Any]:
    """List tokens: those that let somebody in, or all there ever were. Their secrets cannot be shown."""
    owner = accounts.seen(session, by.name if account is None else account, by=by)
    return {"tokens": [_token(each) for each in tokens.of(session, owner, ended=ended, after=after, by=by)]}


@api.call("POST", "/tokens", takes=NewToken(), gives=SecretToken(), errors=(403, 404, 409))
def create_token(
    session: Session, account: str | None, label: str, lasts: int | None, *, by: Principal, **limited: Any
) -> dict[str, Any]:
    """Create a token for oneself or, as an administrator, for anybody. Its secret is shown this once."""
    owner = accounts.own_or_administered(session, account, by=by)
    made = tokens.create(session, owner, label=label, lasts=lasts, limits=limits_of(session, **limited), by=by)
    return _token(tokens.seen(session, made.token.id, by=by)) | {"secret": made.secret}


@api.call("GET", "/tokens/<int:number>", gives=Token(), errors=(403, 404), uses=Uses.READS)
def read_token(session: Reader, number: int, *, by: Principal) -> dict[str, Any]:
    """Get a token: one's own or, as an administrator, anybody's."""
    return _token(tokens.seen(session, number, by=by))


@api.call("DELETE", "/tokens/<int:number>", gives=EmptyObject(), errors=(403, 404))
def revoke_token(session: Session, number: int, *, by: Principal) -> dict[str, Any]:
    """End a token, and what it was exchanged for: they are out within seconds, on every server."""
    tokens.revoke(session, tokens.numbered(session, number, by=by), by=by)
    return {}


def _token(known: Known) -> dict[str, Any]:
    return known._asdict() | {"ended": tokens.has_ended(known)}
