"""Native calls on groups and who is in them."""

from typing import Any

from marshmallow import Schema, fields
from sqlalchemy.orm import Session

from assent.access.granting import grants
from assent.access.people import groups, memberships
from assent.access.policy.principals import Principal
from assent.api.face import api
from assent.api.fields import AT, AfterName, kind, name_of
from assent.api.schemas import After, EmptyObject
from assent.http.calls import Uses
from assent.kernel.dialects import Reader

_GROUP = "/groups/<whole:name>"


class Group(Schema):
    """A group."""

    id = fields.Integer(required=True, metadata={"example": 7})
    name = fields.String(required=True, metadata={"example": "risk"})
    created_at = fields.Integer(required=True, metadata=AT)


class Groups(Schema):
    """Groups by name, at most 1,000 of a page."""

    groups = fields.List(fields.Nested(Group), required=True)


class NewGroup(Schema):
    """What a new group is called."""

    name = name_of("risk", required=True)


class GroupChange(Schema):
    """What a group is to be called."""

    new_name = name_of("risk office", required=True, data_key="name")


class Membership(Schema):
    """Who is in which group directly; `issuer` is the identity provider that keeps it in step, if one does."""

    id = fields.Integer(required=True, metadata={"example": 7})
    group = fields.String(required=True, metadata={"example": "risk"})
    kind = fields.String(required=True, metadata={"example": "user"})
    name = fields.String(required=True, metadata={"example": "alice"})
    issuer = fields.String(required=True, allow_none=True, metadata={"example": None})
    added_at = fields.Integer(required=True, metadata=AT)


class Memberships(Schema):
    """Memberships in the order they were given, at most 1,000 of a page."""

    memberships = fields.List(fields.Nested(Membership), required=True)


class WhichMemberships(After):
    """Of which group, of which member, and after which id."""

    group = name_of("risk", load_default=None)
    kind = kind(load_default=None)
    name = name_of("alice", load_default=None)


class MemberOfGroup(Schema):
    """Somebody, or another group, in a group."""

    group = name_of("risk", required=True)
    kind = kind(required=True)
    name = name_of("alice", required=True)


@api.call("GET", "/groups", takes=AfterName(), gives=Groups(), errors=(403,), uses=Uses.READS)
def list_groups(session: Reader, after: str, *, by: Principal) -> dict[str, Any]:
    """List the groups by name."""
    return {"groups": [each._asdict() for each in groups.every(session, after=after, by=by)]}


@api.call("POST", "/groups", takes=NewGroup(), gives=Group(), errors=(403, 409))
def create_group(session: Session, name: str, *, by: Principal) -> dict[str, Any]:
    """Create a group, with nobody in it."""
    return groups.known(groups.create(session, name, by=by))._asdict()


@api.call("GET", _GROUP, gives=Group(), errors=(403, 404), uses=Uses.READS)
def read_group(session: Reader, name: str, *, by: Principal) -> dict[str, Any]:
    """Get a group. Who is in it, `/memberships` tells."""
    return groups.seen(session, name, by=by)._asdict()


@api.call("PATCH", _GROUP, takes=GroupChange(), gives=Group(), errors=(400, 403, 404, 409))
def rename_group(session: Session, name: str, new_name: str, *, by: Principal) -> dict[str, Any]:
    """Rename a group; who is in it and what is granted to it stays."""
    return groups.rename(session, groups.administered(session, name, by=by), new_name, by=by)._asdict()


@api.call("DELETE", _GROUP, gives=EmptyObject(), errors=(403, 404))
def delete_group(session: Session, name: str, *, by: Principal) -> dict[str, Any]:
    """Delete a group: nobody is in it any more, and what was granted to it is taken."""
    groups.dissolve(session, groups.administered(session, name, by=by), by=by)
    return {}


@api.call(
    "GET",
    "/memberships",
    takes=WhichMemberships(),
    gives=Memberships(),
    errors=(403, 404),
    uses=Uses.READS,
)
def list_memberships(session: Reader, *, by: Principal, **which: Any) -> dict[str, Any]:
    """List who is in which group directly: all, or those of one group, or of one member.

    Everybody may see their own.
    """
    return {"memberships": [each._asdict() for each in memberships.every(session, by=by, **which)]}


@api.call("POST", "/memberships", takes=MemberOfGroup(), gives=EmptyObject(), errors=(403, 404, 409))
def add_member(session: Session, group: str, kind: str, name: str, *, by: Principal) -> dict[str, Any]:
    """Put somebody, or another group, into a group. Who is in it already stays as they are."""
    into = groups.administered(session, group, by=by)
    groups.add(session, into, grants.grantee(session, kind, name), by=by)
    return {}


@api.call("DELETE", "/memberships", takes=MemberOfGroup(), gives=EmptyObject(), errors=(403, 404))
def remove_member(session: Session, group: str, kind: str, name: str, *, by: Principal) -> dict[str, Any]:
    """Take somebody, or another group, out of a group. Who is not in it is no error."""
    out_of = groups.administered(session, group, by=by)
    groups.remove(session, out_of, grants.grantee(session, kind, name), by=by)
    return {}
