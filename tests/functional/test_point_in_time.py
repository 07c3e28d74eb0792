"""Who held which stage and alias at a moment."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine

from assent.access.policy.principals import SYSTEM
from assent.database import reading, unit_of_work
from assent.lineage.past import at as point_in_time
from assent.lineage.past.at import Asked, at
from assent.lineage.runs.captured import Way
from assent.lineage.runs.snapshots import SNAPSHOTS
from support.calling import Caller
from support.counting import counted
from support.databases import TEST, engine_for

BEGAN = 1_900_000_000_000


class Clock:
    """The clock of the service: it stands still until it is told to go on."""

    at = BEGAN

    def time_ns(self) -> int:
        """What the service sees."""
        return self.at * 1_000_000

    def tick(self) -> int:
        """Go on by a second; gives the moment before."""
        before, self.at = self.at, self.at + 1000
        return before


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of the service, in the hands of the test."""
    made = Clock()
    monkeypatch.setattr("assent.kernel.clock.time", made)
    return made


def then(call: Caller, moment: int, **asked: Any) -> list[str]:
    """What was held at a moment, in short."""
    held = call.api("GET", "/at", time=moment, **asked)["held"]
    return [f"{each['model']}/{each['version']} {each['what']}" for each in held]


def test_a_version_holds_a_stage_from_the_moment_it_enters_until_it_leaves(call: Caller, clock: Clock) -> None:
    call.model()
    call.version()
    clock.tick()
    call.move("1", "Production")
    entered = clock.tick()
    call.move("1", "Archived")
    left = clock.at
    assert [then(call, moment, stage="Production") for moment in (entered - 1, entered, left - 1, left)] == [
        [],
        ["m/1 Production"],
        ["m/1 Production"],
        [],
    ]


def test_an_alias_is_held_from_the_moment_it_points_until_it_points_elsewhere(call: Caller, clock: Clock) -> None:
    call.model()
    for number in ("1", "2"):
        call.version()
        call.point("champion", number)
        clock.tick()
    call("DELETE", "/registered-models/alias", name="m", alias="champion")
    moments = [BEGAN, BEGAN + 999, BEGAN + 1000, BEGAN + 1999, BEGAN + 2000]
    assert [then(call, moment, alias="champion") for moment in moments] == [
        ["m/1 champion"],
        ["m/1 champion"],
        ["m/2 champion"],
        ["m/2 champion"],
        [],
    ]


def test_all_that_was_held_is_told_by_model_production_first(call: Caller, clock: Clock) -> None:
    for name in ("m", "n"):
        call.model(name)
        for number, stage in (("1", "Archived"), ("2", "Staging"), ("3", "Production"), ("4", "None")):
            call.version(name)
            call.move(number, stage, name=name)
        call.point("champion", "3", name=name)
    of_each = ["3 Production", "2 Staging", "1 Archived", "3 champion"]
    assert then(call, clock.at) == [f"{name}/{held}" for name in ("m", "n") for held in of_each]


def test_who_stood_in_no_stage_is_told_where_one_asks(call: Caller, clock: Clock) -> None:
    call.model()
    call.version()
    assert then(call, clock.at) == []
    assert then(call, clock.at, tier="none") == then(call, clock.at, stage="none") == ["m/1 None"]


def test_a_stage_and_an_alias_are_told_together(call: Caller, clock: Clock) -> None:
    call.model()
    for number in ("1", "2"):
        call.version()
        call.move(number, "Production")
    call.move("2", "Staging")
    call.point("champion", "2")
    assert then(call, clock.at, stage="Production", alias="champion") == ["m/1 Production", "m/2 champion"]


def test_a_row_tells_since_when_until_when_through_whom_and_from_which_run(call: Caller, clock: Clock) -> None:
    call.model()
    call.version(run_id="0123")
    entered = clock.tick()
    call.by("petra").move("1", "Production")
    call.by("bob").move("1", "Archived")
    (held,) = call.api("GET", "/at", time=clock.tick())["held"]
    assert held == {
        "model": "m",
        "model_now": "m",
        "model_id": held["model_id"],
        "model_deleted": False,
        "version": 1,
        "version_deleted": False,
        "kind": "stage",
        "what": "Archived",
        "since": entered + 1000,
        "until": None,
        "by": "bob",
        "run_id": "0123",
        "snapshot": None,
        "request": None,
        "signed_by": [],
        "overridden_by": None,
    }


def test_a_model_is_called_as_it_was_then_and_found_by_its_name_of_now(call: Caller, clock: Clock) -> None:
    call.model("old")
    call.version("old")
    call.move("1", "Production", name="old")
    before = clock.tick()
    call("POST", "/registered-models/rename", name="old", new_name="new")
    (held,) = call.api("GET", "/at", time=before)["held"]
    assert (held["model"], held["model_now"]) == ("old", "new")
    assert then(call, before, model="old") == then(call, before, model="new") == ["old/1 Production"]
    assert then(call, before, pattern="n?w") == then(call, before, pattern="o*") == ["old/1 Production"]
    assert (then(call, clock.at, model="old"), then(call, clock.at, model="new")) == ([], ["new/1 Production"])


