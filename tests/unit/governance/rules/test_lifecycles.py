"""Lifecycles: what is read, what is told to be wrong, and which moves they allow."""

from typing import Any

import pytest

from assent.governance.rules import lifecycles
from assent.governance.rules.lifecycles import MLFLOWS_LIFECYCLE, Lifecycle
from assent.kernel.content import Content, Path
from assent.kernel.errors import Invalid
from assent.registry.tiers import MLFLOWS, Stage, Tier

RISK = {
    "name": "risk",
    "models": ["risk-*"],
    "stages": [{"name": "UAT", "tier": "staging"}, {"name": "Production", "tier": "production"}],
    "moves": {"None": ["UAT"], "UAT": ["Production", "Archived"], "Production": "Archived", "archived": ["uat"]},
}
FREE = RISK | {"name": "free", "models": "free", "moves": None}


def read(written: Any) -> Lifecycle:
    content = Content(written)
    found = lifecycles.read(content)
    content.must_be_right()
    return found


def test_a_lifecycle_is_read() -> None:
    assert read(RISK) == Lifecycle(
        "risk",
        ("risk-*",),
        (
            Stage("None", Tier.NONE),
            Stage("UAT", Tier.STAGING),
            Stage("Production", Tier.PRODUCTION),
            Stage("Archived", Tier.ARCHIVED),
        ),
        {"None": ("UAT",), "UAT": ("Production", "Archived"), "Production": ("Archived",), "Archived": ("UAT",)},
    )


def test_stages_stand_in_the_order_in_which_they_are_written() -> None:
    written = [{"name": "Archived", "tier": "archived"}, {"name": "None", "tier": "none"}]
    assert [stage.name for stage in read(RISK | {"stages": written, "moves": None}).stages] == ["Archived", "None"]


def test_without_models_it_is_for_all() -> None:
    assert read({"name": "all", "stages": RISK["stages"]}).matches("anything at all")


@pytest.mark.parametrize(
    ("change", "at", "told"),
    [
        ({"name": ""}, ("name",), "Write a text here."),
        ({"name": "x" * 129}, ("name",), "at most 128"),
        ({"stage": []}, ("stage",), "nothing called stage"),
        ({"models": []}, ("models",), "Write 1 at least."),
        ({"models": ["a/b"]}, ("models", 0), "no '/'"),
        ({"stages": []}, ("stages",), "Write 1 at least."),
        ({"stages": [{"name": "UAT"}]}, ("stages", 0), "tier is missing"),
        ({"stages": [{"tier": "staging"}]}, ("stages", 0), "name is missing"),
        ({"stages": [{"name": "UAT", "tier": "test"}]}, ("stages", 0, "tier"), "none, staging, production, archived"),
        ({"stages": [{"name": "deletion", "tier": "none"}]}, ("stages", 0, "name"), "No stage can be called"),
        ({"stages": [{"name": "a/b", "tier": "none"}]}, ("stages", 0, "name"), "holds none of"),
        ({"stages": [{"name": "Production", "tier": "staging"}]}, ("stages", 0), "has the tier production"),
        ({"stages": [{"name": "production", "tier": "production"}]}, ("stages", 0), "is called Production"),
        ({"stages": [*RISK["stages"], {"name": "uat", "tier": "staging"}]}, ("stages", 2), "is called UAT"),
        ({"stages": [*RISK["stages"], {"name": "UAT", "tier": "staging"}]}, ("stages", 2), "written twice"),
        ({"moves": ["UAT"]}, ("moves",), "names with a colon"),
        ({"moves": {"Staging": ["UAT"]}}, ("moves", "Staging"), "Staging is no stage of this lifecycle"),
        ({"moves": {"UAT": ["Staging"]}}, ("moves", "UAT", 0), "they are None, UAT, Production, Archived"),
        ({"moves": {"UAT": [], "uat": []}}, ("moves", "uat"), "written twice"),
    ],
)
def test_what_is_wrong_is_told_at_its_place(change: dict[str, Any], at: Path, told: str) -> None:
    content = Content({**RISK, "moves": None, **change})
    lifecycles.read(content)
    assert [fault.at for fault in content.faults] == [at]
    assert told in content.faults[0].message


@pytest.mark.parametrize("missing", ["name", "stages"])
def test_what_must_be_there_is_told_to_be_missing(missing: str) -> None:
    content = Content({part: written for part, written in FREE.items() if part != missing})
    lifecycles.read(content)
    assert [fault.message for fault in content.faults] == [f"{missing} is missing."]


ALLOWED = [
    (RISK, "None", "UAT", True),
    (RISK, "None", "Production", False),
    (RISK, "UAT", "Production", True),
    (RISK, "Archived", "UAT", True),
    (RISK, "Archived", "None", False),
    (RISK, "UAT", "UAT", True),
    (RISK, "UAT", "Staging", False),
    # Where it stands is no stage of this lifecycle any more.
    (RISK, "Staging", "Production", False),
    (RISK, "Staging", "Archived", True),
    (RISK, "Staging", "None", True),
    (FREE, "None", "Production", True),
    (FREE, "Production", "None", True),
    (FREE, "None", "Staging", False),
]


@pytest.mark.parametrize(("written", "left", "entered", "allowed"), ALLOWED)
def test_a_lifecycle_allows_the_moves_that_it_names(
    written: dict[str, Any], left: str, entered: str, allowed: bool
) -> None:
    assert read(written).allows(left, entered) is allowed


@pytest.mark.parametrize("left", MLFLOWS)
@pytest.mark.parametrize("entered", MLFLOWS)
def test_mlflows_lifecycle_allows_every_move(left: Stage, entered: Stage) -> None:
    assert MLFLOWS_LIFECYCLE.allows(left.name, entered.name)


def test_from_a_stage_that_the_moves_do_not_name_there_is_none() -> None:
    assert read(RISK | {"moves": {"None": ["UAT"]}}).after("UAT") == ()


@pytest.mark.parametrize(("model", "found"), [("risk-1", "risk"), ("risk", "MLflow"), ("free", "free")])
def test_the_lifecycle_of_a_model_is_the_first_that_matches(model: str, found: str) -> None:
    every = [read(RISK), read(FREE), read(FREE | {"name": "late"})]
    assert lifecycles.of(every, model).name == found


@pytest.mark.parametrize(
    ("left", "entered", "told"),
    [
        (
            "None",
            "Production",
            "The lifecycle 'risk' allows no move from None to Production. From None a version goes to: UAT.",
        ),
        (
            "UAT",
            "Staging",
            "Invalid Model Version stage: Staging. Value must be one of None, UAT, Production, Archived: "
            "the lifecycle 'risk' has no others.",
        ),
    ],
)
def test_a_move_that_is_not_allowed_is_refused_with_those_that_are(left: str, entered: str, told: str) -> None:
    with pytest.raises(Invalid) as refused:
        lifecycles.must_allow(read(RISK), left, entered)
    assert refused.value.message == told


def test_a_move_that_archives_others_takes_their_way_to_the_archive() -> None:
    lifecycle = read(RISK | {"moves": {"None": ["UAT"]}})
    lifecycles.must_allow(lifecycle, "None", "UAT")
    with pytest.raises(Invalid, match="no move from UAT to Archived"):
        lifecycles.must_allow(lifecycle, "None", "UAT", archives=True)


def test_a_move_that_is_allowed_is_not_refused() -> None:
    lifecycles.must_allow(read(RISK), "None", "UAT")
