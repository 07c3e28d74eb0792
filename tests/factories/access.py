"""Accounts and tokens."""

from typing import Any

from factory.alchemy import SQLAlchemyModelFactory
from factory.declarations import LazyAttribute, Sequence
from sqlalchemy.orm import Session

from assent.access.credentials import tokens
from assent.access.credentials.tables import Token
from assent.access.tables import Account

LONG_AGO = 1_700_000_000_000


class AccountFactory(SQLAlchemyModelFactory):
    """Somebody who can sign in by tokens."""

    class Meta:
        """factory_boy's options."""

        model = Account
        sqlalchemy_session_persistence = "flush"

    name = Sequence("somebody {}".format)
    created_at = LONG_AGO


class TokenFactory(SQLAlchemyModelFactory):
    """A good token whose secret is known."""

    class Meta:
        """factory_boy's options."""

        model = Token
        sqlalchemy_session_persistence = "flush"

    class Params:
        """What a token is made of."""

        secret = "assent_a-secret"

    secret_hash = LazyAttribute(lambda made: tokens.hash_of(made.secret))
    created_at = LONG_AGO


def account(session: Session, **fields: Any) -> Account:
    """An account with these columns."""
    made: Account = _through(session, AccountFactory)(**fields)
    return made


def token(session: Session, secret: str, of: Account, **fields: Any) -> Token:
    """A token of an account with these columns."""
    made: Token = _through(session, TokenFactory)(secret=secret, principal_id=of.id, **fields)
    return made


def _through(session: Session, factory: Any) -> Any:
    factory._meta.sqlalchemy_session = session
    return factory