def test_a_name_that_was_used_again_is_of_whoever_bore_it_then(call: Caller, clock: Clock) -> None:
    for _ in range(2):
        call.model()
        call.version()
        call.move("1", "Production")
        clock.tick()
        call("DELETE", "/registered-models/delete", name="m")
    first, second = (call.api("GET", "/at", time=moment, model="m")["held"] for moment in (BEGAN, BEGAN + 1000))
    assert [len(first), len(second)] == [1, 1]
    assert first[0]["model_id"] < second[0]["model_id"]


def test_deleted_models_and_versions_are_told_of(call: Caller, clock: Clock) -> None:
    for name in ("m", "n"):
        call.model(name)
        call.version(name)
        call.move("1", "Production", name=name)
    before = clock.tick()
    call("DELETE", "/registered-models/delete", name="m")
    call("DELETE", "/model-versions/delete", name="n", version="1")
    assert then(call, before) == ["m/1 Production", "n/1 Production"]
    deleted = [
        (each["model_deleted"], each["version_deleted"]) for each in call.api("GET", "/at", time=before)["held"]
    ]
    assert deleted == [(True, True), (False, True)]
    assert then(call, clock.at) == []


def test_what_one_may_not_read_was_never_there(call: Caller, clock: Clock) -> None:
    for name in ("m", "n"):
        call.model(name)
        call.version(name)
        call.move("1", "Production", name=name)
    call.api("PUT", "/models/m/permissions", kind="user", name="rita", level="NO_PERMISSIONS")
    assert then(call.by("rita"), clock.at) == ["n/1 Production"]
    call("DELETE", "/registered-models/delete", name="m")
    assert then(call.by("rita"), clock.at, model="m") == []


def test_pages_hold_everything_once(call: Caller, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("m", "n"):
        call.model(name)
        for number in ("1", "2", "3"):
            call.version(name)
            call.move(number, "Production" if number == "1" else "Staging", name=name)
            call.point(f"alias-{number}", number, name=name)
        call.point("alias-1b", "1", name=name)
    whole = call.api("GET", "/at", time=clock.at)["held"]
    assert len(whole) == 14
    for size in (1, 2, 3, 5, 13, 14):
        monkeypatch.setattr(point_in_time, "LONGEST_PAGE", size)
        page = call.api("GET", "/at", time=clock.at)
        found = page["held"]
        while page["next"]:
            page = call.api("GET", "/at", time=clock.at, after=page["next"])
            assert len(page["held"]) <= size
            found += page["held"]
        assert found == whole


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({}, "time"),
        ({"time": -1}, "time"),
        ({"time": "yesterday"}, "time"),
        ({"time": 1, "stage": "Nowhere"}, "Nowhere"),
        ({"time": 1, "tier": "first"}, "tier"),
        ({"time": 1, "alias": "a b"}, "alias"),
        ({"time": 1, "pattern": "a/b"}, "pattern"),
        ({"time": 1, "model": "a", "pattern": "b"}, "pattern"),
        ({"time": 1, "stage": "Staging", "tier": "staging"}, "tier"),
        ({"time": 1, "after": "nonsense"}, "token"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(sqlite_call: Caller, asked: dict[str, Any], told: str) -> None:
    assert told in sqlite_call.api("GET", "/at", status=400, **asked)["detail"]


def test_a_page_of_another_moment_is_refused(call: Caller, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(point_in_time, "LONGEST_PAGE", 1)
    call.model()
    for number in ("1", "2"):
        call.version()
        call.move(number, "Staging")
    following = call.api("GET", "/at", time=clock.at)["next"]
    call.api("GET", "/at", status=400, time=clock.at + 1, after=following)


def test_it_takes_three_statements_however_much_was_held(app: Flask, call: Caller, clock: Clock) -> None:
    call.model()
    counts = set()
    for number in ("1", "2", "3"):
        call.version()
        call.move(number, "Staging")
        then(call, clock.at)
        with counted(app) as statements:
            then(call, clock.at)
        # Whether the credentials are looked at again is up to the time.
        ours = ("FROM stages", "stage_history", "run_snapshots")
        counts.add(len([each for each in statements if any(table in each for table in ours)]))
        assert len(statements) <= 5
    assert counts == {3}


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """A database to write to beside the service."""
    made = engine_for(database_url)
    yield made
    made.dispose()


def test_a_row_tells_of_the_snapshot_of_its_run(app: Flask, call: Caller, clock: Clock, engine: Engine) -> None:
    del app
    call.model()
    call.version(run_id="0123")
    call.move("1", "Production")
    datasets = [{"name": "train", "digest": "5ad6e8ce", "context": "training"}]
    with unit_of_work(engine, TEST) as session:
        for way in (Way.PUSHED, Way.PULLED):
            row = {"version_id": 1, "way": way, "digest": f"sha256:{way}", "content": "{}", "code_commit": "8d1c"}
            session.execute(SNAPSHOTS.insert(), row | {"datasets": datasets, "taken_at": 1})
    with reading(engine, TEST) as connection:
        (held,) = at(connection, clock.at, Asked(), by=SYSTEM).found
    assert held.snapshot == (Way.PULLED, "sha256:pulled", "8d1c", datasets)
