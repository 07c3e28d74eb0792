"""`assent gates`, against a live server: rules as a file, and as they stand."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from support.commands import Assent
from support.databases import PostgresDatabases, SqliteDatabases
from support.server import Server

EXAMPLE = Path(__file__).parents[2] / "docs/examples/gates.yaml"
TIMES = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\dZ")
NOTHING = "gates: []\nfreezes: []\nlifecycles: []\n"
WRONG = """\
gates:
  - name: production
    target: {stage: Prodution}
    require:
      - approvals: {count: none, from: [group:risk]}
      - chekc: ci
freezes:
  - name: year-end
    targets: [{stage: Production}]
    from: 2026-12-20
    until: 2026-12-19
    zone: Europe/Berlin
"""
NAMING = """\
gates:
  - name: production
    target: {stage: Prodution}
    require:
      - approvals: {count: 1, from: [group:rist]}
    override:
      by:
        - user:nobody
"""


@pytest.fixture(scope="module")
def server(
    databases: SqliteDatabases | PostgresDatabases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A live registry."""
    with databases.copy() as url, Server.start(url, tmp_path_factory.mktemp("server")) as started:
        yield started


@pytest.fixture(scope="module")
def administrator(server: Server) -> Assent:
    """The command in an administrator's hands, of a registry with the groups that the example names."""
    assent = Assent({"ASSENT_URL": server.url, "ASSENT_TOKEN": server.token()})
    for group in ("risk", "leads", "oncall"):
        assent("groups", "create", group)
    return assent


@pytest.fixture
def assent(administrator: Assent) -> Assent:
    """The same, of a registry without rules."""
    administrator("gates", "apply", "-", stdin=NOTHING)
    return administrator


def _set(assent: Assent, rules: str) -> None:
    assent("gates", "apply", "-", stdin=rules)


def _told(assent: Assent, verb: str, rules: str) -> list[str]:
    done = assent("gates", verb, "-", stdin=rules, code=2)
    assert done.stdout == ""
    return done.stderr.splitlines()


def test_the_example_is_planned_and_applied(assent: Assent) -> None:
    planned = assent("gates", "plan", str(EXAMPLE), "--exit-code", code=10).stdout
    assert planned.splitlines()[-1] == "2 added, 0 replaced, 0 removed."
    assert assent("gates", "apply", str(EXAMPLE)).stdout == planned
    assert assent("gates", "plan", str(EXAMPLE), "--exit-code").stdout == "Nothing to change.\n"


def test_what_is_wrong_is_told_with_its_line(assent: Assent) -> None:
    words = "annotation, approvals, check, comments_resolved, lineage, metric, predecessor, soak, window"
    told = [
        "-:5: Write a whole number from 1 to 100.",
        f"-:6: There is no requirement chekc; there are {words}.",
        "-:11: Write a time after that of from.",
    ]
    assert (_told(assent, "plan", WRONG), _told(assent, "apply", WRONG)) == (told, told)
    assert assent.json("gates", "list") == {"gates": [], "freezes": [], "lifecycles": []}


def test_who_is_not_there_is_told_with_the_line(assent: Assent) -> None:
    assert _told(assent, "plan", NAMING) == [
        "-:3: There is no stage Prodution; there are None, Staging, Production, Archived.",
        "-:5: There is no group rist: create it first, or name one that there is.",
        "-:8: There is no user nobody: create it first, or name one that there is.",
    ]


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ("gate: []\n", "-:1: There is nothing called gate here; there is gates, freezes, lifecycles."),
        ("\n- gates\n", "-:2: Write names with a colon after each."),
        ("freezes: []\ngates:\n", "-:2: Write a list here, such as [one, another]."),
    ],
)
def test_what_is_no_file_of_rules_is_told_with_its_line(assent: Assent, rules: str, told: str) -> None:
    assert _told(assent, "plan", rules) == [told]


def test_an_empty_file_manages_nothing(assent: Assent) -> None:
    _set(assent, EXAMPLE.read_text())
    assert assent("gates", "apply", "-", stdin="# nothing\n").stdout == "Nothing to change.\n"


def test_what_is_exported_is_what_stands(assent: Assent) -> None:
    _set(assent, EXAMPLE.read_text())
    exported = assent("gates", "export").stdout
    assert assent("gates", "plan", "-", stdin=exported).stdout == "Nothing to change.\n"
    before = _without_times(assent.json("gates", "list"))
    _set(assent, NOTHING)
    _set(assent, exported)
    assert _without_times(assent.json("gates", "list")) == before


def _without_times(found: dict[str, list[dict[str, Any]]]) -> dict[str, list[Any]]:
    return {section: [(each["name"], each["content"]) for each in rules] for section, rules in found.items()}


def test_a_name_of_any_letters_is_exported_as_it_is(assent: Assent) -> None:
    gate = '- {name: "Vier\u00a0Augen für 模型", target: {alias: no}, require: [{check: "007"}]}\n'
    _told(assent, "plan", f"gates:\n  {gate}")
    _set(assent, f"gates:\n  {gate}".replace("\u00a0", " "))
    exported = assent("gates", "export").stdout
    assert "Vier Augen für 模型" in exported
    assert assent("gates", "plan", "-", stdin=exported).stdout == "Nothing to change.\n"


def test_the_rules_are_listed(assent: Assent) -> None:
    _set(assent, EXAMPLE.read_text())
    lines = assent("gates", "list").stdout.splitlines()
    assert [line for line in lines if line.isupper()] == ["GATES", "FREEZES", "LIFECYCLES"]
    assert lines[1:3] == [
        "production on Production of every model:",
        "    2 approvals, from group:leads, group:risk, at least 1 of group:risk;",
    ]
    assert lines[-1] == "There are none."


def test_the_revisions_of_a_gate_are_shown(assent: Assent) -> None:
    gate = "- {name: shown, target: {stage: Production}, require: [{approvals: %s}]}"
    for approvals in (1, 2):
        _set(assent, f"gates:\n  {gate % approvals}\n")
    shown = TIMES.sub("…", assent("gates", "show", "shown").stdout)
    assert shown.splitlines() == [
        "shown on Production of every model: 2 approvals",
        "    (revision 2, since … by admin)",
        "shown on Production of every model: 1 approval",
        "    (revision 1, since … by admin, until … by admin)",
    ]


def test_a_gate_that_was_removed_is_still_shown(assent: Assent) -> None:
    _set(assent, "gates:\n  - {name: gone, target: {stage: Production}, require: [{approvals: 1}]}\n")
    _set(assent, NOTHING)
    assert assent("gates", "show", "gone").stdout.splitlines()[-1] == "gone was removed, and guards nothing."


def test_the_rules_for_a_model_are_shown(assent: Assent) -> None:
    _set(assent, EXAMPLE.read_text())
    answer = requests.post(
        f"{assent.environment['ASSENT_URL']}/api/2.0/mlflow/registered-models/create",
        json={"name": "churn"},
        headers={"Authorization": f"Bearer {assent.environment['ASSENT_TOKEN']}"},
        timeout=30,
    )
    assert answer.status_code == 200, answer.text
    shown = assent("gates", "for", "churn").stdout
    assert "production" in shown
    assert "LIFECYCLE MLflow" in shown
    assert "Production  production  None, Staging, Archived" in shown
