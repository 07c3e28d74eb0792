"""What is reviewed, and what makes an approval stale."""

import json
from dataclasses import replace
from math import inf, nan
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.governance.requirements import reviewing
from assent.governance.requirements.asking import NOTHING, Demands
from assent.governance.requirements.facts import Candidate, CheckResult, Facts
from assent.governance.targets import stage
from support.moves import facts, incumbent, result, version

GATES = {"production": 2}
ALL = Demands(
    description=True,
    card=True,
    tags=frozenset({"owner"}),
    checks=frozenset({"eval"}),
    against=frozenset({("eval", "auc"), ("", "auc")}),
)
THEN = facts(
    version=version(
        source="s3://m",
        artifacts="a",
        snapshot="s",
        description="d",
        tags={"owner": "ann"},
        checks={"eval": result()},
    ),
    incumbent=incumbent(metrics={"auc": 0.9}, checks={"eval": result(auc=0.8)}),
    archived=(2,),
    card="# Limitations",
)


def changes(then: Facts, now: Facts, demands: Demands = ALL) -> tuple[str, ...]:
    return reviewing.changes(reviewing.reviewed(then, demands, GATES), kept(reviewing.reviewed(now, demands, GATES)))


def kept(reviewed: dict[str, Any]) -> Any:
    """The same as a database gives it back."""
    return json.loads(json.dumps(reviewed))


def of_version(**known: Any) -> Facts:
    assert THEN.version is not None
    return replace(THEN, version=replace(THEN.version, **known))


def of_incumbent(**known: Any) -> Facts:
    assert THEN.incumbent is not None
    return replace(THEN, incumbent=replace(THEN.incumbent, **known))


@pytest.mark.parametrize(
    ("now", "change"),
    [
        (of_version(source="s3://n"), "the source changed"),
        (of_version(artifacts=None), "the digest of the artifacts changed"),
        (of_version(snapshot="t"), "the run snapshot changed"),
        (of_version(description="e"), "the description changed"),
        (of_version(tags={"owner": "ben"}), "the tag owner changed"),
        (of_version(tags={}), "the tag owner changed"),
        (replace(THEN, card=""), "the model card changed"),
        (replace(THEN, incumbent=None), "the incumbent changed (version 2 to none)"),
        (of_incumbent(number=1), "the incumbent changed (version 2 to version 1)"),
        (of_incumbent(checks={"eval": result(auc=0.1)}), "the incumbent's auc of eval changed"),
        (of_incumbent(metrics={}), "the incumbent's auc changed"),
        (replace(THEN, archived=(2, 1)), "other versions would be archived"),
        (replace(THEN, target=stage("UAT")), "it goes somewhere else"),
        (of_version(checks={"eval": result("failed")}), "the check eval changed (passed to failed)"),
        (of_version(checks={"eval": result("pending")}), "the check eval changed (passed to pending)"),
        (of_version(checks={"eval": result(auc=1)}), "the metrics of the check eval changed"),
        (of_version(checks={}), "the check eval changed (passed to not posted)"),
    ],
)
def test_what_was_reviewed_makes_an_approval_stale(now: Facts, change: str) -> None:
    assert changes(THEN, now) == (change,)


@pytest.mark.parametrize(
    "now",
    [
        pytest.param(THEN, id="nothing"),
        pytest.param(replace(THEN, at=THEN.at + 1), id="time"),
        pytest.param(of_version(checks={"eval": result(ago=0)}), id="the same result again"),
        pytest.param(of_version(checks={"eval": result(by=91)}), id="the same result by another"),
        pytest.param(of_version(checks={"eval": result(), "lint": result("failed")}), id="another check"),
        pytest.param(of_version(tags={"owner": "ann", "colour": "red"}), id="another tag"),
        pytest.param(of_version(stage="Archived"), id="the stage"),
        pytest.param(of_incumbent(description="old"), id="the incumbent's description"),
        pytest.param(replace(THEN, model_tags={"owner": "ben"}), id="a tag of the model that the version has itself"),
        pytest.param(replace(THEN, unresolved_comments=3), id="comments"),
        pytest.param(replace(THEN, is_rollback=True), id="that it goes back"),
    ],
)
def test_what_was_not_reviewed_makes_no_approval_stale(now: Facts) -> None:
    assert changes(THEN, now) == ()


@pytest.mark.parametrize(
    ("before", "after", "is_stale"),
    [
        (None, None, False),
        (None, "pending", False),
        (None, "passed", False),
        (None, "failed", True),
        ("pending", "pending", False),
        ("pending", "passed", False),
        ("pending", "failed", True),
        ("failed", "passed", True),
        ("failed", "pending", True),
        ("failed", "failed", False),
        ("passed", "passed", False),
        ("passed", "failed", True),
    ],
)
def test_a_check_may_come_in_and_no_more(before: str | None, after: str | None, is_stale: bool) -> None:
    then, now = (of_version(checks={"eval": result(state)} if state else {}) for state in (before, after))
    assert bool(changes(then, now)) is is_stale


def test_what_a_check_brings_when_it_comes_in_makes_nothing_stale() -> None:
    then, now = of_version(checks={"eval": result("pending", auc=0.1)}), of_version(checks={"eval": result(auc=0.9)})
    assert changes(then, now) == ()


@pytest.mark.parametrize("now", [{"production": 3}, {}, {"production": 2, "eu": 1}])
def test_other_gates_make_an_approval_stale(now: dict[str, int]) -> None:
    then = reviewing.reviewed(THEN, ALL, GATES)
    (change,) = reviewing.changes(then, reviewing.reviewed(THEN, ALL, now))
    assert change.startswith("the gates changed (production 2 to ")


def test_what_is_not_demanded_is_not_reviewed() -> None:
    assert changes(THEN, of_version(description="e", tags={}, checks={}), NOTHING) == ()


