"""Tokens: secrets that stand for a principal, shown once and kept as a hash."""

import hashlib
import secrets
import zlib
from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from assent.access.credentials import LONGEST_LABEL, Token
from assent.access.limits import UNLIMITED, Limits
from assent.access.principals import Principal, authorize_administrator
from assent.access.tables import Account
from assent.audit.actions import Action
from assent.audit.events import Actor, Subject, record
from assent.kernel.clock import now
from assent.kernel.errors import Conflict, Denied, Invalid, NotFound

PREFIX = "assent_"

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CHECKSUM = 6
_LONGEST_LIFE = 10 * 366 * 86_400_000


class NewToken(NamedTuple):
    """A token, and the secret that cannot be had again."""

    token: Token
    secret: str


def create(
    session: Session,
    account: Account,
    *,
    by: Principal,
    label: str = "",
    lasts: int | None = None,
    limits: Limits = UNLIMITED,
) -> NewToken:
    """Make a token for oneself or, as an administrator, for anybody. `lasts` is in milliseconds; None is for ever.

    Raises Denied, Invalid, and Conflict for a disabled account.
    """
    _authorize(by, account)
    if by.token_id is not None and not by.limits.are_none:
        raise Denied("A token with limits makes no other tokens.", kind="token", subject=account.name)
    if account.disabled_at is not None:
        raise Conflict(f"{account.name} is disabled.")
    if lasts is not None and not 0 < lasts <= _LONGEST_LIFE:
        raise Invalid("A token lasts longer than nothing, and at most ten years.")
    if len(label) > LONGEST_LABEL or "\x00" in label:
        raise Invalid(f"A token's label has at most {LONGEST_LABEL} characters, none of them NUL.")
    return issue(session, account, Action.TOKEN_CREATED, by=by, label=label, lasts=lasts, limits=limits)


def issue(
    session: Session,
    account: Account,
    action: Action,
    *,
    by: Actor,
    label: str,
    lasts: int | None,
    limits: Limits,
    until: int | None = None,
    publisher_id: int | None = None,
    parent_id: int | None = None,
    details: Mapping[str, object] | None = None,
) -> NewToken:
    """Write a new token, whoever may have it: the caller knows. It ends at `until` at the latest.

    `details` are for the audit log, beside its own.
    """
    secret = new_secret()
    made_at = now()
    ends = [at for at in (until, lasts and made_at + lasts) if at is not None]
    token = Token(
        principal_id=account.id,
        secret_hash=hash_of(secret),
        label=label,
        scopes=None if limits.scopes is None else sorted(limits.scopes),
        pattern=limits.pattern,
        targets=None if limits.targets is None else sorted(limits.targets),
        publisher_id=publisher_id,
        parent_id=parent_id,
        created_at=made_at,
        expires_at=min(ends, default=None),
    )
    session.add(token)
    session.flush()
    about = {
        "for": account.name,
        "label": label,
        "scopes": token.scopes,
        "pattern": token.pattern,
        "targets": token.targets,
        "expires_at": token.expires_at,
    }
    record(session, action, by=by, on=_subject(token), details={**about, **(details or {})})
    return NewToken(token, secret)


def of(session: Session, account: Account, *, by: Principal) -> list[Token]:
    """The tokens of an account, one's own or, as an administrator, anybody's; oldest first."""
    _authorize(by, account)
    return list(session.scalars(select(Token).where(Token.principal_id == account.id).order_by(Token.id)))


def numbered(session: Session, number: int, *, by: Principal) -> Token:
    """The token of that id, one's own or, as an administrator, anybody's. Raises NotFound."""
    token = session.get(Token, number) if 0 < number < 2**63 else None
    if token is None or not (by.administers or token.principal_id == by.id):
        raise NotFound(f"There is no token {number}.")
    return token


def has_ended(token: Token) -> bool:
    """Whether the token lets nobody in any more."""
    return token.revoked_at is not None or (token.expires_at is not None and token.expires_at <= now())


def revoke(session: Session, token: Token, *, by: Principal) -> None:
    """End a token and what it was exchanged for; they are out within seconds, on every server."""
    if not (by.administers or token.principal_id == by.id):
        authorize_administrator(by, on=str(token.id), kind="token")
    if token.revoked_at is None:
        token.revoked_at = now()
        # Whoever is exchanging it holds its row, and has the new token written before this goes on.
        session.flush()
        ended = end_all(session, Token.parent_id == token.id)
        record(session, Action.TOKEN_REVOKED, by=by, on=_subject(token), details={"tokens_ended": ended})


def end_all(session: Session, which: ColumnElement[bool]) -> int:
    """End the tokens for which a condition holds; how many there were."""
    live = update(Token).where(which, Token.revoked_at.is_(None)).values(revoked_at=now())
    return len(session.execute(live.returning(Token.id)).all())


def touch(session: Session, token_id: int) -> None:
    """Note that a token was used just now."""
    session.execute(update(Token).where(Token.id == token_id).values(last_used_at=now()))


def new_secret() -> str:
    """A prefix that scanners know, 32 random bytes, and a checksum that tells a token from what looks like one."""
    random = secrets.token_urlsafe(32)
    return f"{PREFIX}{random}{checksum_of(random)}"


def is_well_formed(secret: str) -> bool:
    """Whether a text is a token by its looks: its prefix, its length and its checksum."""
    random, checksum = secret[len(PREFIX) : -_CHECKSUM], secret[-_CHECKSUM:]
    return secret.startswith(PREFIX) and len(random) == 43 and checksum == checksum_of(random)


def checksum_of(random: str) -> str:
    """The CRC-32 of the random part, in six digits of base 62, as scanners of secrets compute it."""
    number, digits = zlib.crc32(random.encode()), ""
    for _ in range(_CHECKSUM):
        number, digit = divmod(number, len(_DIGITS))
        digits = _DIGITS[digit] + digits
    return digits


def hash_of(secret: str) -> str:
    """What is kept of a secret: 32 random bytes need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _authorize(by: Principal, account: Account) -> None:
    if account.id != by.id:
        authorize_administrator(by, on=account.name, kind="token")


def _subject(token: Token) -> Subject:
    return Subject("token", token.id, token.label or str(token.id))
