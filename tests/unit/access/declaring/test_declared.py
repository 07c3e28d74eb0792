"""A file of groups and grants, compared with what there is: a table, and what always holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.access.declaring.declared import (
    REGISTRY,
    Declared,
    Membership,
    Slot,
    State,
    Where,
    applied,
    circle,
    difference,
)
from assent.access.policy.levels import Level
from assent.access.policy.names import Who

ALICE, BOB, CI = Who("user", "alice"), Who("user", "bob"), Who("service_account", "ci")
RISK, LEADS = Who("group", "risk"), Who("group", "leads")
READ, EDIT, CREATE = Level.CAN_READ, Level.CAN_EDIT, Level.CAN_CREATE_REGISTERED_MODEL
PATTERNS, CHURN = Where("pattern"), Where("pattern", "churn-*")
FRAUD, SALES = Where("model", "fraud"), Where("model", "sales")


def grants(*given: tuple[Where, Who, Level]) -> dict[Slot, Level]:
    return {Slot.of(where, who, level): level for where, who, level in given}


def members(**groups: Who) -> frozenset[Membership]:
    return frozenset(Membership(group, who) for group, who in groups.items())


TABLE: dict[str, tuple[Declared, State, list[str]]] = {
    "nothing is said, nothing is changed": (
        Declared(),
        State(frozenset({"risk"}), members(risk=ALICE), grants=grants((REGISTRY, ALICE, READ))),
        [],
    ),
    "a group and its member come": (
        Declared({"risk": frozenset({ALICE})}),
        State(),
        ["+ group risk", "+ user:alice in the group risk"],
    ),
    "one goes out before another comes in": (
        Declared({"risk": frozenset({ALICE})}),
        State(frozenset({"risk"}), members(risk=BOB)),
        ["- user:bob in the group risk", "+ user:alice in the group risk"],
    ),
    "a group that is not named loses its members and stays": (
        Declared({}),
        State(frozenset({"risk"}), members(risk=ALICE)),
        ["- user:alice in the group risk"],
    ),
    "whom an identity provider put into a group stays": (
        Declared({"risk": frozenset()}),
        State(frozenset({"risk"}), kept=members(risk=ALICE)),
        [],
    ),
    "whom an identity provider put into a group is not put there again": (
        Declared({"risk": frozenset({ALICE})}),
        State(frozenset({"risk"}), kept=members(risk=ALICE)),
        [],
    ),
    "a level is replaced": (
        Declared(grants=grants((REGISTRY, ALICE, EDIT)), places=frozenset({REGISTRY})),
        State(grants=grants((REGISTRY, ALICE, READ))),
        ["~ user:alice: CAN_READ -> CAN_EDIT on the registry"],
    ),
    "the right to create stands beside a level": (
        Declared(grants=grants((REGISTRY, CI, READ), (REGISTRY, CI, CREATE)), places=frozenset({REGISTRY})),
        State(grants=grants((REGISTRY, CI, READ))),
        ["+ service_account:ci: CAN_CREATE_REGISTERED_MODEL on the registry"],
    ),
    "patterns that are not named go": (
        Declared(places=frozenset({PATTERNS})),
        State(grants=grants((CHURN, RISK, READ), (REGISTRY, RISK, READ))),
        ["- group:risk: CAN_READ on the pattern churn-*"],
    ),
    "models that are not named stay as they are": (
        Declared(places=frozenset({FRAUD})),
        State(grants=grants((FRAUD, ALICE, EDIT), (SALES, ALICE, EDIT))),
        ["- user:alice: CAN_EDIT on the model fraud"],
    ),
}


@pytest.mark.parametrize("case", TABLE)
def test_the_difference_is_told_in_words(case: str) -> None:
    declared, state, told = TABLE[case]
    assert [str(change) for change in difference(declared, state)] == told


WHOS = st.sampled_from([ALICE, BOB, CI, RISK, LEADS])
PLACES = st.sampled_from([REGISTRY, CHURN, Where("pattern", "*"), FRAUD, SALES])
SLOTS = st.builds(Slot.of, PLACES, WHOS, st.sampled_from([READ, EDIT]))
LEVELS = st.sampled_from([READ, EDIT])
NAMES = st.sampled_from(["risk", "leads", "all"])
MEMBERS = st.frozensets(st.builds(Membership, NAMES, WHOS))
STATES = st.builds(
    lambda by_hand, kept, given: State(frozenset({"risk", "leads"}), by_hand - kept, kept, given),
    MEMBERS,
    MEMBERS,
    st.dictionaries(SLOTS, LEVELS),
)


@st.composite
def files(draw: st.DrawFn) -> Declared:
    """Whatever a file may declare."""
    places = draw(st.frozensets(st.sampled_from([REGISTRY, PATTERNS, FRAUD, SALES])))
    groups = draw(st.none() | st.dictionaries(NAMES, st.frozensets(WHOS)))
    managing = Declared(groups, {}, places)
    wanted = draw(st.dictionaries(SLOTS, LEVELS))
    return Declared(groups, {slot: level for slot, level in wanted.items() if managing.manages(slot.where)}, places)


@given(files(), STATES)
def test_after_a_file_is_applied_nothing_is_left_to_do(declared: Declared, state: State) -> None:
    assert difference(declared, applied(difference(declared, state), state)) == []


@given(files(), STATES)
def test_after_a_file_is_applied_what_it_says_is_so(declared: Declared, state: State) -> None:
    after = applied(difference(declared, state), state)
    assert declared.members <= after.members | after.kept
    assert declared.grants.items() <= after.grants.items()


@given(files(), STATES)
def test_what_a_file_does_not_manage_stays(declared: Declared, state: State) -> None:
    after = applied(difference(declared, state), state)
    unmanaged = {slot: level for slot, level in state.grants.items() if not declared.manages(slot.where)}
    assert unmanaged.items() <= after.grants.items()
    assert (state.groups <= after.groups, state.kept == after.kept) == (True, True)
    assert declared.groups is not None or after.members == state.members


@pytest.mark.parametrize(
    ("nested", "found"),
    [
        ([], []),
        (["a>b", "b>c"], []),
        (["a>b", "a>c", "b>d", "c>d"], []),
        (["a>a"], ["a", "a"]),
        (["a>b", "b>a"], ["a", "b", "a"]),
        (["a>b", "b>c", "c>d", "d>b"], ["b", "c", "d", "b"]),
    ],
)
def test_groups_that_hold_each_other_are_found(nested: list[str], found: list[str]) -> None:
    pairs = [each.split(">") for each in nested]
    assert circle(Membership(outer, Who("group", inner)) for outer, inner in pairs) == found


def test_a_long_chain_of_groups_is_no_circle() -> None:
    assert circle(Membership(str(number), Who("group", str(number + 1))) for number in range(5000)) == []
