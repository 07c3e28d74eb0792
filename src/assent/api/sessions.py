"""Native calls on sessions: browsers that somebody signed in with."""

from typing import Any

from marshmallow import Schema, fields
from sqlalchemy.orm import Session as Transaction

from assent.access.credentials import sessions
from assent.access.people import accounts
from assent.access.policy.principals import Principal
from assent.api.face import api
from assent.api.fields import AT, name_of
from assent.api.schemas import EmptyObject
from assent.http.browsers import browsers
from assent.http.calls import Uses
from assent.kernel.dialects import Reader


class SessionTold(Schema):
    """A browser that somebody signed in with; `issuer` is the identity provider, null where it was a password."""

    id = fields.Integer(required=True, metadata={"example": 7})
    issuer = fields.String(required=True, allow_none=True, metadata={"example": "https://login.example.com"})
    address = fields.String(required=True, metadata={"example": "192.0.2.7"})
    user_agent = fields.String(required=True, metadata={"example": "Mozilla/5.0"})
    created_at = fields.Integer(required=True, metadata=AT)
    last_used_at = fields.Integer(required=True, metadata=AT)
    expires_at = fields.Integer(required=True, metadata=AT)


class Sessions(Schema):
    """The sessions that let somebody in now, last used first."""

    sessions = fields.List(fields.Nested(SessionTold), required=True)


class WhichSessions(Schema):
    """Whose sessions: one's own, unless an administrator names somebody."""

    account = name_of("alice", load_default=None, data_key="for")


@api.call("GET", "/sessions", takes=WhichSessions(), gives=Sessions(), errors=(403, 404), uses=Uses.READS)
def list_sessions(session: Reader, account: str | None, *, by: Principal) -> dict[str, Any]:
    """List the browsers that somebody is signed in with."""
    owner = accounts.seen(session, by.name if account is None else account, by=by)
    found = sessions.of(session, owner.id, by=by, lifetime=browsers().lifetime)
    return {"sessions": [each._asdict() for each in found]}


@api.call("DELETE", "/sessions/<int:number>", gives=EmptyObject(), errors=(403, 404))
def end_session(session: Transaction, number: int, *, by: Principal) -> dict[str, Any]:
    """Sign a browser out, at once and on every server."""
    sessions.end(session, sessions.numbered(session, number, by=by), by=by)
    return {}


@api.call("DELETE", "/sessions", takes=WhichSessions(), gives=EmptyObject(), errors=(403, 404))
def end_sessions(session: Transaction, account: str | None, *, by: Principal) -> dict[str, Any]:
    """Sign somebody out everywhere."""
    sessions.end_all(session, accounts.own_or_administered(session, account, by=by), by=by)
    return {}
