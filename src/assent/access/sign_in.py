"""From what somebody shows to who they are."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, select

from assent.access import tokens
from assent.access.passwords import is_right
from assent.access.principals import Principal
from assent.access.tables import Account, Token
from assent.kernel.clock import now
from assent.kernel.dialects import Reader, table
from assent.kernel.errors import Unauthenticated

_A = table(Account).c
_T = table(Token).c

# One sentence for every reason, so that a stranger learns nothing about who has an account.
_NO = "Unknown user or wrong credentials."


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A principal, and what they proved it with: the hash that fitted."""

    principal: Principal
    proof: str


def by_password(session: Reader, name: str, password: str) -> SignedIn:
    """Who has that name and password. Raises Unauthenticated, as slowly for unknown names as for known ones."""
    found = session.execute(_accounts().where(_A.name == name, _A.disabled_at.is_(None))).first()
    if not is_right(password, found.password_hash if found else None) or found is None:
        raise Unauthenticated(_NO, name=name)
    return SignedIn(_principal(found), proof=found.password_hash)


def by_token(session: Reader, secret: str) -> SignedIn:
    """Whom a token stands for. Raises Unauthenticated for an unknown, expired or revoked one."""
    kept = tokens.hash_of(secret)
    found = session.execute(_live_tokens().where(_T.secret_hash == kept)).first()
    if found is None:
        raise Unauthenticated(_NO)
    return SignedIn(_principal(found, token_id=found.token_id), proof=kept)


def again(session: Reader, signed_in: SignedIn) -> SignedIn | None:
    """The same principal as they are now, without hashing anything anew.

    None when the account was disabled, its password changed or the token ended: then they have to sign in.
    """
    principal, proof = signed_in.principal, signed_in.proof
    if principal.token_id is not None:
        wanted = _live_tokens().where(_T.secret_hash == proof)
    else:
        wanted = _accounts().where(_A.id == principal.id, _A.disabled_at.is_(None), _A.password_hash == proof)
    found = session.execute(wanted).first()
    return SignedIn(_principal(found, token_id=principal.token_id), proof=proof) if found else None


def _accounts() -> Select[Any]:
    return select(_A.id, _A.name, _A.level, _A.is_administrator, _A.password_hash)


def _live_tokens() -> Select[Any]:
    return (
        _accounts()
        .add_columns(_T.id.label("token_id"))
        .join_from(table(Account), table(Token))
        .where(
            _A.disabled_at.is_(None),
            _T.revoked_at.is_(None),
            _T.expires_at.is_(None) | (_T.expires_at > now()),
        )
    )


def _principal(row: Row[Any], *, token_id: int | None = None) -> Principal:
    return Principal(
        id=row.id,
        name=row.name,
        level=row.level,
        is_administrator=row.is_administrator,
        token_id=token_id,
    )
