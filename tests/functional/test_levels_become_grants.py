"""Who had a level for the whole registry has it afterwards, and can sign in as before."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine, text

from assent import migrations
from assent.access.credentials import tokens
from assent.access.policy.levels import Level, Permission, highest
from assent.access.policy.principals import Principal
from assent.access.signing_in.sign_in import SignIn
from support.former import migrated_to

_SINCE = (Level.NO_PERMISSIONS, Level.CAN_CREATE_REGISTERED_MODEL, Level.CAN_AUDIT)
LEVELS = [level for level in Level if level not in _SINCE]
USER = """
INSERT INTO principals (name, level, is_administrator, created_at) VALUES (:name, :level, :administrator, 1)
RETURNING id
"""
TOKEN = "INSERT INTO tokens (principal_id, secret_hash, created_at) VALUES (:principal, :secret, 1)"


@pytest.fixture(params=["sqlite", "postgresql"])
def old(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A database as the release before left it, with somebody of each level, who has a token."""
    with migrated_to("0002", request, tmp_path_factory) as engine:
        with engine.begin() as connection:
            for level in LEVELS:
                _add(connection, level.value, level, administrator=False)
            _add(connection, "root", Level.CAN_READ, administrator=True)
        yield engine


def _add(connection: Connection, name: str, level: Level, *, administrator: bool) -> None:
    values = {"name": name, "level": level.value, "administrator": administrator}
    principal = connection.scalar(text(USER), values)
    connection.execute(text(TOKEN), {"principal": principal, "secret": tokens.hash_of(name)})


def test_everybody_may_what_they_might_before(old: Engine) -> None:
    migrations.upgrade(old)
    with old.connect() as connection:
        people = {level: SignIn().by_token(connection, level.value).principal for level in LEVELS}
        root = SignIn().by_token(connection, "root").principal
    assert {level: _highest(somebody) for level, somebody in people.items()} == {level: level for level in LEVELS}
    creates = {level for level, somebody in people.items() if somebody.may(Permission.MODEL_CREATE, "m")}
    assert creates == set(LEVELS) - {Level.CAN_READ}
    assert root.administers


def _highest(somebody: Principal) -> Level:
    return highest(somebody.levels("m"))
