"""Model versions, stages and aliases over MLflow's protocol."""

import pytest

from support.calling import Caller

RUN = "0123456789abcdef0123456789abcdef"


def test_versions_are_numbered_from_one(call: Caller) -> None:
    call.model()
    assert [call.version()["version"] for _ in range(3)] == ["1", "2", "3"]


def test_the_number_of_a_deleted_version_is_not_given_again(call: Caller) -> None:
    call.model()
    call.version()
    call.version()
    call("DELETE", "/model-versions/delete", name="m", version="2")
    assert call.version()["version"] == "3"


def test_a_registered_version_is_ready_and_tells_who_registered_it(call: Caller) -> None:
    call.model()
    created = call.by("bob").version(run_id=RUN, description="first", tags=[{"key": "k", "value": "v"}])
    assert created == call("GET", "/model-versions/get", name="m", version="1")["model_version"]
    assert created | {"creation_timestamp": 0, "last_updated_timestamp": 0} == {
        "name": "m",
        "version": "1",
        "creation_timestamp": 0,
        "last_updated_timestamp": 0,
        "user_id": "bob",
        "current_stage": "None",
        "description": "first",
        "source": "s3://bucket/model",
        "run_id": RUN,
        "run_link": "",
        "status": "READY",
        "tags": [{"key": "k", "value": "v"}],
    }


def test_a_version_of_an_unknown_model_is_not_registered(call: Caller) -> None:
    assert call.refused("POST", "/model-versions/create", name="x", source="s3://b/m") == (
        404,
        "RESOURCE_DOES_NOT_EXIST",
        "Registered Model with name=x not found",
    )


@pytest.mark.parametrize("number", ["9", "-1", "0", "99999999999999999999999"])
def test_an_unknown_version_is_not_found(call: Caller, number: str) -> None:
    call.model()
    _, code, message = call.refused("GET", "/model-versions/get", name="m", version=number)
    assert (code, message) == (
        "RESOURCE_DOES_NOT_EXIST",
        f"Model Version (name=m, version={int(number)}) not found",
    )


def test_a_version_is_read_as_python_reads_integers(call: Caller) -> None:
    call.model()
    call.version()
    assert call("GET", "/model-versions/get", name="m", version=" 1")["model_version"]["version"] == "1"
    assert call.refused("GET", "/model-versions/get", name="m", version="x")[2] == (
        "Parameter 'version' must be an integer, got 'x'."
    )


def test_updating_a_version_without_a_description_clears_it(call: Caller) -> None:
    call.model()
    model = call("GET", "/registered-models/get", name="m")["registered_model"]["last_updated_timestamp"]
    call.version()
    path = "/model-versions/update"
    assert call("PATCH", path, name="m", version="1", description="d")["model_version"]["description"] == "d"
    assert "description" not in call("PATCH", path, name="m", version="1")["model_version"]
    assert model


def test_a_deleted_version_is_gone_with_its_aliases(call: Caller) -> None:
    call.model()
    call.version()
    call.point("champion", "1")
    assert call("DELETE", "/model-versions/delete", name="m", version="1") == {}
    assert call.found() == []
    assert call.refused("GET", "/registered-models/alias", name="m", alias="champion")[0] == 400
    assert call.refused("POST", "/model-versions/set-tag", name="m", version="1", key="k", value="v")[0] == 404


def test_a_transition_takes_any_case_and_stores_the_canonical_stage(call: Caller) -> None:
    call.model()
    call.version()
    moved = call.move("1", "pRODUCTION")
    assert moved["current_stage"] == "Production"
    assert moved == call("GET", "/model-versions/get", name="m", version="1")["model_version"]
    model = call("GET", "/registered-models/get", name="m")["registered_model"]
    assert model["last_updated_timestamp"] == moved["last_updated_timestamp"]


