"""Whoever waits for a row, and whatever his clock says: history never runs backwards."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from assent import migrations
from assent.access.policy.principals import Principal
from assent.governance import moves
from assent.kernel.dialects import table
from assent.registry import models, versions
from assent.registry.sources import SourceRules
from assent.registry.tables import StageHistory
from assent.registry.versions import Registration
from support.former import migrated_to
from support.retelling import must_agree

HISTORY = table(StageHistory)


@pytest.fixture
def slow_clock(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A clock that goes back by a minute at every look."""
    time = 2_000_000_000_000

    def _back() -> int:
        nonlocal time
        time -= 60_000
        return time

    for module in ("models", "versions", "transitions", "aliases", "deletions", "tags"):
        monkeypatch.setattr(f"assent.registry.{module}.now", _back)


@pytest.mark.usefixtures("slow_clock")
def test_intervals_follow_each_other_though_the_clock_goes_back(session: Session, alice: Principal) -> None:
    models.create(session, "m", by=alice)
    versions.register(session, "m", Registration("s3://b/m"), by=alice, rules=SourceRules())
    for stage in ("Staging", "Production"):
        moves.transition(session, "m", 1, stage, by=alice)
    moves.delete_version(session, "m", 1, by=alice)
    moves.restore_version(session, "m", 1, by=alice)
    rows = session.execute(
        select(HISTORY.c.stage, HISTORY.c.valid_from, HISTORY.c.valid_until).order_by(HISTORY.c.id)
    )
    history = [tuple(row) for row in rows]
    assert [stage for stage, _, _ in history] == ["None", "Staging", "Production", "None"]
    assert all(begun <= (ended or begun) for _, begun, ended in history)


@pytest.mark.usefixtures("slow_clock")
def test_aliases_restored_models_and_names_used_again_run_forward_too(session: Session, alice: Principal) -> None:
    models.create(session, "m", by=alice)
    for _ in range(2):
        versions.register(session, "m", Registration("s3://b/m"), by=alice, rules=SourceRules())
    for number in (1, 2):
        moves.point_alias(session, "m", "champion", number, by=alice)
    moves.remove_alias(session, "m", "champion", by=alice)
    moves.delete_version(session, "m", 1, by=alice)
    moves.delete_model(session, "m", by=alice)
    models.create(session, "m", by=alice)
    model_id = session.execute(text("SELECT min(id) FROM registered_models")).scalar_one()
    moves.restore_model(session, model_id, new_name="n", by=alice)
    models.rename(session, "m", "l", by=alice)
    models.rename(session, "n", "m", by=alice)
    must_agree(session)


@pytest.fixture(params=["sqlite", "postgresql"])
def old(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A database as the release before left it: a model with an alias, one whose alias is gone, one without."""
    with migrated_to("0003", request, tmp_path_factory) as engine:
        with engine.begin() as connection:
            for statement in _FORMER:
                connection.execute(text(statement))
        yield engine


_FORMER = (
    "INSERT INTO principals (id, name, kind, is_administrator, created_at) VALUES (1, 'alice', 'user', false, 1)",
    """
    INSERT INTO registered_models
        (id, name, description, created_at, created_by_id, last_updated_at, last_updated_by_id, last_number, revision)
    VALUES (1, 'a', '', 1, 1, 1, 1, 1, 1), (2, 'b', '', 1, 1, 1, 1, 1, 1), (3, 'c', '', 1, 1, 1, 1, 1, 1)
    """,
    """
    INSERT INTO model_versions
        (id, model_id, model_name, number, created_at, created_by_id, last_updated_at, last_updated_by_id,
         description, stage, source, download_uri, run_id, run_link, logged_model_id, revision, deleted_with_model)
    VALUES (1, 1, 'a', 1, 1, 1, 1, 1, '', 'None', 's', 's', '', '', '', 1, false),
           (2, 2, 'b', 1, 1, 1, 1, 1, '', 'None', 's', 's', '', '', '', 1, false)
    """,
    """
    INSERT INTO aliases (model_id, alias, version_id, valid_from, valid_until, set_by_id)
    VALUES (1, 'x', 1, 70, NULL, 1), (1, 'y', 1, 50, 60, 1), (2, 'x', 1, 50, 90, 1)
    """,
)


def test_aliases_of_before_are_not_run_before_either(old: Engine) -> None:
    migrations.upgrade(old)
    with old.connect() as connection:
        found = connection.execute(text("SELECT aliased_at FROM registered_models ORDER BY id")).scalars()
        assert list(found) == [70, 90, 0]
