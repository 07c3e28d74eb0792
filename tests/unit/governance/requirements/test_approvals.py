"""Approvals: read, told, judged case by case, and counted as somebody would who tries every way to count."""

from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.governance.requirements import approvals
from assent.governance.requirements.approvals import Approvals
from assent.governance.requirements.asking import Asking
from assent.governance.requirements.facts import ROLES, Approval, Facts, Person
from assent.governance.requirements.findings import Finding
from support.moves import GATE, approval, facts, in_words, incumbent, judged, of_version, person, read, result, spec

ANN, BEN, CLEO, DORA = person(1, "risk"), person(2, "leads"), person(3, "risk", "leads"), person(4)
BOT = person(9, kind="service_account", name="bot")
TWO_ONE_OF_RISK = {"count": 2, "from": ["group:risk", "group:leads"], "at_least": {"group:risk": 1}}


def of(written: object, *given: Approval, asking: Asking = GATE, **known: Any) -> Finding:
    return judged("approvals", written, facts(approvals=given, **known), asking)


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        (2, Approvals(2)),
        ("2", Approvals(2)),
        ({}, Approvals(1)),
        ({"count": "3"}, Approvals(3)),
        ({"from": "group:risk"}, Approvals(1, frozenset({"group:risk"}))),
        ({"at_least": {"group:risk": 2}}, Approvals(2, at_least={"group:risk": 2})),
        ({"exclude": []}, Approvals(1, exclude=frozenset())),
        ({"exclude": "requester"}, Approvals(1, exclude=frozenset({"requester"}))),
        ({"exclude": ["requester", "user:bob"]}, Approvals(1, exclude=frozenset({"requester", "user:bob"}))),
        # Who excludes somebody more does not let the requester in.
        ({"exclude": ["user:bob"]}, Approvals(1, exclude=frozenset({*ROLES, "user:bob"}))),
    ],
)
def test_approvals_are_read(written: object, read_as: Approvals) -> None:
    assert spec("approvals", written) == read_as