def test_archiving_moves_every_other_version_of_the_stage(call: Caller) -> None:
    call.model()
    for number in ("1", "2", "3"):
        call.version()
        call.move(number, "Staging" if number == "2" else "Production")
    moved = call.move("2", "Production", archive_existing_versions=True)
    stages = {
        each["version"]: (each["current_stage"], each["last_updated_timestamp"])
        for each in call("GET", "/model-versions/search")["model_versions"]
    }
    at = moved["last_updated_timestamp"]
    assert stages == {"1": ("Archived", at), "2": ("Production", at), "3": ("Archived", at)}


def test_nothing_is_archived_for_a_version_that_is_not_there(call: Caller) -> None:
    call.model()
    call.version()
    call.move("1", "Production")
    wanted = {"name": "m", "version": "9", "stage": "Production", "archive_existing_versions": True}
    assert call.refused("POST", "/model-versions/transition-stage", **wanted)[0] == 404
    assert call.found("current_stage = 'Production'") == ["m/1"]


def test_only_an_active_stage_archives(call: Caller) -> None:
    call.model()
    call.version()
    wanted = {"name": "m", "version": "1", "stage": "Archived", "archive_existing_versions": True}
    status, code, message = call.refused("POST", "/model-versions/transition-stage", **wanted)
    assert (status, code) == (400, "INVALID_PARAMETER_VALUE")
    assert message == (
        "Model version transition cannot archive existing model versions because 'Archived' is not an Active stage. "
        "Valid stages are ['Staging', 'Production']"
    )


def test_an_alias_points_to_one_version_and_can_be_moved(call: Caller) -> None:
    call.model()
    call.version()
    call.version()
    call.point("champion", "1")
    call.point("champion", "2")
    call.point("Champion", "1")
    found = call("GET", "/registered-models/alias", name="m", alias="champion")["model_version"]
    assert (found["version"], found["aliases"]) == ("2", ["champion"])


def test_searches_return_aliases(call: Caller) -> None:
    call.model()
    call.version()
    call.point("champion", "1")
    assert call("GET", "/model-versions/search")["model_versions"][0]["aliases"] == ["champion"]
    (model,) = call("GET", "/registered-models/search")["registered_models"]
    assert model["latest_versions"][0]["aliases"] == ["champion"]
    assert model["aliases"] == [{"alias": "champion", "version": "1"}]


def test_deleting_an_alias_that_is_not_there_is_no_error(call: Caller) -> None:
    call.model()
    assert call("DELETE", "/registered-models/alias", name="m", alias="nobody") == {}
    assert call.refused("DELETE", "/registered-models/alias", name="x", alias="nobody")[0] == 404


def test_an_unknown_alias_is_an_invalid_parameter(call: Caller) -> None:
    call.model()
    assert call.refused("GET", "/registered-models/alias", name="m", alias="nobody") == (
        400,
        "INVALID_PARAMETER_VALUE",
        "Registered model alias nobody not found.",
    )
    assert call.refused("GET", "/registered-models/alias", name="x", alias="nobody")[0] == 404


def test_the_alias_latest_answers_the_highest_number(call: Caller) -> None:
    call.model()
    assert call.refused("GET", "/registered-models/alias", name="m", alias="latest") == (
        404,
        "RESOURCE_DOES_NOT_EXIST",
        "Latest version not found for model m.",
    )
    call.version()
    call.version()
    call.move("2", "Archived")
    found = call("GET", "/registered-models/alias", name="m", alias="Latest")["model_version"]
    assert found["version"] == "2"


@pytest.mark.parametrize(
    ("alias", "message"),
    [
        ("latest", "'latest' alias name (case insensitive) is reserved."),
        ("v1", "Version alias name 'v1' is reserved."),
        (
            "a.b",
            "Invalid alias name: 'a.b'. Names may only contain alphanumerics, underscores (_), and dashes (-).",
        ),
        ("a" * 256, "'Registered model alias name' exceeds the maximum length of 255 characters"),
    ],
)
def test_some_words_are_no_aliases(sqlite_call: Caller, alias: str, message: str) -> None:
    sqlite_call.model()
    sqlite_call.version()
    wanted = {"name": "m", "alias": alias, "version": "1"}
    assert sqlite_call.refused("POST", "/registered-models/alias", **wanted) == (
        400,
        "INVALID_PARAMETER_VALUE",
        message,
    )


