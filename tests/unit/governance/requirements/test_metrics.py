"""Metrics: read, told, and judged by bounds and against the incumbent."""

from math import inf, nan
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.governance.requirements.asking import Demands
from assent.governance.requirements.facts import Candidate
from assent.governance.requirements.kinds import demands
from assent.governance.requirements.metrics import Metric
from support.moves import facts, in_words, incumbent, judged, of_version, read, result, spec, version

ENOUGH = {"key": "auc", "at_least": 0.85}
NO_WORSE = {"key": "auc", "against": "incumbent", "may_drop": 0.01}
OF_A_CHECK = {"key": "auc", "check": "eval", "at_least": 0.85}


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        (ENOUGH, Metric("auc", at_least=0.85)),
        ({"key": "auc", "at_least": "0.85"}, Metric("auc", at_least=0.85)),
        ({"key": "loss", "at_most": 1, "at_least": 0}, Metric("loss", at_least=0, at_most=1)),
        ({"key": "classes", "at_most": 3, "at_least": 3}, Metric("classes", at_least=3, at_most=3)),
        (NO_WORSE, Metric("auc", may_drop=0.01)),
        ({**NO_WORSE, "at_least": 0.5}, Metric("auc", at_least=0.5, may_drop=0.01)),
        ({"key": "loss", "against": "incumbent", "may_rise": 0}, Metric("loss", may_rise=0)),
        (OF_A_CHECK, Metric("auc", "eval", at_least=0.85)),
    ],
)
def test_a_metric_is_read(written: object, read_as: Metric) -> None:
    assert spec("metric", written) == read_as


