"""When tokens and sessions were last used, as far as lists show it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, update
from sqlalchemy.orm import Session

from assent.access.credentials import tokens
from assent.access.credentials.tables import SignInSession, Token
from assent.access.people import accounts
from assent.access.policy.principals import SYSTEM
from assent.access.signing_in.sign_in import SignIn, note_use
from assent.database import db, unit_of_work
from assent.kernel.clock import now
from support.counting import counted
from support.databases import TEST
from support.identities import identities_of

HOUR = 3_600_000


@pytest.fixture
def secret(app: Flask) -> str:
    """A token of bob's that was never used."""
    with _writing(app) as session:
        return tokens.create(session, accounts.named(session, "bob"), by=SYSTEM).secret


@contextmanager
def _writing(app: Flask) -> Iterator[Session]:
    with app.app_context(), unit_of_work(db.engine, TEST) as session:
        yield session


def _last_use(app: Flask) -> int | None:
    with _writing(app) as session:
        return session.query(Token).one().last_used_at


def _used_long_ago(app: Flask) -> int:
    at = now() - HOUR
    with _writing(app) as session:
        session.execute(update(Token).values(last_used_at=at))
    return at


def test_the_first_use_of_a_token_is_noted(app: Flask, secret: str) -> None:
    before = now()
    assert identities_of(app).who(f"Bearer {secret}", TEST).name == "bob"
    assert before <= (_last_use(app) or 0) <= now()


def test_a_use_within_the_minute_is_not_noted_by_another_process(app: Flask, secret: str) -> None:
    identities_of(app).who(f"Bearer {secret}", TEST)
    noted = _last_use(app)
    identities_of(app).who(f"Bearer {secret}", TEST)
    assert _last_use(app) == noted


def test_one_process_notes_at_most_once_a_minute_whatever_the_database_says(app: Flask, secret: str) -> None:
    identities = identities_of(app)
    identities.who(f"Bearer {secret}", TEST)
    long_ago = _used_long_ago(app)
    identities.who(f"Bearer {secret}", TEST)
    assert _last_use(app) == long_ago


def test_an_hour_later_the_use_is_noted_again(app: Flask, secret: str) -> None:
    long_ago = _used_long_ago(app)
    identities_of(app).who(f"Bearer {secret}", TEST)
    assert (_last_use(app) or 0) > long_ago


def test_parallel_requests_note_one_use(app: Flask, secret: str) -> None:
    identities = identities_of(app)
    with counted(app) as statements, ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: identities.who(f"Bearer {secret}", TEST), range(40)))
    assert len([each for each in statements if each.startswith("UPDATE tokens")]) == 1


def test_who_cannot_be_noted_is_let_in(app: Flask, secret: str, tmp_path: Path) -> None:
    gone = create_engine(f"sqlite:///{tmp_path}/no/such/folder/assent.db")
    assert identities_of(app, writing=gone).who(f"Bearer {secret}", TEST).name == "bob"
    assert _last_use(app) is None


def test_the_use_of_a_session_is_noted(session: Session) -> None:
    opened = SignInSession(
        principal_id=accounts.named(session, "bob").id,
        secret_hash=tokens.hash_of("shown"),
        address="",
        user_agent="",
        created_at=0,
        last_used_at=now() - HOUR,
        expires_at=now() + HOUR,
    )
    session.add(opened)
    session.flush()
    before = now()
    note_use(session, SignIn().by_session(session, "shown").principal)
    session.refresh(opened)
    assert opened.last_used_at >= before
