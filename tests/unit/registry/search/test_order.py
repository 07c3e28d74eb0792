"""The order of lists."""

import pytest

from assent.kernel.errors import Invalid
from assent.registry.search.entities import MODELS, VERSIONS, Entity, OrderKey
from assent.registry.search.order import full_order, parse_order

LATEST = "last_updated_timestamp"


@pytest.mark.parametrize(
    ("clause", "descending"),
    [
        ("name", False),
        ("name ASC", False),
        ("name asc", False),
        ("name DESC", True),
        ("name\tdesc", True),
        ("name \n Desc", True),
        ("  name  ", False),
        ("`name` DESC", True),
        ('"name"', False),
    ],
)
@pytest.mark.parametrize("entity", [MODELS, VERSIONS])
def test_a_clause_is_a_key_and_a_direction(entity: Entity, clause: str, descending: bool) -> None:
    assert parse_order([clause], entity) == (OrderKey("name", descending),)


@pytest.mark.parametrize("clause", ["timestamp", LATEST, "`timestamp`"])
def test_the_time_stamp_of_a_model_is_that_of_its_last_update(clause: str) -> None:
    assert parse_order([clause], MODELS) == (OrderKey(LATEST),)


@pytest.mark.parametrize("key", ["name", "version_number", "creation_timestamp", LATEST])
@pytest.mark.parametrize("form", ["{}", "attribute.{}", "attribute.`{}`"])
def test_a_key_of_versions_may_say_that_it_is_an_attribute(form: str, key: str) -> None:
    assert parse_order([form.format(key)], VERSIONS) == (OrderKey(key),)


@pytest.mark.parametrize("key", ["creation_timestamp", "NAME", "attribute.name", "tags.a", "run_id", "Timestamp"])
def test_models_are_sorted_by_nothing_else(key: str) -> None:
    with pytest.raises(Invalid) as refusal:
        parse_order([f"{key} DESC"], MODELS)
    assert refusal.value.message == f"Invalid order by key '{key}' specified. Valid keys are name, {LATEST}"


@pytest.mark.parametrize("key", ["timestamp", "NAME", "attribute.run_id", "tags.a", "run_id", "current_stage"])
def test_versions_are_sorted_by_nothing_else(key: str) -> None:
    with pytest.raises(Invalid) as refusal:
        parse_order([key], VERSIONS)
    assert refusal.value.message == (
        f"Invalid attribute key '{key}' specified. Valid keys are name, version_number, creation_timestamp, {LATEST}"
    )


@pytest.mark.parametrize(
    "clause",
    ["", "  ", "name DESC blah", "name, timestamp", "name;", "`name", "name() DESC", "(name)", "name\x00"],
)
@pytest.mark.parametrize("entity", [MODELS, VERSIONS])
def test_what_is_no_clause_is_refused(entity: Entity, clause: str) -> None:
    with pytest.raises(Invalid) as refusal:
        parse_order([clause], entity)
    assert refusal.value.message.startswith("Invalid order")
    assert f"order_by clause '{clause}'" in refusal.value.message


def test_an_unknown_direction_is_refused() -> None:
    with pytest.raises(Invalid, match=r"^Invalid ordering key in order_by clause 'name down'\.$"):
        parse_order(["name down"], MODELS)


@pytest.mark.parametrize("clauses", [["name", "`name` DESC"], ["timestamp", LATEST]])
def test_a_key_may_come_once_however_it_is_spelled(clauses: list[str]) -> None:
    with pytest.raises(Invalid, match=r"^`order_by` contains duplicate fields: \["):
        parse_order(clauses, MODELS)


def test_no_order_is_the_default_order() -> None:
    assert full_order([], MODELS) == (OrderKey("name"),)
    assert full_order([], VERSIONS) == (
        OrderKey(LATEST, descending=True),
        OrderKey("name"),
        OrderKey("version_number", descending=True),
    )


@pytest.mark.parametrize(
    ("entity", "clauses", "order"),
    [
        (MODELS, ["timestamp DESC"], [OrderKey(LATEST, True), OrderKey("name")]),
        (MODELS, ["name DESC"], [OrderKey("name", True)]),
        (VERSIONS, ["name DESC"], [OrderKey("name", True), OrderKey("version_number", True)]),
        (VERSIONS, ["version_number"], [OrderKey("version_number"), OrderKey("name")]),
        (VERSIONS, [LATEST], [OrderKey(LATEST), OrderKey("name"), OrderKey("version_number", True)]),
    ],
)
def test_ties_are_broken_by_what_was_not_given(entity: Entity, clauses: list[str], order: list[OrderKey]) -> None:
    assert full_order(clauses, entity) == tuple(order)
