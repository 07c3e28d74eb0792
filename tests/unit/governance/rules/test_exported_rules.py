"""Whatever rules there are: what is exported of them, as JSON or as YAML, is read as the same rules."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as some

from assent.cli.files import YamlFile
from assent.cli.gates import as_yaml
from assent.governance.requirements.kinds import kinds
from assent.governance.rules.declared import Declared, Rule, Value, read
from assent.governance.rules.differing import Kept, applied, difference
from assent.governance.rules.parts import RuleKind
from assent.governance.rules.telling import differences, words

NAMES = some.text("aZ9 -_ü模*'\"#:.é\u00ad", min_size=1, max_size=12).filter(
    lambda name: name.strip() == name and name.isprintable() and name not in (".", "..")
)
LENGTHS = some.builds(lambda count, unit: f"{count}{unit}", some.integers(1, 999), some.sampled_from("smhdw"))
PEOPLE = some.sampled_from(["user:alice", "service_account:ci", "group:risk", "group:no", "group:007"])
PATTERNS = some.lists(
    some.sampled_from(["*", "risk-*", "m?", "Ecommerce Model", "no", "1.0"]), min_size=1, max_size=3
)
TARGETS = some.one_of(
    some.sampled_from(["Production", "Staging", "UAT", "Yes"]).map(lambda name: {"stage": name}),
    some.sampled_from(["champion", "no", "2026-01-01"]).map(lambda name: {"alias": name}),
    some.sampled_from(["version", "model"]).map(lambda name: {"deletion": name}),
)
APPROVALS = some.one_of(
    some.integers(1, 9),
    some.fixed_dictionaries(
        {"count": some.integers(1, 9)},
        optional={"from": some.lists(PEOPLE, min_size=1, unique=True), "exclude": some.lists(PEOPLE)},
    ),
)
CHECKS = some.one_of(
    some.sampled_from(["ci", "yes", "007"]),
    some.fixed_dictionaries({"name": some.just("ci/evaluation")}, optional={"max_age": LENGTHS}),
)
METRICS = some.fixed_dictionaries(
    {"key": some.sampled_from(["auc", "null"]), "at_least": some.floats(-1e9, 1e9) | some.integers(-5, 5)}
)
REQUIRED = some.one_of(
    APPROVALS.map(lambda spec: {"approvals": spec}),
    CHECKS.map(lambda spec: {"check": spec}),
    METRICS.map(lambda spec: {"metric": spec}),
    some.just({"comments_resolved": True}),
    some.just({"lineage": ["snapshot", "commit"]}),
    LENGTHS.map(lambda length: {"soak": {"stage": "Staging", "at_least": length}}),
)
GATES = some.fixed_dictionaries(
    {"name": NAMES, "target": TARGETS, "require": some.lists(REQUIRED, min_size=1, max_size=4)},
    optional={
        "models": PATTERNS,
        "tags": some.dictionaries(some.sampled_from(["pii", "on", "a b"]), some.sampled_from(["*", "y*", "no", "1"])),
        "signature": some.booleans(),
        "expires_after": LENGTHS,
        "rollback": some.fixed_dictionaries({"approvals": some.integers(0, 9)}),
        "override": some.fixed_dictionaries(
            {"by": some.lists(PEOPLE, min_size=1)}, optional={"review_within": LENGTHS}
        ),
    },
)
DAYS = some.dates(date(2026, 1, 1), date(2028, 1, 1))
FREEZES = some.builds(
    lambda name, targets, days, clock, zone: {
        "name": name,
        "targets": targets,
        "from": f"{min(days)}",
        "until": f"{max(days)}T{clock}",
        "zone": zone,
    },
    NAMES,
    some.lists(TARGETS, min_size=1, max_size=2),
    some.tuples(DAYS, DAYS),
    some.sampled_from(["00:01", "02:30", "23:59:59"]),
    some.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]),
)
LIFECYCLES = some.fixed_dictionaries(
    {"name": NAMES, "stages": some.just([{"name": "UAT", "tier": "staging"}, {"name": "Yes", "tier": "production"}])},
    optional={
        "models": PATTERNS,
        "moves": some.sampled_from([None, {}, {"None": "UAT", "UAT": ["Yes", "Archived"]}]),
    },
)


def _section(rules: some.SearchStrategy[Any]) -> some.SearchStrategy[list[Any]]:
    return some.lists(rules, max_size=3, unique_by=lambda rule: rule["name"])


FILES = some.fixed_dictionaries(
    {"gates": _section(GATES), "freezes": _section(FREEZES), "lifecycles": _section(LIFECYCLES)}
)


def _values(declared: Declared) -> list[Value]:
    return [rule.value for rules in declared.rules.values() for rule in rules]


def _kept(declared: Declared) -> list[Kept]:
    rules = [rule for rules in declared.rules.values() for rule in rules]
    return [Kept(number, 1, number, rule) for number, rule in enumerate(rules)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where files are written."""
    return tmp_path_factory.mktemp("rules")


@settings(deadline=None)
@given(file=FILES)
def test_rules_are_read_from_yaml_as_from_json(folder: Path, file: dict[str, Any]) -> None:
    written = folder / "rules.yaml"
    written.write_text(as_yaml(file))
    declared = read(json.loads(json.dumps(file)), kinds())
    again = read(YamlFile(str(written)).content, kinds())
    assert _values(again) == _values(declared)
    assert difference(again, _kept(declared)) == []


@settings(deadline=None)
@given(file=FILES)
def test_an_export_is_what_a_terminal_may_be_sent_and_any_yaml_reads(file: dict[str, Any]) -> None:
    exported = as_yaml(file)
    assert all(letter.isprintable() or letter == "\n" for letter in exported)
    assert yaml.safe_load(exported) == file


@settings(deadline=None)
@given(file=FILES)
def test_rules_that_came_and_went_are_told_in_one_line(file: dict[str, Any]) -> None:
    declared = read(file, kinds())
    nothing = Declared(dict.fromkeys(RuleKind, ()))
    come, gone = difference(declared, []), difference(nothing, _kept(declared))
    assert [(each.sign, each.name) for each in come] == [("+", value.name) for value in _values(declared)]
    assert sorted((each.sign, each.name) for each in gone) == sorted(("-", each.name) for each in come)
    assert all(str(each).isprintable() for each in come)


@settings(deadline=None)
@given(before=GATES, after=GATES)
def test_two_gates_differ_in_words_where_they_differ(before: dict[str, Any], after: dict[str, Any]) -> None:
    name = {"name": "gate"}
    first, second = (read({"gates": [gate | name]}, kinds()).rules[RuleKind.GATE][0] for gate in (before, after))
    changes = difference(Declared({RuleKind.GATE: (second,)}), [Kept(1, 1, 0, first)])
    assert (changes == []) == (first.value == second.value)
    for change in changes:
        assert change.told == f": {differences(first.value, second.value)}"
        assert _is_told(first, second)


def _is_told(first: Rule, second: Rule) -> bool:
    """Whether the change names something, unless the two say the same in words."""
    said = differences(first.value, second.value)
    return said != "written otherwise" or sorted(words(first.value).split("; ")) == sorted(
        words(second.value).split("; ")
    )


@settings(deadline=None)
@given(before=FILES, after=FILES)
def test_after_a_change_the_lifecycles_are_those_of_the_file(before: dict[str, Any], after: dict[str, Any]) -> None:
    standing, wanted = _kept(read(before, kinds())), read(after, kinds())
    left = applied(difference(wanted, standing), standing, RuleKind.LIFECYCLE)
    assert left == [rule.value for rule in wanted.rules[RuleKind.LIFECYCLE]]
