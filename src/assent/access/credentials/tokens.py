"""Tokens: secrets that stand for a principal, shown once and kept as a hash."""

import hashlib
import secrets
import zlib
from collections.abc import Mapping
from typing import NamedTuple, Protocol

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from assent.access.credentials.disabling import must_be_enabled
from assent.access.credentials.tables import LONGEST_LABEL, Token
from assent.access.policy.limits import UNLIMITED, Limits
from assent.access.policy.principals import Principal, authorize_administrator
from assent.access.tables import LONGEST_PAGE, Account
from assent.audit.actions import Action
from assent.audit.events import Actor, Subject, record
from assent.kernel.clock import now
from assent.kernel.dialects import Reader, table
from assent.kernel.errors import Denied, Invalid, NotFound

PREFIX = "assent_"

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CHECKSUM = 6
_LONGEST_LIFE = 10 * 366 * 86_400_000

_T = table(Token).c
_A = table(Account).c


class Owner(Protocol):
    """Whose a token is: an account, seen from below."""

    @property
    def id(self) -> int:
        """The account's id."""

    @property
    def name(self) -> str:
        """What it is called."""


class Known(NamedTuple):
    """A token as it is told, without its secret."""

    id: int
    account: str
    label: str
    scopes: list[str] | None
    pattern: str | None
    targets: list[str] | None
    created_at: int
    expires_at: int | None
    revoked_at: int | None
    last_used_at: int | None


_KNOWN = select(
    _T.id,
    _A.name,
    _T.label,
    _T.scopes,
    _T.pattern,
    _T.targets,
    _T.created_at,
    _T.expires_at,
    _T.revoked_at,
    _T.last_used_at,
).join(table(Account), _A.id == _T.principal_id)


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
    _authorize(by, account.id, account.name)
    if by.token_id is not None and not by.limits.are_none:
        raise Denied("A token with limits makes no other tokens.", kind="token", subject=account.name)
    if lasts is not None and not 0 < lasts <= _LONGEST_LIFE:
        raise Invalid("A token lasts longer than nothing, and at most ten years.")
    if account.id == by.id and by.token_id is not None:
        _must_not_outlive(session, by.token_id, lasts, by)
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
    must_be_enabled(session, account.id, account.name)
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


def of(
    session: Reader,
    account: Owner,
    *,
    by: Principal,
    ended: bool = False,
    after: int = 0,
    most: int = LONGEST_PAGE,
) -> list[Known]:
    """The tokens of an account, one's own or, as an administrator, anybody's, as they come after an id.

    Those that let nobody in any more are told where `ended` asks for them. Raises Denied.
    """
    _authorize(by, account.id, account.name)
    wanted = _KNOWN.where(_T.principal_id == account.id, _T.id > after)
    if not ended:
        wanted = wanted.where(_T.revoked_at.is_(None), or_(_T.expires_at.is_(None), _T.expires_at > now()))
    rows = session.execute(wanted.order_by(_T.id).limit(most))
    return [Known._make(row) for row in rows]


def seen(session: Reader, number: int, *, by: Principal) -> Known:
    """The token of that id, one's own or, as an administrator, anybody's. Raises NotFound, Denied."""
    wanted = _KNOWN.add_columns(_T.principal_id).where(_T.id == number)
    row = session.execute(wanted).first() if 0 < number < 2**63 else None
    if row is None or not (by.administers or row.principal_id == by.id):
        raise _no_token(number)
    _authorize(by, row.principal_id, str(number), token_id=number)
    return Known._make(row[:-1])


def numbered(session: Session, number: int, *, by: Principal) -> Token:
    """The token of that id, one's own or, as an administrator, anybody's. Raises NotFound."""
    token = session.get(Token, number) if 0 < number < 2**63 else None
    if token is None or not (by.administers or token.principal_id == by.id):
        raise _no_token(number)
    return token


def has_ended(token: Token | Known) -> bool:
    """Whether the token lets nobody in any more."""
    return token.revoked_at is not None or (token.expires_at is not None and token.expires_at <= now())


def revoke(session: Session, token: Token, *, by: Principal) -> None:
    """End a token and what it was exchanged for; they are out within seconds, on every server."""
    _authorize(by, token.principal_id, str(token.id), token_id=token.id)
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


def _authorize(by: Principal, principal_id: int, name: str, token_id: int | None = None) -> None:
    # A token with limits is for what it says; of its owner's tokens it sees and ends itself alone.
    if principal_id == by.id and (by.limits.are_none or by.token_id == token_id):
        return
    if principal_id == by.id and not by.administers:
        raise Denied("A token with limits neither sees nor makes nor ends other tokens.", kind="token", subject=name)
    authorize_administrator(by, on=name, kind="token")


def _must_not_outlive(session: Session, token_id: int, lasts: int | None, by: Principal) -> None:
    """Raise Denied where a token would make one that lets in for longer: what was lent for a while would be kept."""
    expires_at = session.scalar(select(_T.expires_at).where(_T.id == token_id))
    if expires_at is not None and (lasts is None or now() + lasts > expires_at):
        raise Denied("A token makes no token that outlives it.", kind="token", subject=by.name)


def _no_token(number: int) -> NotFound:
    return NotFound(f"There is no token {number}.")


def _subject(token: Token) -> Subject:
    return Subject("token", token.id, token.label or str(token.id))
