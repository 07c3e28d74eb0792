"""What a file of groups and grants may say, and how faults are told."""

from typing import Any

import pytest

from assent.access.declaring.declarations import declared
from assent.access.declaring.declared import REGISTRY, Slot, Where
from assent.access.policy.levels import Level
from assent.access.policy.names import Who
from assent.kernel.errors import Faulty


def test_a_file_says_who_is_in_which_group() -> None:
    found = declared({"groups": {"risk": ["user:alice", "group:leads"], "empty": None}})
    assert found.groups == {
        "risk": frozenset({Who("user", "alice"), Who("group", "leads")}),
        "empty": frozenset(),
    }


def test_a_file_says_what_is_granted() -> None:
    content = {
        "grants": {
            "registry": {"service_account:ci": ["CAN_READ", "CAN_CREATE_REGISTERED_MODEL"]},
            "patterns": {"churn-*": {"group:risk": "CAN_EDIT"}},
            "models": {"fraud": {"user:alice": "CAN_MANAGE"}},
        }
    }
    ci = Who("service_account", "ci")
    assert declared(content).grants == {
        Slot(REGISTRY, ci): Level.CAN_READ,
        Slot(REGISTRY, ci, creates=True): Level.CAN_CREATE_REGISTERED_MODEL,
        Slot(Where("pattern", "churn-*"), Who("group", "risk")): Level.CAN_EDIT,
        Slot(Where("model", "fraud"), Who("user", "alice")): Level.CAN_MANAGE,
    }


@pytest.mark.parametrize(
    ("content", "places"),
    [
        ({}, set()),
        (None, set()),
        ({"groups": None, "grants": None}, set()),
        ({"grants": {"registry": None}}, {REGISTRY}),
        ({"grants": {"patterns": {}}}, {Where("pattern")}),
        ({"grants": {"patterns": {"a*": None}}}, {Where("pattern")}),
        ({"grants": {"models": {}}}, set()),
        ({"grants": {"models": {"fraud": None}}}, {Where("model", "fraud")}),
    ],
)
def test_a_file_manages_what_it_speaks_of(content: Any, places: set[Where]) -> None:
    assert declared(content).places == places


def test_groups_that_are_not_spoken_of_are_not_managed() -> None:
    assert (declared({}).groups, declared({"groups": None}).groups) == (None, {})


@pytest.mark.parametrize(
    ("content", "at", "told"),
    [
        ([], (), "Write names with a colon"),
        ({"group": {}}, ("group",), "There is nothing called group here; there is groups, grants."),
        ({"groups": []}, ("groups",), "Write names with a colon"),
        ({"groups": {"a\nb": []}}, ("groups", "a\nb"), "A group's name holds no colon"),
        ({"groups": {"risk": "user:alice"}}, ("groups", "risk"), "Write the members as a list"),
        (
            {"groups": {"risk": ["alice"]}},
            ("groups", "risk", 0),
            "Write user:NAME, service_account:NAME or group:NAME",
        ),
        ({"groups": {"risk": ["robot:a"]}}, ("groups", "risk", 0), "Write user:NAME"),
        ({"groups": {"risk": [{"user": "a"}]}}, ("groups", "risk", 0), "Write user:NAME"),
        ({"groups": {"risk": ["user:"]}}, ("groups", "risk", 0), "A user's name has 1 to 128"),
        ({"groups": {"risk": ["user:a", "user:a"]}}, ("groups", "risk", 1), "user:a is named twice."),
        ({"grants": {"model": {}}}, ("grants", "model"), "there is registry, patterns, models"),
        (
            {"grants": {"registry": {"user:a": "CAN_FLY"}}},
            ("grants", "registry", "user:a"),
            "no level CAN_FLY",
        ),
        ({"grants": {"registry": {"user:a": []}}}, ("grants", "registry", "user:a"), "Name a level."),
        ({"grants": {"registry": {"user:a": [{}]}}}, ("grants", "registry", "user:a"), "There is no level {}"),
        (
            {"grants": {"registry": {"user:a": ["CAN_READ", "CAN_EDIT"]}}},
            ("grants", "registry", "user:a"),
            "Name one level, and CAN_CREATE_REGISTERED_MODEL beside it.",
        ),
        ({"grants": {"patterns": {"a/*": {}}}}, ("grants", "patterns", "a/*"), "A pattern of names holds no '/'"),
        (
            {"grants": {"models": {"m": {"user:a": "CAN_CREATE_REGISTERED_MODEL"}}}},
            ("grants", "models", "m", "user:a"),
            "not on a model",
        ),
    ],
)
def test_a_fault_is_told_with_its_place_and_what_would_be_right(content: Any, at: tuple[Any, ...], told: str) -> None:
    with pytest.raises(Faulty) as refused:
        declared(content)
    (fault,) = refused.value.faults
    assert fault.at == at
    assert told in fault.message


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(Faulty) as refused:
        declared({"groups": {"risk": ["alice", "bob"]}, "grants": {"registry": {"user:a": "X"}}})
    assert len(refused.value.faults) == 3
