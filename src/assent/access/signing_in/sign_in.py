"""From what somebody shows to who they are, and how far their grants reach."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Row,
    Select,
    bindparam,
    null,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.orm import Session

from assent.access.credentials import sessions, tokens
from assent.access.credentials.passwords import Passwords
from assent.access.credentials.sessions import Lifetime
from assent.access.credentials.tables import SignInSession, Token
from assent.access.granting.grants import GRANTS
from assent.access.people import accounts, groups
from assent.access.people.groups import MEMBERSHIPS, holders
from assent.access.policy.levels import Level
from assent.access.policy.limits import UNLIMITED, Limits, limits
from assent.access.policy.principals import Principal
from assent.access.policy.reach import ByName, Reach
from assent.access.tables import Account, Group
from assent.kernel.clock import now
from assent.kernel.dialects import Reader, table
from assent.kernel.errors import Telling, Unauthenticated

_A = table(Account).c
_T = table(Token).c
_S = table(SignInSession).c

# One sentence for every reason, so that a stranger learns nothing about who has an account.
_NO = "Unknown user or wrong credentials."


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A principal, what they proved it with (the hash that fitted), and when that was last noted as used."""

    principal: Principal
    proof: str
    noted_at: int | None = None


@dataclass(frozen=True, slots=True)
class SignIn:
    """Lets principals in; `default` is the level that everybody has on every model, `lifetime` that of sessions."""

    default: Level = Level.NO_PERMISSIONS
    lifetime: Lifetime = Lifetime()
    passwords: Passwords = Passwords()

    def by_password(self, session: Reader, name: str, password: str) -> SignedIn:
        """Who has that name and password. Raises Unauthenticated, as slowly for unknown names as for known ones."""
        found = session.execute(_ACCOUNTS.where(_A.name == name)).first()
        if not self.passwords.is_right(password, found.password_hash if found else None) or found is None:
            raise Unauthenticated(_NO, name=name, telling=Telling.ALWAYS)
        return self._signed_in(session, found, found.password_hash)

    def renewed_hash(self, signed_in: SignedIn, password: str) -> str | None:
        """The hash of a password that was right, where it was kept by one that costs less than hashes do now."""
        return self.passwords.hash_again(password) if self.passwords.is_outdated(signed_in.proof) else None

    def renew(self, session: Session, signed_in: SignedIn, renewed: str) -> SignedIn:
        """The same, known by the renewed hash. Whoever signed in elsewhere has their password compared once more."""
        unchanged = (_A.id == signed_in.principal.id, _A.password_hash == signed_in.proof)
        renewing = update(table(Account)).where(*unchanged).values(password_hash=renewed).returning(_A.id)
        return replace(signed_in, proof=renewed) if session.execute(renewing).first() else signed_in

    def by_token(self, session: Reader, secret: str) -> SignedIn:
        """Whom a token stands for. Raises Unauthenticated for an unknown, expired or revoked one."""
        proof = tokens.hash_of(secret)
        found = session.execute(_live_tokens().where(_T.secret_hash == proof)).first()
        if found is None:
            raise Unauthenticated(_NO)
        return self._signed_in(session, found, proof)

    def by_session(self, session: Reader, secret: str) -> SignedIn:
        """Who signed in with a browser that shows this. Raises Unauthenticated for an unknown or ended session."""
        proof = tokens.hash_of(secret)
        found = session.execute(_live_sessions(self.lifetime).where(_S.secret_hash == proof)).first()
        if found is None:
            raise Unauthenticated("Sign in: there is no such session, or it has ended.")
        return self._signed_in(session, found, proof)

    def as_if(self, session: Reader, account: Account | accounts.Known) -> Principal:
        """The principal that an account would be if they signed in now, disabled or not."""
        held_by, reach = _reach_of(session, account.id, self.default)
        return principal_of(account, held_by, reach)

    def as_member(self, session: Reader, group: Group | groups.Known) -> Principal:
        """The principal that somebody would be who is in one group, and to whom nothing else is granted."""
        outer, reach = _reach_of(session, group.id, self.default, _REACH_OF_GROUP)
        return Principal(None, group.name, reach=reach, groups=(group.id, *outer))

    def again(self, session: Reader, signed_in: SignedIn) -> SignedIn | None:
        """The same principal as they are now, without hashing anything anew.

        None when the account was disabled, its name or password changed or the token or session ended: then they
        have to sign in.
        """
        principal, proof = signed_in.principal, signed_in.proof
        if principal.token_id is not None:
            wanted = _live_tokens().where(_T.secret_hash == proof)
        elif principal.session_id is not None:
            wanted = _live_sessions(self.lifetime).where(_S.secret_hash == proof)
        else:
            wanted = _ACCOUNTS.where(_A.id == principal.id, _A.name == principal.name, _A.password_hash == proof)
        found = session.execute(wanted).first()
        return self._signed_in(session, found, proof, before=principal.reach) if found else None

    def _signed_in(self, session: Reader, row: Row[Any], proof: str, before: Reach | None = None) -> SignedIn:
        held_by, reach = _reach_of(session, row.id, self.default)
        if before is not None and before.grants == reach.grants:
            # It remembers what it was asked.
            reach = before
        principal = Principal(
            id=row.id,
            name=row.name,
            kind=row.kind,
            is_administrator=row.is_administrator,
            reach=reach,
            groups=held_by,
            limits=_limits(row),
            token_id=row.token_id,
            session_id=row.session_id,
            signed_in_at=row.signed_in_at,
        )
        return SignedIn(principal, proof, row.last_used_at)


