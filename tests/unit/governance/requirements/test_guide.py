"""The guide to requirements: all that it shows is what is said of such a move."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from assent.governance.requirements import always
from assent.governance.requirements.asking import Asking
from assent.governance.requirements.facts import Facts, Person
from assent.governance.requirements.findings import Finding
from assent.governance.requirements.kinds import judge, kinds
from support.moves import DAY, GATE, HOUR, approval, facts, incumbent, of_version, result, spec, version

GUIDE = Path(__file__).parents[4] / "docs" / "requirements.md"
RISK, LEAD, OTHER = (
    Person(1, "ruth", groups=frozenset({"risk"})),
    Person(2, "leo", groups=frozenset({"leads"})),
    Person(3, "carl", groups=frozenset({"leads"})),
)
MONDAY = facts().at - 2 * DAY

# What is looked at under each heading, in the order of the guide.
SCENES: dict[str, list[Facts]] = {
    "approvals": [
        facts(requester=OTHER, approvals=(approval(RISK), approval(LEAD))),
        facts(requester=OTHER),
        facts(requester=OTHER, approvals=(approval(LEAD),)),
        facts(requester=LEAD, approvals=(approval(RISK), approval(LEAD))),
        facts(requester=OTHER, approvals=(approval(RISK, changed=("the run snapshot changed",)),)),
        facts(requester=OTHER, approvals=(approval(RISK), approval(OTHER, LEAD))),
    ],
    "check": [
        of_version(checks={"ci/evaluation": result()}),
        facts(),
        of_version(checks={"ci/evaluation": result("pending")}),
        of_version(checks={"ci/evaluation": result(ago=8 * DAY)}),
        of_version(checks={"ci/evaluation": result("failed")}),
    ],
    "metric": [
        facts(version=version(metrics={"auc": 0.93}), incumbent=incumbent(metrics={"auc": 0.935})),
        of_version(metrics={"auc": 0.93}),
        facts(),
        of_version(metrics={"auc": 0.8}),
        facts(version=version(metrics={"auc": 0.9}), incumbent=incumbent(metrics={"auc": 0.935})),
        facts(version=version(metrics={"auc": 0.93}), incumbent=incumbent()),
    ],
    "annotation": [
        facts(
            version=version(description="Fraud in card payments.", tags={"risk": "low"}),
            model_tags={"owner": "ann"},
            card="# Intended use\nCards.\n\n# Limitations\nNot for loans.",
        ),
        facts(model_tags={"owner": "ann"}, card="# Intended use\nCards.\n\n# Limitations\n<!-- to do -->"),
        facts(
            version=version(description="Fraud in card payments.", tags={"risk": "high"}),
            model_tags={"owner": "ann"},
            card="# Intended use\nCards.\n\n# Limitations\nNot for loans.",
        ),
    ],
    "lineage": [
        of_version(snapshot="sha256:1", code_commit="c0ffee", datasets={"train": "sha256:2"}),
        of_version(snapshot="sha256:1", datasets={"train": ""}),
    ],
    "predecessor": [
        facts(),
        facts(version=version(stage="Archived"), is_rollback=True),
        of_version(stage="None"),
    ],
    "soak": [
        facts(stays={"Staging": 30 * HOUR}),
        facts(stays={"Staging": 20 * HOUR}),
        of_version(stage="None"),
        facts(version=version(stage="Archived"), stays={"Staging": 5 * HOUR}),
    ],
    "window": [facts(at=MONDAY), facts(at=MONDAY + 6 * HOUR)],
    "comments_resolved": [facts(), facts(unresolved_comments=2)],
}


class Section(NamedTuple):
    """A kind that the guide tells of: its example, and what it says is found."""

    word: str
    requirement: dict[str, Any]
    shown: list[str]


def sections() -> Iterator[Section]:
    """What the guide tells, kind by kind."""
    parts = re.split(r"^## `(\w+)`$", GUIDE.read_text(), flags=re.MULTILINE)
    for word, part in zip(parts[1::2], parts[2::2], strict=True):
        (written,) = re.findall(r"```yaml\n(.*?)```\n\n```text\n", part, re.DOTALL)
        (shown,) = re.findall(r"```text\n(.*?)```", part, re.DOTALL)
        (requirement,) = yaml.safe_load(written)
        yield Section(word, requirement, shown.splitlines())


def line(finding: Finding) -> str:
    """A finding as the guide shows it."""
    who = f" (by {' or '.join(finding.who)})" if finding.who else ""
    return f"{finding.state:9}  {finding.why}{who}"


@pytest.mark.parametrize("section", list(sections()), ids=lambda section: section.word)
def test_the_guide_shows_what_is_found(section: Section) -> None:
    found = [
        judge(section.word, spec(section.word, section.requirement[section.word]), about, GATE)
        for about in SCENES[section.word]
    ]
    assert [line(finding) for finding in found] == section.shown


def test_the_guide_tells_of_every_kind() -> None:
    assert [section.word for section in sections()] == [word for word in kinds() if word in SCENES] == list(SCENES)


def test_the_guide_tells_what_is_asked_for_always() -> None:
    beginning = GUIDE.read_text().partition("## `")[0]
    assert {word for word in always.WORDS if f"`{word}`" not in beginning} == set()


def test_every_requirement_of_the_guide_can_be_written_so() -> None:
    blocks = re.findall(r"```yaml\n(- .*?)```", GUIDE.read_text(), re.DOTALL)
    for requirement in (each for block in blocks for each in yaml.safe_load(block)):
        ((word, written),) = requirement.items()
        if word in kinds():
            spec(word, written)


def test_a_rollback_takes_as_many_as_the_guide_says() -> None:
    about = facts(approvals=(approval(LEAD),), is_rollback=True)
    finding = judge("approvals", spec("approvals", 2), about, Asking("production", rollback_approvals=1))
    assert finding.why in GUIDE.read_text()
