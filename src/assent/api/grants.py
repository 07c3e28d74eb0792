"""Native calls on what is granted by name: on the whole registry and on patterns of names."""

from typing import Any

from marshmallow import Schema, fields
from sqlalchemy.orm import Session

from assent.access.granting import grants
from assent.access.granting.grants import Given, Place
from assent.access.policy.levels import Level
from assent.access.policy.principals import Principal
from assent.api.face import api
from assent.api.fields import AT, kind, level, name_of, pattern
from assent.api.schemas import After, EmptyObject
from assent.http.calls import Uses
from assent.kernel.dialects import Reader


class Grant(Schema):
    """A level for somebody on all models (neither `model` nor `pattern`), on those of a pattern, or on one."""

    id = fields.Integer(required=True, metadata={"example": 7})
    kind = fields.String(required=True, metadata={"example": "group"})
    name = fields.String(required=True, metadata={"example": "risk"})
    level = fields.String(required=True, metadata={"example": "CAN_READ"})
    place = fields.String(required=True, metadata={"example": "pattern"})
    pattern = fields.String(required=True, allow_none=True, metadata={"example": "churn-*"})
    given_at = fields.Integer(required=True, metadata=AT)


class Grants(Schema):
    """Grants in the order they were given, at most 1,000 of a page."""

    grants = fields.List(fields.Nested(Grant), required=True)


class NewGrant(Schema):
    """A level for somebody on names that match a pattern or, without one, on the whole registry."""

    kind = kind(required=True)
    name = name_of("alice", required=True)
    pattern = pattern(load_default=None)
    level = level(required=True)


class WhichGrant(Schema):
    """Whose grant on a pattern or, without one, on the whole registry; without a level all of them."""

    kind = kind(required=True)
    name = name_of("alice", required=True)
    pattern = pattern(load_default=None)
    level = level(load_default=None)


@api.call("GET", "/grants", takes=After(), gives=Grants(), errors=(403,), uses=Uses.READS)
def list_grants(session: Reader, after: int, *, by: Principal) -> dict[str, Any]:
    """List what is granted on the whole registry and on patterns of names."""
    return {"grants": [as_answer(given) for given in grants.by_name(session, after=after, by=by)]}


@api.call("PUT", "/grants", takes=NewGrant(), gives=EmptyObject(), errors=(403, 404))
def give_grant(
    session: Session, kind: str, name: str, pattern: str | None, level: Level, *, by: Principal
) -> dict[str, Any]:
    """Grant a level on the whole registry or on a pattern, in the place of the one that is there.

    The right to create models stands beside it, as a grant of its own.
    """
    to = grants.administered(session, kind, name, by=by)
    grants.give(session, to, level, on=Place(pattern=pattern), by=by)
    return {}


@api.call("DELETE", "/grants", takes=WhichGrant(), gives=EmptyObject(), errors=(403, 404))
def take_grant(
    session: Session, kind: str, name: str, pattern: str | None, level: Level | None, *, by: Principal
) -> dict[str, Any]:
    """Take a grant on the whole registry or on a pattern away. What is not there is no error."""
    of = grants.administered(session, kind, name, by=by)
    grants.take(session, of, on=Place(pattern=pattern), level=level, by=by)
    return {}


def as_answer(given: Given) -> dict[str, Any]:
    """A grant as it is told."""
    on_model = "model" if given.place.model_id is not None else None
    return {
        "id": given.id,
        "kind": given.grantee_kind,
        "name": given.grantee,
        "level": given.level,
        "place": on_model or ("registry" if given.place.pattern is None else "pattern"),
        "pattern": given.place.pattern,
        "given_at": given.given_at,
    }