@pytest.mark.parametrize(
    ("written", "place", "message"),
    [
        (0, (), "Write a whole number from 1 to 100."),
        (True, (), "Write a whole number"),
        ("two", (), "Write a whole number"),
        (None, (), "Write a whole number"),
        ({"count": 101}, ("count",), "Write a whole number"),
        ({"count": 1.5}, ("count",), "Write a whole number"),
        ({"count": 1, "at_least": {"group:risk": 2}}, ("count",), "at_least asks for 2: count is that or more."),
        ({"from": []}, ("from",), "Write 1 at least."),
        ({"from": ["group:risk", "bob"]}, ("from", 1), "Write user:NAME"),
        ({"from": ["group: "]}, ("from", 0), "A group's name has"),
        ({"at_least": {"risk": 1}}, ("at_least", "risk"), "Write user:NAME"),
        ({"at_least": {"user:bob": 2}}, ("at_least", "user:bob"), "Write a whole number from 1 to 1."),
        ({"at_least": ["group:risk"]}, ("at_least",), "Write names with a colon after each."),
        ({"from": "group:leads", "at_least": {"group:risk": 1}}, ("at_least",), "group:risk is not in from"),
        ({"exclude": ["requestor"]}, ("exclude", 0), "Write user:NAME"),
        ({"exclude": [["requester"]]}, ("exclude", 0), "Write a text here."),
        ({"number": 2}, ("number",), "There is nothing called number here"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(written: object, place: Any, message: str) -> None:
    _, faults = read("approvals", written)
    assert (place, True) in [(fault.at, fault.message.startswith(message)) for fault in faults]


@pytest.mark.parametrize(
    ("written", "words"),
    [
        (1, "1 approval"),
        (
            TWO_ONE_OF_RISK,
            "2 approvals, from group:leads, group:risk, at least 1 of group:risk",
        ),
        ({"exclude": ["user:bob"]}, "1 approval, not by user:bob"),
        (
            {"exclude": ["requester", "registrar"]},
            "1 approval, also by whoever ran the run that it comes from, "
            "also by whoever posted a check that the gate asks for",
        ),
    ],
)
def test_approvals_are_told_in_words(written: object, words: str) -> None:
    assert in_words("approvals", written) == words


@pytest.mark.parametrize(
    ("given", "state", "why", "who"),
    [
        ((), "missing", "0 of 2 approvals; 1 of group:risk missing.", ("group:risk", "group:leads")),
        ((ANN,), "missing", "1 of 2 approvals.", ("group:leads", "group:risk")),
        ((BEN,), "missing", "1 of 2 approvals; 1 of group:risk missing.", ("group:risk",)),
        ((ANN, BEN), "satisfied", "2 of 2 approvals: ann, ben.", ()),
        # Somebody in two groups is of each, and one all the same.
        ((CLEO,), "missing", "1 of 2 approvals.", ("group:leads", "group:risk")),
        ((BEN, CLEO), "satisfied", "2 of 2 approvals: ben, cleo.", ()),
        (
            (ANN, DORA),
            "missing",
            "1 of 2 approvals; that of dora does not count: it is not of group:leads or group:risk.",
            ("group:leads", "group:risk"),
        ),
    ],
)
def test_two_of_which_one_is_of_risk(given: tuple[Person, ...], state: str, why: str, who: tuple[str, ...]) -> None:
    finding = of(TWO_ONE_OF_RISK, *map(approval, given))
    assert (finding.state, finding.why, finding.who) == (state, why, who)


def test_where_no_source_is_named_whoever_may_decide_is_asked() -> None:
    assert of(1).who == ("whoever has CAN_MANAGE_PRODUCTION_VERSIONS",)


def test_each_group_may_want_its_own() -> None:
    both = {"at_least": {"group:risk": 1, "group:leads": 1}}
    assert of(both, approval(CLEO)).is_satisfied


@pytest.mark.parametrize(
    ("known", "asking", "why"),
    [
        ({"requester": ANN}, GATE, "ann asked for it"),
        ({"roles": {"requester": frozenset({1})}}, GATE, "ann asked for it"),
        ({"roles": {"registrar": frozenset({7, 1})}}, GATE, "ann registered the version"),
        ({"roles": {"run_user": frozenset({1})}}, GATE, "ann ran the run that it comes from"),
    ],
)
def test_whoever_is_concerned_does_not_count(known: dict[str, Any], asking: Asking, why: str) -> None:
    finding = of(1, approval(ANN), asking=asking, **known)
    assert finding.why == f"0 of 1 approval; that of ann does not count: {why}."


@pytest.mark.parametrize(
    ("role", "known"),
    [
        ("requester", {"requester": ANN}),
        ("registrar", {"roles": {"registrar": frozenset({1})}}),
        ("run_user", {"roles": {"run_user": frozenset({1})}}),
    ],
)
def test_each_role_can_be_switched_off(role: str, known: dict[str, Any]) -> None:
    assert of({"exclude": sorted(set(ROLES) - {role})}, approval(ANN), **known).is_satisfied


def test_the_author_of_a_check_that_the_gate_asks_for_does_not_count() -> None:
    about = replace(of_version(checks={"eval": result(by=ANN.id)}), approvals=(approval(ANN),))
    finding = judged("approvals", 1, about, Asking("production", checks=frozenset({"eval"})))
    assert finding.why.endswith("ann posted a check that the gate asks for.")


def test_the_author_of_another_check_counts() -> None:
    about = replace(of_version(checks={"lint": result(by=ANN.id)}), approvals=(approval(ANN),))
    assert judged("approvals", 1, about, Asking("production", checks=frozenset({"eval"}))).is_satisfied


def test_the_author_of_what_it_is_compared_with_does_not_count() -> None:
    about = facts(incumbent=incumbent(checks={"eval": result(by=ANN.id)}), approvals=(approval(ANN),))
    asking = Asking("production", checks=frozenset({"eval"}), against=frozenset({"eval"}))
    assert not judged("approvals", 1, about, asking).is_satisfied


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (approval(ANN, may_decide=False), "ann may not decide on it any more"),
        (
            approval(ANN, changed=("the source changed", "the tag owner changed")),
            "since then the source changed, and the tag owner changed",
        ),
        (approval(BOT), "bot is nobody in person"),
        (approval(ANN, BOT), "bot is nobody in person"),
        (approval(BOT, ANN), "bot is nobody in person"),
    ],
)
def test_what_does_not_count_says_why(given: Approval, why: str) -> None:
    assert of(1, given).why.endswith(f"does not count: {why}.")


@pytest.mark.parametrize("written", [{"from": "service_account:bot"}, {"at_least": {"service_account:bot": 1}}])
def test_a_service_account_that_is_named_counts(written: object) -> None:
    assert of(written, approval(BOT)).is_satisfied


def test_a_service_account_does_not_count_through_a_group() -> None:
    bot = person(9, "risk", kind="service_account", name="bot")
    assert not of({"from": "group:risk"}, approval(bot)).is_satisfied


@pytest.mark.parametrize("excluded", ["user:ann", "group:risk"])
def test_people_can_be_excluded_by_name_and_group(excluded: str) -> None:
    assert of({"exclude": [excluded]}, approval(ANN)).why.endswith("ann is excluded by the gate.")


@pytest.mark.parametrize("given", [approval(ANN, BEN), approval(BEN, ANN)], ids=["as delegate", "as principal"])
def test_neither_delegate_nor_principal_may_be_concerned(given: Approval) -> None:
    assert of(1, given, requester=ANN).why.endswith("ann asked for it.")


def test_a_right_that_somebody_concerned_gave_meanwhile_does_not_count() -> None:
    given = approval(BEN, favoured_by=frozenset({ANN.id}))
    assert not of(1, given, requester=ANN).is_satisfied


def test_a_right_that_somebody_else_gave_counts() -> None:
    assert of(1, approval(BEN, favoured_by=frozenset({CLEO.id})), requester=ANN).is_satisfied


def test_a_right_given_by_somebody_whose_role_is_switched_off_counts() -> None:
    given = approval(BEN, favoured_by=frozenset({ANN.id}))
    assert of({"exclude": ["registrar"]}, given, requester=ANN).is_satisfied


def test_how_many_of_a_group_are_missing_is_told() -> None:
    assert of({"at_least": {"group:risk": 3}}, approval(ANN)).why == "1 of 3 approvals; 2 of group:risk missing."


@pytest.mark.parametrize(("signature", "satisfied"), [("", False), ("password", True), ("sign_in", True)])
def test_a_gate_may_ask_for_signatures(signature: str, satisfied: bool) -> None:
    finding = of(1, approval(ANN, signature=signature), asking=Asking("production", signature=True))
    assert finding.is_satisfied is satisfied


def test_a_delegate_counts_as_their_principal() -> None:
    finding = of({"from": "group:risk"}, approval(DORA, ANN))
    assert finding.why == "1 of 1 approval: dora for ann."


def test_a_delegate_brings_no_group_of_their_own() -> None:
    assert not of({"from": "group:risk"}, approval(ANN, DORA)).is_satisfied


@pytest.mark.parametrize(
    "given",
    [
        pytest.param((approval(ANN, at=1), approval(ANN, at=2)), id="twice"),
        pytest.param((approval(ANN), approval(BEN, ANN)), id="themselves, and their delegate"),
        pytest.param((approval(BEN), approval(BEN, ANN)), id="the delegate, and for their principal"),
        pytest.param((approval(ANN, BEN), approval(CLEO, ANN)), id="for somebody while another is for them"),
        pytest.param((approval(ANN, BEN), approval(BEN, ANN)), id="each for the other"),
        pytest.param((approval(ANN, BEN), approval(ANN, CLEO)), id="one for two"),
    ],
)
def test_one_person_is_one_approval(given: tuple[Approval, ...]) -> None:
    finding = of(2, *given)
    assert (finding.state, finding.why.endswith("does not count: one person is one approval.")) == ("missing", True)


def test_of_two_that_exclude_each_other_the_one_that_is_needed_counts() -> None:
    # Cleo decides for Dora, who is of no group; and Ben for Cleo, who is of Risk.
    finding = of({"count": 1, "at_least": {"group:risk": 1}}, approval(CLEO, DORA, at=1), approval(BEN, CLEO, at=2))
    assert finding.why == "1 of 1 approval: ben for cleo."


def test_one_that_stands_between_two_gives_way_to_both() -> None:
    finding = of(2, approval(BEN, CLEO, at=1), approval(BEN, at=2), approval(CLEO, at=3))
    assert finding.why == "2 of 2 approvals: ben, cleo."


def test_those_beyond_the_many_that_exclude_each_other_count_too() -> None:
    people = [Person(number, f"p{number}") for number in range(60)]
    pairs = [
        given
        for one, two in zip(people[::2], people[1::2], strict=True)
        for given in (approval(one), approval(two, one))
    ]
    assert of(30, *pairs).is_satisfied


@pytest.mark.parametrize(
    ("is_rollback", "fewer", "given", "state"),
    [
        (True, 1, 1, "satisfied"),
        (True, 1, 0, "missing"),
        (False, 1, 1, "missing"),
        (True, None, 1, "missing"),
        (True, 0, 0, "satisfied"),
        # It is never more than the gate asks for anyway.
        (True, 5, 2, "satisfied"),
        (True, 5, 1, "missing"),
    ],
)
def test_going_back_may_take_fewer(is_rollback: bool, fewer: int | None, given: int, state: str) -> None:
    asking = Asking("production", rollback_approvals=fewer)
    assert of(2, *map(approval, [ANN, BEN][:given]), asking=asking, is_rollback=is_rollback).state == state


def test_going_back_with_fewer_takes_nobody_in_particular_of_those_who_may() -> None:
    asking = Asking("production", rollback_approvals=1)
    assert of(TWO_ONE_OF_RISK, approval(BEN), asking=asking, is_rollback=True).is_satisfied
    assert not of(TWO_ONE_OF_RISK, approval(DORA), asking=asking, is_rollback=True).is_satisfied


def test_going_back_with_as_many_takes_the_same_people() -> None:
    asking = Asking("production", rollback_approvals=2)
    leads = person(5, "leads")
    assert not of(TWO_ONE_OF_RISK, approval(BEN), approval(leads), asking=asking, is_rollback=True).is_satisfied


PEOPLE = [person(1, "risk"), person(2, "leads"), person(3, "risk", "leads"), person(4), BOT]
someone = st.sampled_from(PEOPLE)
given_approvals = st.builds(
    Approval,
    by=someone,
    at=st.integers(0, 3),
    in_place_of=st.none() | someone,
    signature=st.sampled_from(["", "password"]),
    may_decide=st.sampled_from([True, True, True, False]),
    changed=st.sampled_from([(), (), (), ("the source changed",)]),
    favoured_by=st.frozensets(st.integers(1, 4), max_size=1),
)
groups = ("group:risk", "group:leads", "service_account:bot", "user:dora")
specs = st.builds(
    Approvals,
    count=st.integers(1, 3),
    sources=st.frozensets(st.sampled_from(groups), max_size=3),
    at_least=st.dictionaries(st.sampled_from(groups[:2]), st.integers(1, 2)),
    exclude=st.frozensets(st.sampled_from([*ROLES, "user:ben", "group:leads"])),
)
everything = st.builds(
    Facts,
    at=st.just(10),
    target=st.just(facts().target),
    model_id=st.just(1),
    model=st.just("m"),
    version=st.just(None) | st.builds(lambda by: of_version(checks={"c": result(by=by)}).version, st.integers(1, 4)),
    is_rollback=st.booleans(),
    requester=st.none() | st.sampled_from(PEOPLE),
    roles=st.dictionaries(st.sampled_from(ROLES[:3]), st.frozensets(st.integers(1, 4), max_size=1)),
    approvals=st.lists(given_approvals, max_size=6).map(tuple),
)
askings = st.builds(
    Asking,
    gate=st.just("g"),
    signature=st.booleans(),
    rollback_approvals=st.none() | st.integers(0, 3),
    checks=st.frozensets(st.just("c")),
)


def naively_concerned(wanted: Approvals, about: Facts, asking: Asking) -> set[int]:
    found: set[int] = set()
    for role in wanted.exclude & set(ROLES):
        found |= about.roles.get(role, frozenset())
        if role == "requester" and about.requester:
            found.add(about.requester.id)
        if role == "check_author" and about.version and "c" in asking.checks:
            found.add(about.version.checks["c"].posted_by_id)
    return found


def naively_names(names: frozenset[str], who: Person) -> bool:
    return f"{who.kind}:{who.name}" in names or bool(names & {f"group:{group}" for group in who.groups})


def naively_counts(each: Approval, wanted: Approvals, about: Facts, asking: Asking) -> bool:
    concerned = naively_concerned(wanted, about, asking)
    named = wanted.sources | set(wanted.at_least)
    for who in {each.by, each.in_place_of or each.by}:
        if who.id in concerned or naively_names(wanted.exclude, who):
            return False
        if who.kind == "service_account" and f"service_account:{who.name}" not in named:
            return False
    if each.changed or not each.may_decide or (asking.signature and each.signature == ""):
        return False
    if each.favoured_by & concerned:
        return False
    return not wanted.sources or naively_names(wanted.sources, each.in_place_of or each.by)


def naively_enough(wanted: Approvals, about: Facts, asking: Asking) -> bool:
    """Whether there is any way to count that satisfies: every set of approvals is tried."""
    count, at_least = wanted.count, wanted.at_least
    if about.is_rollback and asking.rollback_approvals is not None and asking.rollback_approvals < count:
        count, at_least = asking.rollback_approvals, {}
    good = [each for each in about.approvals if naively_counts(each, wanted, about, asking)]
    for size in range(len(good) + 1):
        for some in combinations(good, size):
            heads = [who.id for each in some for who in {each.by, each.in_place_of or each.by}]
            if len(heads) == len(set(heads)) and size >= count:
                speakers = [each.in_place_of or each.by for each in some]
                if all(
                    sum(naively_names(frozenset({name}), who) for who in speakers) >= least
                    for name, least in at_least.items()
                ):
                    return True
    return False


@given(specs, everything, askings)
def test_approvals_agree_with_a_count_in_every_way(wanted: Approvals, about: Facts, asking: Asking) -> None:
    found = approvals.judge(wanted, about, asking)
    assert found.is_satisfied is naively_enough(wanted, about, asking)


@given(specs, everything, askings)
def test_what_is_not_enough_says_who_can_help(wanted: Approvals, about: Facts, asking: Asking) -> None:
    found = approvals.judge(wanted, about, asking)
    assert found.is_satisfied or found.who
