"""`assent at` and `assent story` ask a live registry how things stood, and what happened."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import requests

from support.commands import Assent
from support.databases import PostgresDatabases, SqliteDatabases
from support.server import Server

_CALLS = (
    ("POST", "registered-models/create", {"name": "fraud"}),
    ("POST", "model-versions/create", {"name": "fraud", "source": "s3://bucket/fraud", "run_id": "4f2c"}),
    ("POST", "model-versions/transition-stage", {"name": "fraud", "version": "1", "stage": "Production"}),
    ("POST", "registered-models/alias", {"name": "fraud", "version": "1", "alias": "champion"}),
    ("POST", "registered-models/create", {"name": "kept"}),
    ("POST", "model-versions/create", {"name": "kept", "source": "s3://bucket/kept"}),
    ("POST", "model-versions/transition-stage", {"name": "kept", "version": "1", "stage": "Staging"}),
    ("POST", "registered-models/rename", {"name": "fraud", "new_name": "fraud-cards"}),
    ("DELETE", "registered-models/delete", {"name": "fraud-cards"}),
    ("DELETE", "model-versions/delete", {"name": "kept", "version": "1"}),
)


@pytest.fixture(scope="module")
def moment() -> list[int]:
    """When the version stood in production."""
    return []


@pytest.fixture(scope="module")
def assent(
    databases: SqliteDatabases | PostgresDatabases, tmp_path_factory: pytest.TempPathFactory, moment: list[int]
) -> Iterator[Assent]:
    """The command in an administrator's hands, and a registry whose models are renamed, or deleted by now."""
    moment.clear()
    with databases.copy() as url, Server.start(url, tmp_path_factory.mktemp("server")) as server:
        authorization = {"Authorization": f"Bearer {server.token()}"}
        for method, path, fields in _CALLS:
            if path == "registered-models/rename":
                moment.append(time.time_ns() // 1_000_000)
                time.sleep(0.01)
            address = f"{server.url}/api/2.0/mlflow/{path}"
            requests.request(method, address, json=fields, headers=authorization, timeout=30).raise_for_status()
        yield Assent({"ASSENT_URL": server.url, "ASSENT_TOKEN": server.token()})


@pytest.fixture
def then(moment: list[int]) -> str:
    """That time, as it is typed."""
    return datetime.fromtimestamp(moment[0] / 1000, UTC).isoformat(timespec="milliseconds")


def test_what_was_held_is_shown_under_the_name_of_then(assent: Assent, then: str) -> None:
    heading, stage, alias = assent("at", then, "--model", "fraud").stdout.splitlines()
    assert heading.split() == ["MODEL", "VERSION", "HELD", "SINCE", "UNTIL", "BY", "RUN", "COMMIT", "DATA"]
    assert stage.startswith("fraud (now fraud-cards, deleted)  1        Production")
    assert "@champion" in alias


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (["--model", "fraud"], 2),
        (["--model", "fraud-cards"], 2),
        (["--pattern", "*-cards"], 2),
        (["--pattern", "z*"], 0),
        (["--stage", "Production"], 1),
        (["--tier", "staging"], 1),
        (["--tier", "archived"], 0),
        (["--alias", "champion"], 1),
    ],
)
def test_what_was_held_is_narrowed_down(assent: Assent, then: str, asked: list[str], found: int) -> None:
    assert len(assent.json("at", then, *asked)) == found


def test_a_version_that_is_deleted_by_now_is_shown_so(assent: Assent, then: str) -> None:
    _, held = assent("at", then, "--model", "kept").stdout.splitlines()
    assert held.startswith("kept   1 (deleted)  Staging")


def test_nothing_is_held_before_and_after(assent: Assent) -> None:
    assert assent("at", "2020-01-01").stdout == assent("at", "now").stdout == "There are none.\n"


def test_a_time_that_is_none_is_refused(assent: Assent) -> None:
    assert "no time such as" in assent.told("at", "noon", code=2)


def test_the_story_of_a_version_is_told(assent: Assent) -> None:
    heading, *lines = assent("story", "fraud-cards", "1").stdout.splitlines()
    assert heading.split() == ["AT", "THROUGH", "WHAT"]
    assert [line.split("  ")[-1].strip() for line in lines] == [
        "admin registered it from s3://bucket/fraud, run 4f2c",
        "admin moved it from None to Production",
        "admin pointed @champion to it",
        "admin renamed the model from fraud to fraud-cards",
        "admin deleted the model with all its versions, which took it out of Production and @champion",
    ]
    assert len(assent.json("story", "fraud-cards", "1")) == 5


def test_a_version_that_was_never_there_has_no_story(assent: Assent) -> None:
    assert "not found" in assent.told("story", "fraud-cards", "2", code=2)
