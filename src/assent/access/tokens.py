"""Tokens: secrets that stand for an account, shown once and kept as a hash."""

import hashlib
import secrets

from sqlalchemy import select
from sqlalchemy.orm import Session

from assent.access.principals import Principal, authorize_administrator
from assent.access.tables import Account, Token
from assent.audit.actions import Action
from assent.audit.events import Subject, record
from assent.kernel.clock import now
from assent.kernel.errors import Invalid, NotFound

PREFIX = "assent_"


def create(session: Session, account: Account, *, by: Principal, lasts: int | None = None) -> str:
    """Make a token for an account and give its secret, which cannot be had again.

    `lasts` is in milliseconds; None is until it is revoked.
    """
    authorize_administrator(by, on=account.name)
    if lasts is not None and lasts <= 0:
        raise Invalid("A token lasts longer than nothing.")
    secret = PREFIX + secrets.token_urlsafe(32)
    made_at = now()
    token = Token(
        principal_id=account.id,
        secret_hash=hash_of(secret),
        created_at=made_at,
        expires_at=made_at + lasts if lasts is not None else None,
    )
    session.add(token)
    session.flush()
    details = {"user": account.name, "expires_at": token.expires_at}
    record(session, Action.TOKEN_CREATED, by=by, on=Subject("token", token.id, str(token.id)), details=details)
    return secret


def of(session: Session, account: Account, *, by: Principal) -> list[Token]:
    """The tokens of an account, oldest first."""
    authorize_administrator(by, on=account.name)
    return list(session.scalars(select(Token).where(Token.principal_id == account.id).order_by(Token.id)))


def numbered(session: Session, number: int) -> Token:
    """The token of that id. Raises NotFound."""
    token = session.get(Token, number) if 0 < number < 2**63 else None
    if token is None:
        raise NotFound(f"There is no token {number}.")
    return token


def has_ended(token: Token) -> bool:
    """Whether the token lets nobody in any more."""
    return token.revoked_at is not None or (token.expires_at is not None and token.expires_at <= now())


def revoke(session: Session, token: Token, *, by: Principal) -> None:
    """End a token; it is out within seconds, on every server."""
    authorize_administrator(by, on=str(token.id))
    if token.revoked_at is None:
        token.revoked_at = now()
        record(session, Action.TOKEN_REVOKED, by=by, on=Subject("token", token.id, str(token.id)))


def hash_of(secret: str) -> str:
    """What is kept of a token: 32 random bytes need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()