@pytest.mark.parametrize(
    ("written", "place", "message"),
    [
        ("auc", (), "Write names with a colon after each."),
        ({"at_least": 1}, (), "key is missing."),
        ({"key": "x" * 251, "at_least": 1}, ("key",), "Write at most 250 characters"),
        ({"key": "auc"}, (), "Write at_least, at_most, or against: incumbent"),
        ({"key": "auc", "at_least": "high"}, ("at_least",), "Write a number here"),
        ({"key": "auc", "at_least": "nan"}, ("at_least",), "Write a number here"),
        ({"key": "auc", "at_most": "inf"}, ("at_most",), "Write a number here"),
        ({"key": "auc", "at_least": True}, ("at_least",), "Write a number here"),
        ({"key": "auc", "at_least": 2, "at_most": 1}, (), "at_least is more than at_most"),
        ({"key": "auc", "may_drop": 0.1}, (), "may_drop goes with against: incumbent."),
        ({"key": "auc", "against": "incumbent"}, (), "Against the incumbent write may_drop"),
        ({"key": "auc", "against": "incumbent", "may_drop": 1, "may_rise": 1}, (), "Against the incumbent write"),
        ({"key": "auc", "against": "champion", "may_drop": 1}, ("against",), "Write one of incumbent"),
        ({"key": "auc", "against": "incumbent", "may_drop": -0.1}, ("may_drop",), "may_drop is 0 or more."),
        ({"key": "auc", "check": "x" * 129, "at_least": 1}, ("check",), "Write at most 128 characters"),
        ({"key": "auc", "atleast": 1, "at_least": 1}, ("atleast",), "There is nothing called atleast here"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(written: object, place: Any, message: str) -> None:
    _, faults = read("metric", written)
    assert (place, True) in [(fault.at, fault.message.startswith(message)) for fault in faults]


@pytest.mark.parametrize(
    ("written", "words"),
    [
        (ENOUGH, "metric auc at least 0.85"),
        ({"key": "loss", "at_most": 1, "at_least": 0}, "metric loss at least 0, at most 1"),
        (NO_WORSE, "metric auc may drop 0.01 against the incumbent"),
        ({**NO_WORSE, "check": "eval"}, "metric auc of the check eval may drop 0.01 against the incumbent"),
    ],
)
def test_a_metric_is_told_in_words(written: object, words: str) -> None:
    assert in_words("metric", written) == words


@pytest.mark.parametrize(
    ("written", "metrics", "state", "why"),
    [
        (ENOUGH, {}, "missing", "There is no metric auc."),
        (ENOUGH, {"auc": 0.85}, "satisfied", "The metric auc is 0.85; at least 0.85 is asked for."),
        (ENOUGH, {"auc": 1}, "satisfied", "The metric auc is 1; at least 0.85 is asked for."),
        (ENOUGH, {"auc": 0.84}, "failed", "The metric auc is 0.84, and at least 0.85 is asked for."),
        # What is a little less does not look as if it were not.
        (
            ENOUGH,
            {"auc": 0.8499999999},
            "failed",
            "The metric auc is 0.8499999999, and at least 0.85 is asked for.",
        ),
        (
            {"key": "loss", "at_most": 1},
            {"loss": 1.5},
            "failed",
            "The metric loss is 1.5, and at most 1 is asked for.",
        ),
        ({"key": "loss", "at_most": 1}, {"loss": 1}, "satisfied", "The metric loss is 1; at most 1 is asked for."),
        (ENOUGH, {"auc": nan}, "failed", "The metric auc is nan, which is no number to go by."),
        (ENOUGH, {"auc": inf}, "failed", "The metric auc is inf, which is no number to go by."),
        (
            {"key": "loss", "at_most": 1},
            {"loss": -inf},
            "failed",
            "The metric loss is -inf, which is no number to go by.",
        ),
    ],
)
def test_a_metric_is_judged_by_its_bounds(written: object, metrics: dict[str, float], state: str, why: str) -> None:
    finding = judged("metric", written, of_version(metrics=metrics))
    assert (finding.state, finding.why) == (state, why)


@pytest.mark.parametrize(
    ("theirs", "state", "why"),
    [
        (None, "satisfied", "The metric auc is 0.89; there is no incumbent."),
        (incumbent(metrics={"auc": 0.8}), "satisfied", "The metric auc is 0.89; that of the incumbent 0.8."),
        # As doubles 0.9 - 0.89 is more than 0.01.
        (incumbent(metrics={"auc": 0.9}), "satisfied", "The metric auc is 0.89; that of the incumbent 0.9."),
        (
            incumbent(metrics={"auc": 0.91}),
            "failed",
            "The metric auc is 0.89, that of the incumbent, version 2, 0.91: it may drop by at most 0.01.",
        ),
        (incumbent(), "failed", "The incumbent, version 2, has no metric auc to compare with."),
        (incumbent(metrics={"auc": nan}), "failed", "The incumbent, version 2, has no metric auc to compare with."),
        (incumbent(metrics={"auc": -inf}), "failed", "The incumbent, version 2, has no metric auc to compare with."),
    ],
)
def test_a_metric_is_held_against_the_incumbents(theirs: Candidate | None, state: str, why: str) -> None:
    finding = judged("metric", NO_WORSE, facts(version=version(metrics={"auc": 0.89}), incumbent=theirs))
    assert (finding.state, finding.why) == (state, why)


@pytest.mark.parametrize(("value", "state"), [(1.0, "satisfied"), (1.1, "satisfied"), (1.2, "failed")])
def test_where_less_is_better_it_may_rise(value: float, state: str) -> None:
    written = {"key": "loss", "against": "incumbent", "may_rise": 0.1}
    about = facts(version=version(metrics={"loss": value}), incumbent=incumbent(metrics={"loss": 1.0}))
    assert judged("metric", written, about).state == state


def test_small_metrics_are_not_lost_in_a_tolerance() -> None:
    written = {"key": "auc", "against": "incumbent", "may_drop": 0}
    about = facts(version=version(metrics={"auc": 1e-14}), incumbent=incumbent(metrics={"auc": 2e-14}))
    assert judged("metric", written, about).state == "failed"


@given(st.integers(0, 1000), st.integers(0, 1000), st.integers(0, 1000))
def test_thousandths_are_compared_as_they_are_written(ours: int, theirs: int, may_drop: int) -> None:
    written = {"key": "auc", "against": "incumbent", "may_drop": may_drop / 1000}
    about = facts(version=version(metrics={"auc": ours / 1000}), incumbent=incumbent(metrics={"auc": theirs / 1000}))
    assert judged("metric", written, about).is_satisfied is (theirs - ours <= may_drop)


@pytest.mark.parametrize(
    ("posted", "state", "why"),
    [
        ({}, "missing", "The check eval was not posted."),
        ({"eval": result("pending", auc=0.99)}, "missing", "The check eval is pending."),
        ({"eval": result("failed", auc=0.99)}, "failed", "The check eval failed."),
        ({"eval": result()}, "missing", "There is no metric auc of the check eval."),
        (
            {"eval": result(auc=0.9)},
            "satisfied",
            "The metric auc of the check eval is 0.9; at least 0.85 is asked for.",
        ),
    ],
)
def test_a_metric_of_a_check_counts_once_it_has_passed(posted: dict[str, Any], state: str, why: str) -> None:
    finding = judged("metric", OF_A_CHECK, of_version(checks=posted, metrics={"auc": 0.99}))
    assert (finding.requirement, finding.state, finding.why) == ("metric", state, why)


@pytest.mark.parametrize(("written", "who"), [(OF_A_CHECK, ("whoever has CAN_EDIT",)), (ENOUGH, ())])
def test_another_value_can_be_given_where_it_is_posted(written: object, who: tuple[str, ...]) -> None:
    about = of_version(metrics={"auc": 0.1}, checks={"eval": result(auc=0.1)})
    assert judged("metric", written, about).who == who


def test_what_is_compared_with_is_demanded() -> None:
    found = demands("metric", spec("metric", {**NO_WORSE, "check": "eval"}))
    assert found == Demands(checks=frozenset({"eval"}), against=frozenset({("eval", "auc")}))


def test_a_metric_of_the_run_demands_nothing_of_checks() -> None:
    assert demands("metric", spec("metric", ENOUGH)) == Demands()
