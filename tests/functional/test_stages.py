"""Stages that are added to MLflow's four."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from assent.database import db, unit_of_work
from assent.kernel.errors import Invalid
from assent.lineage.past import at as point_in_time
from assent.registry import stages
from assent.registry.tiers import MLFLOWS, MOST_STAGES, Stage, Tier
from support.calling import API, Caller
from support.counting import counted
from support.databases import ADMINISTRATOR, TEST
from support.lifecycles import of_every_model

UAT = Stage("UAT", Tier.STAGING)
LIVE = Stage("Live", Tier.PRODUCTION)
RETIRED = Stage("Retired", Tier.ARCHIVED)
FUTURE = 2**52


def bring(call: Caller, *added: Stage) -> None:
    """Let an administrator add stages, for every model."""
    call.by(ADMINISTRATOR).api("POST", "/gates/apply", **of_every_model(*added))


@pytest.fixture
def staged(call: Caller) -> Caller:
    """A registry that knew four stages when it was asked for another, with three of its own by now."""
    assert call.refused("POST", "/model-versions/transition-stage", name="m", version="1", stage="UAT")[0] == 400
    bring(call, UAT, LIVE, RETIRED)
    return call


@pytest.fixture
def tested(staged: Caller) -> Caller:
    """A model with versions in UAT, in Live and in no stage."""
    staged.model()
    for number, stage in (("1", "UAT"), ("2", "Live"), ("3", "None")):
        staged.version()
        staged.move(number, stage)
    return staged


def test_a_registry_begins_with_mlflows_stages(session: Session) -> None:
    assert stages.every(session) == list(MLFLOWS)


def test_a_stage_that_is_added_comes_last(session: Session) -> None:
    stages.add(session, *UAT)
    assert stages.every(session) == [*MLFLOWS, UAT]


def test_a_stage_that_is_there_is_not_added_again(session: Session) -> None:
    stages.add(session, *UAT)
    stages.add(session, *UAT)
    assert stages.every(session) == [*MLFLOWS, UAT]


@pytest.mark.parametrize(("name", "tier"), [("UAT", Tier.PRODUCTION), ("uat", Tier.STAGING)])
def test_a_stage_keeps_its_tier_and_the_case_of_its_name(session: Session, name: str, tier: Tier) -> None:
    stages.add(session, *UAT)
    with pytest.raises(Invalid):
        stages.add(session, name, tier)


def test_a_name_that_no_stage_can_have_is_refused(session: Session) -> None:
    with pytest.raises(Invalid, match="is a version"):
        stages.add(session, "7", Tier.STAGING)


def test_there_is_an_end_to_stages(session: Session) -> None:
    for number in range(MOST_STAGES - len(MLFLOWS)):
        stages.add(session, f"stage {number}", Tier.STAGING)
    with pytest.raises(Invalid, match="has no more"):
        stages.add(session, *UAT)


@pytest.mark.parametrize(("name", "folded", "position"), [("uat", "uat", 99), ("Canary", "canary", 3)])
def test_the_database_holds_no_two_stages_of_one_name_or_place(
    session: Session, name: str, folded: str, position: int
) -> None:
    stages.add(session, *UAT)
    row = {"name": name, "folded": folded, "tier": "staging", "position": position}
    with pytest.raises(IntegrityError):
        session.execute(stages.STAGES.insert(), row)


@pytest.mark.parametrize("change", ["UPDATE stages SET tier = 'production'", "DELETE FROM stages"])
def test_the_database_lets_no_stage_go_and_no_tier_change(session: Session, change: str) -> None:
    stages.add(session, *UAT)
    with pytest.raises(DBAPIError, match="past"):
        session.execute(text(f"{change} WHERE name = 'UAT'"))


def test_two_who_add_a_stage_at_once_do_not_call_it_differently(app: Flask) -> None:
    def _apply(name: str) -> int:
        file = of_every_model(Stage(name, Tier.STAGING))
        administrator = Caller(app.test_client(), ADMINISTRATOR)
        return administrator.answer("POST", f"{API}/gates/apply", json=file).status_code

    for word in ("uat", "canary", "live"):
        with ThreadPoolExecutor(2) as both:
            assert sorted(both.map(_apply, (word, word.upper()))) == [200, 400]


def test_a_stage_that_never_came_to_be_is_not_remembered(app: Flask) -> None:
    def _add_in_vain(session: Session) -> None:
        stages.add(session, *UAT)
        assert stages.named(session, "uat") == UAT
        raise Invalid("Something else is wrong.")

    with app.app_context():
        with pytest.raises(Invalid, match="Something else"), unit_of_work(db.engine, TEST) as session:
            _add_in_vain(session)
        with unit_of_work(db.engine, TEST) as session, pytest.raises(Invalid, match="Value must be one of"):
            stages.named(session, "UAT")


def test_all_stages_are_listed_with_their_tiers(staged: Caller) -> None:
    found = [(each["name"], each["tier"]) for each in staged.by("rita").api("GET", "/stages")["stages"]]
    assert found == [(name, str(tier)) for name, tier in (*MLFLOWS, UAT, LIVE, RETIRED)]


def test_a_version_enters_a_stage_written_in_any_case(tested: Caller) -> None:
    assert tested.move("3", "uat")["current_stage"] == "UAT"


def test_an_unknown_stage_is_refused_with_all_that_there_are(tested: Caller) -> None:
    refused = tested.refused("POST", "/model-versions/transition-stage", name="m", version="1", stage="Prod")
    assert refused == (
        400,
        "INVALID_PARAMETER_VALUE",
        "Invalid Model Version stage: Prod. Value must be one of "
        "None, Staging, Production, Archived, UAT, Live, Retired.",
    )


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["1", "2", "3"]),
        ({"stages": []}, ["1", "2", "3"]),
        ({"stages": ["uat"]}, ["1"]),
        ({"stages": ["Retired"]}, []),
    ],
)
def test_the_latest_versions_are_those_of_every_stage_or_of_those_named(
    tested: Caller, asked: dict[str, Any], found: list[str]
) -> None:
    answer = tested("POST", "/registered-models/get-latest-versions", name="m", **asked)
    assert sorted(each["version"] for each in answer.get("model_versions", [])) == found


def test_a_model_tells_of_the_latest_version_in_every_stage(tested: Caller) -> None:
    one = tested("GET", "/registered-models/get", name="m")["registered_model"]
    (found,) = tested("GET", "/registered-models/search")["registered_models"]
    for model in (one, found):
        assert {each["version"]: each["current_stage"] for each in model["latest_versions"]} == {
            "1": "UAT",
            "2": "Live",
            "3": "None",
        }


def test_a_read_from_a_stage_is_one_statement_once_it_is_known(app: Flask, tested: Caller) -> None:
    for expected in (2, 1):
        with counted(app) as statements:
            tested("GET", "/registered-models/get-latest-versions", name="m", stages="UAT")
        # Whether the credentials are looked at again is up to the time.
        assert len([each for each in statements if "FROM stages" in each or "model_versions" in each]) == expected


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("current_stage = 'uat'", ["m/1"]),
        ("current_stage IN ('UAT', 'live')", ["m/1", "m/2"]),
        ("current_stage != 'UAT'", ["m/2", "m/3"]),
        ("current_stage = 'nowhere'", []),
    ],
)
def test_versions_are_found_by_a_stage_written_in_any_case(tested: Caller, text: str, found: list[str]) -> None:
    assert sorted(tested.found(text)) == found


@pytest.mark.parametrize(("text", "found"), [("current_stage = 'uat'", ["m"]), ("current_stage != 'uat'", [])])
def test_models_are_found_by_a_stage_written_in_any_case(tested: Caller, text: str, found: list[str]) -> None:
    assert tested.found_models(text) == found


def test_archiving_empties_a_stage_of_an_active_tier(tested: Caller) -> None:
    tested.move("3", "UAT", archive_existing_versions=True)
    assert tested.found("current_stage = 'Archived'") == ["m/1"]


def test_no_stage_of_another_tier_is_emptied(tested: Caller) -> None:
    wanted = {"name": "m", "version": "1", "stage": "retired", "archive_existing_versions": True}
    assert tested.refused("POST", "/model-versions/transition-stage", **wanted) == (
        400,
        "INVALID_PARAMETER_VALUE",
        "Model version transition cannot archive existing model versions because 'Retired' is not an Active stage. "
        "Valid stages are ['Staging', 'Production', 'UAT', 'Live']",
    )


@pytest.mark.parametrize(
    ("number", "stage", "status"), [("3", "UAT", 200), ("3", "Live", 403), ("2", "UAT", 403), ("1", "Retired", 200)]
)
def test_the_tier_decides_the_right_that_a_move_takes(tested: Caller, number: str, stage: str, status: int) -> None:
    moved = tested.by("stan").request(
        "POST", "/model-versions/transition-stage", name="m", version=number, stage=stage
    )
    assert moved.status_code == status


def test_who_may_move_in_production_may_move_in_any_stage_of_that_tier(tested: Caller) -> None:
    assert tested.by("petra").move("3", "Live")["current_stage"] == "Live"


def test_a_source_may_name_a_stage(tested: Caller) -> None:
    tested.model("copy")
    assert tested.version("copy", source="models:/m/uat")["source"] == "models:/m/1"


def test_a_token_may_be_limited_to_a_stage(tested: Caller) -> None:
    made = tested.by(ADMINISTRATOR).api("POST", "/tokens", targets=["uat", "@champion"])
    assert made["targets"] == ["@champion", "UAT"]


def test_no_token_is_limited_to_a_stage_that_there_is_not(tested: Caller) -> None:
    refused = tested.by(ADMINISTRATOR).api("POST", "/tokens", status=400, targets=["Prod"])
    assert "Value must be one of" in refused["detail"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["Live", "UAT"]),
        ({"tier": "production"}, ["Live"]),
        ({"tier": "staging"}, ["UAT"]),
        ({"tier": "archived"}, []),
        ({"stage": "uat"}, ["UAT"]),
    ],
)
def test_a_moment_is_asked_for_by_stage_and_tier(tested: Caller, asked: dict[str, Any], found: list[str]) -> None:
    held = tested.api("GET", "/at", time=FUTURE, **asked)["held"]
    assert [each["what"] for each in held] == found


def test_a_moment_is_told_of_with_as_many_stages_as_there_may_be(tested: Caller) -> None:
    bring(tested, UAT, LIVE, *(Stage(f"stage {number}", Tier.STAGING) for number in range(MOST_STAGES - 7)))
    assert len(tested.api("GET", "/stages")["stages"]) == MOST_STAGES
    assert [each["what"] for each in tested.api("GET", "/at", time=FUTURE)["held"]] == ["Live", "UAT"]


def test_a_stage_that_is_added_between_two_pages_changes_neither(
    tested: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(point_in_time, "LONGEST_PAGE", 1)
    tested.move("3", "Retired")
    found: list[dict[str, Any]] = []
    following = ""
    for added in ((), (), (Stage("Canary", Tier.PRODUCTION),)):
        bring(tested, UAT, LIVE, RETIRED, *added)
        page = tested.api("GET", "/at", time=FUTURE, after=following)
        found, following = [*found, *page["held"]], page["next"]
    assert [each["what"] for each in found] == ["Live", "UAT", "Retired"]


def test_what_was_made_from_something_is_found_by_tier(tested: Caller) -> None:
    tested.model("copy")
    tested.version("copy", source="models:/m/1")
    tested.move("1", "Live", name="copy")
    for tier, found in (("production", ["copy/1"]), ("staging", [])):
        made = tested.api("GET", "/lineage/made-from", of="version:m/1", standing=f"tier:{tier}")["versions"]
        assert [f"{each['model']}/{each['number']}" for each in made] == found


def test_what_a_recall_touches_in_production_is_in_any_stage_of_that_tier(tested: Caller) -> None:
    touched = tested.api("GET", "/lineage/reach", of="version:m/2")
    assert [each["number"] for each in touched["in_production"]] == [2]
