"""What the pages about models ask is found by an index, however many models and versions there are."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assent.access.policy.principals import Principal
from assent.governance.evidence import checks
from assent.governance.requests.viewing import of_models
from assent.lineage.graph import walks
from assent.lineage.reports import serving
from assent.lineage.runs import measured
from assent.registry import board, history, reading
from assent.registry.search import entities, finding
from assent.registry.search.entities import OrderKey
from assent.registry.views import VERSIONS, Version
from assent.web.models.boxes import Boxes
from support.databases import engine_for
from support.filling import fill
from support.plans import plans, whole_tables

TABLES = "(model_|registered_|run_|checks|transition_|stage_history|aliases|servings|lineage_edges)"
STAGES = ["None", "Staging", "Production"]


def _third(session: Session, by: Principal) -> Version:
    return reading.version_numbered(session, "model 7", 3, by=by)


Ask = Callable[[Session, Principal], Any]
ASKED: dict[str, Ask] = {
    "board": lambda session, _: board.of(session, 7, STAGES, most=5),
    "beside": lambda session, by: board.beside(
        session, reading.version_numbered(session, "model 7", 3, by=by), STAGES
    ),
    "keys": lambda session, _: measured.keys(session, [70, 71, 72]),
    "values": lambda session, _: measured.values(session, [70, 71, 72], ["auc", "loss"]),
    "chart": lambda session, _: measured.over_versions(session, 7, "auc", most=100),
    "tallies": lambda session, _: checks.tallies(session, [70, 71]),
    "results": lambda session, _: checks.newest_results(session, 70, most=10),
    "history": lambda session, by: history.newest_of_version(session, _third(session, by), most=10),
    "requests in models": lambda session, _: of_models.open_in(session, [7, 8]),
    "requests of a model": lambda session, _: of_models.open_of_model(session, 7, most=6),
    "requests of a version": lambda session, _: of_models.of_version(session, 70, most=6),
    "serving a version": lambda session, _: serving.running(session, VERSIONS.c.id == 70, most=5),
    "above": lambda session, by: session.execute(
        walks.nodes_above("version:70", by=by, on=session.get_bind().dialect.name)
    ).all(),
    "versions in a stage": lambda session, by: finding.versions(
        session,
        Boxes(stage="Production").filter(entities.VERSIONS, of_model="model 7"),
        ["version_number DESC"],
        size=50,
        by=by,
    ),
    "tagged versions of a model": lambda session, by: finding.versions(
        session,
        Boxes(tag="common", value="yes").filter(entities.VERSIONS, of_model="model 7"),
        ["version_number DESC"],
        size=50,
        by=by,
    ),
    "models by creation": lambda session, by: finding.models(
        session, "", [OrderKey("creation_timestamp", descending=True)], size=50, by=by
    ),
}


@pytest.fixture(scope="module")
def filled(databases: Any) -> Any:
    """A database with many models."""
    with databases.copy() as url:
        engine = engine_for(url)
        fill(engine, models=200, versions=20)
        yield engine
        engine.dispose()


@pytest.mark.parametrize("asked", ASKED)
def test_no_table_is_read_as_a_whole(filled: Engine, asked: str) -> None:
    found = plans(filled, ASKED[asked])
    assert found
    assert [whole_tables(plan, TABLES) for plan in found if whole_tables(plan, TABLES)] == []


def test_of_the_versions_of_one_model_rights_are_asked_for_once(filled: Engine) -> None:
    once = "SCALAR SUBQUERY" if filled.dialect.name == "sqlite" else "InitPlan"
    plan = plans(filled, ASKED["tagged versions of a model"])[-1]
    assert re.search(rf"^\W*{once}", plan, re.MULTILINE), plan
