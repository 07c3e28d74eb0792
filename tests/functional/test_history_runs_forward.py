"""Whoever waits for a row, and whatever his clock says: history never runs backwards."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from assent.access.principals import Principal
from assent.governance import moves
from assent.kernel.dialects import table
from assent.registry import models, versions
from assent.registry.sources import SourceRules
from assent.registry.tables import StageHistory
from assent.registry.versions import Registration

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
