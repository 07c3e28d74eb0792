"""Annotations: read, told, and judged in each state."""

from typing import Any

import pytest

from assent.governance.requirements.annotations import Annotation
from assent.governance.requirements.asking import Demands
from assent.governance.requirements.kinds import demands
from support.moves import facts, in_words, judged, of_version, read, spec, version

RISK = {"tags": {"risk": ["low", "medium"]}}


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ({"description": "required"}, Annotation(description=True)),
        ({"tags": "owner"}, Annotation(tags={"owner": frozenset()})),
        ({"tags": ["owner", "intended-use"]}, Annotation(tags={"owner": frozenset(), "intended-use": frozenset()})),
        (RISK, Annotation(tags={"risk": frozenset({"low", "medium"})})),
        ({"tags": {"gdpr": "yes"}}, Annotation(tags={"gdpr": frozenset({"yes"})})),
        (
            {"card": "complete"},
            Annotation(sections=("Intended use", "Limitations", "Training data", "Evaluation")),
        ),
        ({"card": ["Limitations"]}, Annotation(sections=("Limitations",))),
    ],
)
def test_an_annotation_is_read(written: object, read_as: Annotation) -> None:
    assert spec("annotation", written) == read_as


@pytest.mark.parametrize(
    ("written", "place", "message"),
    [
        ({}, (), "Write description, tags or card."),
        ("description", (), "Write names with a colon after each."),
        ({"description": "please"}, ("description",), "Write one of required"),
        ({"tags": []}, ("tags",), "Write 1 at least."),
        ({"tags": {}}, ("tags",), "Write a tag here."),
        ({"tags": ["owner", ""]}, ("tags", 1), "Write a text here."),
        ({"tags": ["own|er"]}, ("tags", 0), "Invalid value"),
        ({"tags": {"own|er": "x"}}, ("tags", "own|er"), "Invalid value"),
        ({"tags": {"risk": []}}, ("tags", "risk"), "Write 1 at least."),
        ({"tags": {"risk": ["low", None]}}, ("tags", "risk", 1), "Write a text here."),
        ({"card": []}, ("card",), "Write 1 at least."),
        ({"cards": "complete"}, ("cards",), "There is nothing called cards here"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(written: object, place: Any, message: str) -> None:
    _, faults = read("annotation", written)
    assert (place, True) in [(fault.at, fault.message.startswith(message)) for fault in faults]


@pytest.mark.parametrize(
    ("written", "words"),
    [
        (
            {"description": "required", "tags": ["owner"], "card": ["A", "B"]},
            "a description, the tag owner, a model card with A, B",
        ),
        (RISK, "the tag risk (low, medium)"),
    ],
)
def test_an_annotation_is_told_in_words(written: object, words: str) -> None:
    assert in_words("annotation", written) == words


@pytest.mark.parametrize(
    ("written", "known", "state", "why"),
    [
        ({"description": "required"}, {}, "missing", "The description is missing."),
        ({"description": "required"}, {"description": " \n"}, "missing", "The description is missing."),
        ({"description": "required"}, {"description": "Fraud."}, "satisfied", "There is a description."),
        ({"tags": "owner"}, {}, "missing", "The tag owner is missing."),
        ({"tags": "owner"}, {"tags": {"owner": " "}}, "missing", "The tag owner is missing."),
        ({"tags": "owner"}, {"tags": {"owner": "ann"}}, "satisfied", "There is the tag owner."),
        (RISK, {}, "missing", "The tag risk is missing."),
        (RISK, {"tags": {"risk": "high"}}, "failed", "The tag risk is high; allowed are low, medium."),
        (RISK, {"tags": {"risk": "Low"}}, "failed", "The tag risk is Low; allowed are low, medium."),
        (RISK, {"tags": {"risk": "low"}}, "satisfied", "There is the tag risk (low, medium)."),
        (
            {**RISK, "description": "required"},
            {"tags": {"risk": "high"}},
            "failed",
            "The tag risk is high; allowed are low, medium. The description is missing.",
        ),
    ],
)
def test_an_annotation_is_judged(written: object, known: dict[str, Any], state: str, why: str) -> None:
    finding = judged("annotation", written, of_version(**known))
    assert (finding.state, finding.why) == (state, why)


@pytest.mark.parametrize(
    ("of_model", "of_the_version", "state"),
    [
        ({"risk": "low"}, {}, "satisfied"),
        ({"risk": "high"}, {"risk": "low"}, "satisfied"),
        ({"risk": "low"}, {"risk": "high"}, "failed"),
        ({"risk": "low"}, {"risk": ""}, "missing"),
    ],
)
def test_tags_of_the_version_come_before_those_of_the_model(
    of_model: dict[str, str], of_the_version: dict[str, str], state: str
) -> None:
    about = facts(model_tags=of_model, version=version(tags=of_the_version))
    assert judged("annotation", RISK, about).state == state


def test_the_description_of_the_model_is_none_of_the_version() -> None:
    about = facts(model_description="Fraud.")
    assert judged("annotation", {"description": "required"}, about).state == "missing"


def test_a_model_that_is_deleted_is_described_itself() -> None:
    about = facts(version=None, model_description="Fraud.", model_tags={"owner": "ann"})
    assert judged("annotation", {"description": "required", "tags": "owner"}, about).is_satisfied


def test_a_card_is_complete_with_all_its_sections() -> None:
    about = facts(card="# Intended use\na\n# Limitations\n\n# Training data\nc")
    finding = judged("annotation", {"card": "complete"}, about)
    assert finding.why == "The model card lacks Limitations. The model card lacks Evaluation."


def test_what_is_asked_for_is_reviewed() -> None:
    found = demands("annotation", spec("annotation", {"description": "required", **RISK, "card": "complete"}))
    assert found == Demands(description=True, card=True, tags=frozenset({"risk"}))
