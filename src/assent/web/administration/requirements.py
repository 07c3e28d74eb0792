"""The page on requirements: every word that a gate may ask with, what it asks for, and an example."""

from inspect import getdoc
from typing import Any, NamedTuple

from flask import Response

from assent.governance.requirements.kinds import Kind, kinds
from assent.http.calls import Uses
from assent.kernel.content import Content
from assent.kernel.yaml_texts import YamlText
from assent.web.frame.face import web
from assent.web.frame.pages import page

# What each asks for, and how that is written.
OURS = {
    "approvals": (
        "People who may decide approve it: how many, of whom, and whose do not count.",
        'approvals: {count: 2, from: [group:risk, group:leads], at_least: {"group:risk": 1}}',
    ),
    "check": ("A check that CI posts has passed, and lately enough.", "check: {name: ci/evaluation, max_age: 7d}"),
    "metric": (
        "A metric of the run, or of a check, is good enough, or no worse than that of the incumbent.",
        "metric: {key: auc, at_least: 0.85, against: incumbent, may_drop: 0.01}",
    ),
    "annotation": (
        "The version is described, its tags are set, the model card has its sections.",
        "annotation: {description: required, tags: {risk: [low, medium]}, card: [Intended use, Limitations]}",
    ),
    "lineage": ("It is known where the version comes from.", "lineage: [snapshot, commit, dataset]"),
    "predecessor": ("It comes from a stage.", "predecessor: {stage: Staging}"),
    "soak": ("It has stood in a stage for long enough.", "soak: {stage: Staging, at_least: 24h}"),
    "window": (
        "It is made on some weekdays, at some hours of a place.",
        'window: {days: [mon, tue, wed, thu], from: "09:00", until: "17:00", zone: Europe/Berlin}',
    ),
    "comments_resolved": ("Every thread of comments on the version is resolved.", "comments_resolved: true"),
}


class Shown(NamedTuple):
    """A requirement: its word, what it asks for, how it is written, and that in words."""

    word: str
    asks: str
    example: str
    words: str
    is_ours: bool


@web.call("GET", "/administration/requirements", uses=Uses.NOTHING)
def requirements_page() -> Response:
    """Show what gates may ask for."""
    return page("administration/requirements.html", requirements=[_shown(each) for each in kinds().values()])


def _shown(kind: Kind) -> Shown:
    if kind.word not in OURS:
        told = (getdoc(kind.judge) or "").partition("\n")[0]
        return Shown(kind.word, told, "", "", is_ours=False)
    asks, example = OURS[kind.word]
    content: dict[str, Any] = YamlText(example).mapping()
    return Shown(kind.word, asks, f"- {example}", kind.words(kind.read(Content(content[kind.word]))), is_ours=True)
