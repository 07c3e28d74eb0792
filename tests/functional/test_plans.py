"""Every documented filter and order walks an index: no plan reads a whole table."""

import re
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine

from assent.registry.search import finding
from support.databases import PostgresDatabases, SqliteDatabases, engine_for
from support.filling import fill
from support.plans import plans, whole_tables

VERSION_FILTERS = [
    "",
    "name = 'model 3'",
    "name != 'model 3'",
    "name LIKE 'model 3%'",
    "name LIKE '%3'",
    "name ILIKE 'MODEL 3%'",
    "name IN ('model 3', 'model 4')",
    "name NOT IN ('model 3')",
    "version_number > 15",
    "version_number = 15",
    "run_id = 'run 100'",
    "run_id LIKE 'run 10%'",
    "run_id IN ('run 100', 'run 101')",
    "source_path = 's3://bucket/100'",
    "source_path LIKE 's3://bucket/100%'",
    "tags.rare = '7'",
    "tags.common = 'yes'",
    "tags.common != 'no'",
    "tags.rare LIKE '7%'",
    "tags.rare ILIKE '%7'",
    "tags.common = 'yes' AND tags.rare = '7'",
    "current_stage = 'Production'",
    "current_stage != 'Production'",
    "current_stage IN ('Production', 'Staging')",
    "alias = 'champion'",
    "alias LIKE 'cham%'",
    "alias != 'champion'",
    "user_id = 'bob'",
    "user_id LIKE 'b%'",
    "creation_timestamp > 1700000010000",
    "last_updated_timestamp < 1700000010000",
]
VERSION_ORDERS = ["", "name", "name DESC", "version_number", "creation_timestamp DESC", "last_updated_timestamp ASC"]

MODEL_FILTERS = [
    "",
    "name = 'model 3'",
    "name LIKE 'model 3%'",
    "name ILIKE '%3'",
    "tags.team = 'shop'",
    "tags.team LIKE 'sh%'",
    "current_stage = 'Production'",
    "current_stage != 'Production'",
    "alias = 'champion'",
    "user_id = 'bob'",
    "creation_timestamp > 1700000000100",
    "last_updated_timestamp > 1700000000100",
    "tags.`mlflow.prompt.is_prompt` = 'true'",
]
MODEL_ORDERS = ["", "name DESC", "timestamp", "timestamp DESC"]


@pytest.fixture(scope="module")
def filled(databases: SqliteDatabases | PostgresDatabases) -> Iterator[Engine]:
    """A registry of 1,000 models with 20 versions each, whose statistics the planner knows."""
    with databases.copy() as url:
        engine = engine_for(url)
        fill(engine, models=1000, versions=20)
        yield engine
        engine.dispose()


def _plan(engine: Engine, find: Callable[..., object], filter_text: str, order: str) -> str:
    """What the database says it will do for a search."""
    orders = [order] if order else []
    (plan,) = plans(engine, lambda session, by: find(session, filter_text, orders, size=100, by=by))
    return plan


TABLES = r"(registered_models|model_versions|version_tags|model_tags|aliases|principals|highest|held|prompts)"


@pytest.mark.parametrize("order", VERSION_ORDERS)
@pytest.mark.parametrize("filter_text", VERSION_FILTERS)
def test_a_search_for_versions_reads_no_whole_table(filled: Engine, filter_text: str, order: str) -> None:
    plan = _plan(filled, finding.versions, filter_text, order)
    assert not whole_tables(plan, TABLES), plan


@pytest.mark.parametrize("order", MODEL_ORDERS)
@pytest.mark.parametrize("filter_text", MODEL_FILTERS)
def test_a_search_for_models_reads_no_whole_table(filled: Engine, filter_text: str, order: str) -> None:
    plan = _plan(filled, finding.models, filter_text, order)
    assert not whole_tables(plan, TABLES), plan


def test_a_common_tag_newest_first_walks_the_index_of_values(filled: Engine) -> None:
    plan = _plan(filled, finding.versions, "tags.common = 'yes'", "")
    assert re.search(r"(USING INDEX|Index Scan using) ix_version_tags_value", plan), plan