def principal_of(account: Account | accounts.Known, held_by: Iterable[int], reach: Reach) -> Principal:
    """The principal that an account is by itself, with no token and in no session."""
    return Principal(
        account.id,
        account.name,
        account.kind,
        is_administrator=account.is_administrator,
        reach=reach,
        groups=tuple(sorted(held_by)),
    )


def note_use(session: Session, principal: Principal) -> None:
    """Note that the token or the session that a principal showed was used just now."""
    if principal.token_id is not None:
        tokens.touch(session, principal.token_id)
    if principal.session_id is not None:
        sessions.touch(session, principal.session_id)


def _reach_through(member: ColumnElement[int | None], grantee: ColumnElement[int | None]) -> CompoundSelect[Any]:
    """The groups that hold `of`, and what is granted to it and them by names: one statement.

    Every server asks it again every few seconds for whoever is there.
    """
    through = holders(member == bindparam("of"))
    theirs = or_(grantee == bindparam("of"), GRANTS.c.group_id.in_(select(through.c.group_id)))
    return union_all(
        select(through.c.group_id, null().label("level"), null().label("pattern")),
        select(null(), GRANTS.c.level, GRANTS.c.pattern).where(GRANTS.c.model_id.is_(None), theirs),
    )


_REACH = _reach_through(MEMBERSHIPS.c.principal_id, GRANTS.c.principal_id)
_REACH_OF_GROUP = _reach_through(MEMBERSHIPS.c.inner_group_id, GRANTS.c.group_id)


def _reach_of(
    session: Reader, of: int, default: Level, statement: CompoundSelect[Any] = _REACH
) -> tuple[tuple[int, ...], Reach]:
    held_by, grants = [], []
    for group_id, level, pattern in session.execute(statement, {"of": of}):
        if group_id is not None:
            held_by.append(group_id)
        else:
            grants.append(ByName(Level(level), pattern))
    return tuple(sorted(held_by)), Reach(grants, default=default)


def _limits(row: Row[Any]) -> Limits:
    if row.scopes is None and row.pattern is None and row.targets is None:
        return UNLIMITED
    return limits(row.scopes, row.pattern, row.targets)


_COLUMNS = (_A.id, _A.name, _A.kind, _A.is_administrator, _A.password_hash)
_NO_LIMITS = tuple(null().label(name) for name in ("scopes", "pattern", "targets"))
_NO_SESSION = (null().label("session_id"), null().label("signed_in_at"))
_ACCOUNTS = select(
    *_COLUMNS, *_NO_LIMITS, *_NO_SESSION, null().label("token_id"), null().label("last_used_at")
).where(_A.disabled_at.is_(None))


def _live_tokens() -> Select[Any]:
    return (
        select(*_COLUMNS, *_NO_SESSION, _T.scopes, _T.pattern, _T.targets, _T.id.label("token_id"), _T.last_used_at)
        .join_from(table(Account), table(Token), _T.principal_id == _A.id)
        .where(_A.disabled_at.is_(None), _T.revoked_at.is_(None), or_(_T.expires_at.is_(None), _T.expires_at > now()))
    )


def _live_sessions(lifetime: Lifetime) -> Select[Any]:
    return (
        select(*_COLUMNS, *_NO_LIMITS, null().label("token_id"), _S.id.label("session_id"), _S.last_used_at)
        .add_columns(_S.created_at.label("signed_in_at"))
        .join_from(table(Account), table(SignInSession), _S.principal_id == _A.id)
        .where(_A.disabled_at.is_(None), lifetime.is_not_over)
    )
