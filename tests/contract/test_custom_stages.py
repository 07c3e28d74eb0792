"""The unmodified client loads from a stage that an administrator added, and moves versions into it."""

from collections.abc import Callable
from typing import Any

import pytest

from assent.registry.tiers import Stage, Tier
from support import lifecycles
from support.databases import PostgresDatabases, SqliteDatabases
from support.server import Server

EXPECTED = {
    "moved": "UAT",
    "in UAT": ["1"],
    "latest": {"1": "UAT", "3": "None"},
    "of the model": {"1": "UAT", "3": "None"},
    "found": ["1"],
    "archived": {"1": "Archived", "2": "UAT", "3": "None"},
    "copied": "models:/risk-score/2",
    # It asks nobody for these.
    "known to the client": ["None", "Staging", "Production", "Archived"],
}


@pytest.fixture(scope="module")
def told(
    databases: SqliteDatabases | PostgresDatabases,
    tell: Callable[..., Any],
    tmp_path_factory: pytest.TempPathFactory,
) -> Any:
    """The facts of the story, told to a registry that knows a stage UAT."""
    with databases.copy() as url, Server.start(url, tmp_path_factory.mktemp("server")) as registry:
        lifecycles.bring(registry, Stage("UAT", Tier.STAGING))
        return tell("custom_stage", registry.password_login())


@pytest.mark.parametrize("fact", EXPECTED)
def test_client_sees(told: Any, fact: str) -> None:
    assert told[fact] == EXPECTED[fact]


def test_what_is_loaded_from_the_stage_predicts_what_the_trained_one_does(told: Any) -> None:
    assert told["predicted"] == [told["learned"]] * 2


def test_a_stage_that_there_is_not_is_refused_with_those_that_there_are(told: Any) -> None:
    assert "Nowhere. Value must be one of None, Staging, Production, Archived, UAT." in told["refused"]