def test_tags_of_a_version_change_no_time_stamp(call: Caller) -> None:
    call.model()
    created = call.version()
    call("POST", "/model-versions/set-tag", name="m", version="1", key="k", value="1")
    call("POST", "/model-versions/set-tag", name="m", version="1", key="k")
    found = call("GET", "/model-versions/get", name="m", version="1")["model_version"]
    assert found["tags"] == [{"key": "k", "value": ""}]
    assert found["last_updated_timestamp"] == created["last_updated_timestamp"]
    for _ in range(2):
        assert call("DELETE", "/model-versions/delete-tag", name="m", version="1", key="k") == {}
    assert "tags" not in call("GET", "/model-versions/get", name="m", version="1")["model_version"]


def test_the_download_uri_is_the_source(call: Caller) -> None:
    call.model()
    call.version(source="models:/m-0123456789abcdef0123456789abcdef")
    found = call("GET", "/model-versions/get-download-uri", name="m", version="1")
    assert found == {"artifact_uri": "models:/m-0123456789abcdef0123456789abcdef"}


def test_a_copy_leads_to_the_original_also_after_that_is_deleted(call: Caller) -> None:
    call.model("a")
    call.version("a", source="s3://bucket/original", run_id=RUN)
    call.point("champion", "1", name="a")
    call.model("b")
    call.version("b", source="models:/a@champion")
    copy_of_copy = call.version("b", source="models:/b/1")
    assert (copy_of_copy["source"], copy_of_copy["run_id"]) == ("models:/b/1", RUN)
    assert call("GET", "/model-versions/get", name="b", version="1")["model_version"]["source"] == "models:/a/1"
    call("DELETE", "/registered-models/delete", name="a")
    found = call("GET", "/model-versions/get-download-uri", name="b", version="2")
    assert found == {"artifact_uri": "s3://bucket/original"}


@pytest.mark.parametrize("name", ["a b", "a%20b", "a@b"])
def test_a_source_names_a_version_to_the_letter(call: Caller, name: str) -> None:
    for model in ("a b", "a%20b", "a@b"):
        call.model(model)
        call.version(model, source=f"s3://bucket/{model.encode().hex()}")
        call.point("champion", "1", name=model)
    call.model("copy")
    for number, source in enumerate((f"models:/{name}/1", f"models:/{name}@champion", f"MODELS:/{name}/1"), start=1):
        assert call.version("copy", source=source)["source"] == f"models:/{name}/1"
        found = call("GET", "/model-versions/get-download-uri", name="copy", version=str(number))
        assert found == {"artifact_uri": f"s3://bucket/{name.encode().hex()}"}


def test_a_copy_cannot_claim_another_run(call: Caller) -> None:
    call.model("a")
    call.version("a", run_id=RUN)
    status, _, message = call.refused(
        "POST", "/model-versions/create", name="a", source="models:/a/1", run_id="f" * 32
    )
    assert status == 400
    assert message.startswith("Invalid model version source: 'models:/a/1'.")


def test_what_a_source_names_must_exist(call: Caller) -> None:
    call.model("a")
    for source, status in (("models:/a/7", 404), ("models:/x/1", 404), ("models:/a@nobody", 400)):
        assert call.refused("POST", "/model-versions/create", name="a", source=source)[0] == status


def test_the_run_of_a_runs_source_is_kept(call: Caller) -> None:
    call.model()
    assert call.version(source=f"runs:/{RUN}/model")["run_id"] == RUN
    assert "run_id" not in call.version(source=f"runs:/{RUN * 2}/model")