def test_of_a_model_its_description_and_tags_are_reviewed() -> None:
    then = facts(version=None, model_description="d", model_tags={"owner": "ann"})
    now = facts(version=None, model_description="e", model_tags={})
    assert changes(then, now) == ("the description changed", "the tag owner changed")


@pytest.mark.parametrize("value", [nan, inf, 1e23, 1e300, 5e-324, -0.0, 2**60])
def test_a_number_is_reviewed_as_what_it_is(value: float) -> None:
    now = of_version(checks={"eval": result(auc=value)})
    assert changes(now, now) == ()


@pytest.mark.parametrize("value", [nan, inf, 1e23])
def test_any_number_has_a_digest(value: float) -> None:
    reviewed = reviewing.reviewed(of_version(checks={"eval": result(auc=value)}), ALL, GATES)
    assert reviewing.digest(reviewed) == reviewing.digest(kept(reviewed))


def test_versions_that_would_be_archived_come_in_any_order() -> None:
    assert changes(replace(THEN, archived=(1, 2)), replace(THEN, archived=(2, 1))) == ()


def test_a_review_that_was_kept_before_something_was_reviewed_is_stale_and_no_error() -> None:
    old = {name: value for name, value in reviewing.reviewed(THEN, ALL, GATES).items() if name != "card"}
    assert reviewing.changes(old, reviewing.reviewed(THEN, ALL, GATES)) == ("the model card changed",)


text = st.sampled_from(["", "a", "b"])
posted = st.builds(
    CheckResult,
    st.sampled_from(["pending", "passed", "failed"]),
    st.integers(0, 1),
    st.integers(1, 2),
    st.dictionaries(st.just("auc"), st.sampled_from([0.1, 0.2])),
)
candidates = st.builds(
    Candidate,
    id=st.just(7),
    number=st.integers(1, 2),
    stage=text,
    description=text,
    source=text,
    tags=st.dictionaries(st.sampled_from(["owner", "risk"]), text),
    artifacts=st.none() | text,
    snapshot=st.none() | text,
    metrics=st.dictionaries(st.just("auc"), st.sampled_from([0.1, 0.2])),
    checks=st.dictionaries(st.sampled_from(["eval", "lint"]), posted),
)
moves = st.builds(
    Facts,
    at=st.integers(0, 2),
    target=st.just(stage("Production")),
    model_id=st.just(1),
    model=text,
    model_tags=st.dictionaries(st.sampled_from(["owner", "risk"]), text),
    card=text,
    version=candidates,
    incumbent=st.none() | candidates,
    archived=st.sets(st.integers(1, 2)).map(tuple),
    unresolved_comments=st.integers(0, 2),
)
demanded = st.builds(
    Demands,
    st.booleans(),
    st.booleans(),
    st.frozensets(st.sampled_from(["owner", "risk"])),
    st.frozensets(st.sampled_from(["eval", "lint"])),
    st.frozensets(st.sampled_from([("", "auc"), ("eval", "auc")])),
)
# One thing at a time, mostly: two moves that were made up apart differ in everything.
fields = ("description", "source", "tags", "artifacts", "snapshot", "metrics", "checks", "number", "stage")
moved = ("card", "incumbent", "archived", "model_tags", "model", "unresolved_comments", "at")


@st.composite
def two_moves(draw: st.DrawFn) -> tuple[Facts, Facts]:
    then, other = draw(moves), draw(moves)
    assert then.version is not None
    assert other.version is not None
    ours = {name: getattr(other.version, name) for name in draw(st.sets(st.sampled_from(fields), max_size=2))}
    known = {name: getattr(other, name) for name in draw(st.sets(st.sampled_from(moved), max_size=2))}
    return then, replace(then, version=replace(then.version, **ours), **known)


def naively_seen(about: Facts, demands: Demands) -> list[Any]:
    """What a reviewer looks at, apart from checks."""
    assert about.version is not None
    ours, theirs = about.version, about.incumbent
    seen: list[Any] = [ours.number, ours.source, ours.artifacts, ours.snapshot, set(about.archived)]
    seen.append(theirs and theirs.number)
    seen.append(demands.description and ours.description)
    seen.append(demands.card and about.card)
    seen += [ours.tags.get(key, about.model_tags.get(key)) for key in sorted(demands.tags)]
    if ("", "auc") in demands.against:
        seen.append(theirs and theirs.metrics.get("auc"))
    if ("eval", "auc") in demands.against:
        seen.append(theirs and "eval" in theirs.checks and theirs.checks["eval"].metrics.get("auc"))
    return seen


def naively_came_in(then: Facts, now: Facts, name: str) -> bool:
    """Whether a check is as it was, or came in since without failing."""
    assert then.version is not None
    assert now.version is not None
    before, after = then.version.checks.get(name), now.version.checks.get(name)
    if before is None or before.state == "pending":
        return after is None or after.state != "failed"
    return after is not None and (before.state, before.metrics) == (after.state, after.metrics)


@given(two_moves(), demanded)
def test_an_approval_is_stale_when_what_a_reviewer_looked_at_is_another(
    both: tuple[Facts, Facts], demands: Demands
) -> None:
    then, now = both
    is_the_same = naively_seen(then, demands) == naively_seen(now, demands)
    came_in = all(naively_came_in(then, now, name) for name in demands.checks)
    assert (changes(then, now, demands) == ()) is (is_the_same and came_in)


@given(two_moves(), demanded)
def test_the_digest_is_another_when_something_changed(both: tuple[Facts, Facts], demands: Demands) -> None:
    digests = {reviewing.digest(reviewing.reviewed(each, demands, GATES)) for each in both}
    assert not changes(*both, demands) or len(digests) == 2
