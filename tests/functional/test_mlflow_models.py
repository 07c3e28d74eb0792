"""Registered models over MLflow's protocol."""

import pytest

from support.calling import Caller


def test_a_created_model_is_found_by_name(call: Caller) -> None:
    created = call.model("Ecommerce Model", description="buys", tags=[{"key": "team", "value": "shop"}])
    found = call("GET", "/registered-models/get", name="Ecommerce Model")["registered_model"]
    assert found == created
    assert found["description"] == "buys"
    assert found["tags"] == [{"key": "team", "value": "shop"}]
    assert found["user_id"] == "alice"
    assert found["creation_timestamp"] == found["last_updated_timestamp"]


def test_what_is_not_set_is_left_out(call: Caller) -> None:
    assert call.model().keys() == {"name", "creation_timestamp", "last_updated_timestamp", "user_id"}


def test_of_a_tag_that_comes_twice_the_last_value_counts(call: Caller) -> None:
    tags = [{"key": "k", "value": "1"}, {"key": "k", "value": "2"}, {"key": "empty"}]
    assert call.model(tags=tags)["tags"] == [{"key": "empty", "value": ""}, {"key": "k", "value": "2"}]


def test_a_taken_name_is_refused(call: Caller) -> None:
    call.model()
    assert call.refused("POST", "/registered-models/create", name="m") == (
        400,
        "RESOURCE_ALREADY_EXISTS",
        "Registered Model (name=m) already exists.",
    )


def test_nothing_is_created_when_a_tag_is_invalid(call: Caller) -> None:
    status, code, _ = call.refused(
        "POST", "/registered-models/create", name="m", tags=[{"key": "ok", "value": "1"}, {"key": "a?b", "value": ""}]
    )
    assert (status, code) == (400, "INVALID_PARAMETER_VALUE")
    assert call.found_models() == []


def test_an_unknown_model_is_not_found(call: Caller) -> None:
    assert call.refused("GET", "/registered-models/get", name="x") == (
        404,
        "RESOURCE_DOES_NOT_EXIST",
        "Registered Model with name=x not found",
    )


def test_updating_without_a_description_clears_it(call: Caller) -> None:
    call.model(description="old")
    updated = call("PATCH", "/registered-models/update", name="m", description="new")["registered_model"]
    assert updated["description"] == "new"
    assert "description" not in call("PATCH", "/registered-models/update", name="m")["registered_model"]


def test_a_rename_carries_everything_along_and_frees_the_old_name(call: Caller) -> None:
    call.model(tags=[{"key": "k", "value": "v"}])
    call.version(tags=[{"key": "t", "value": "1"}])
    call.point("champion", "1")
    renamed = call("POST", "/registered-models/rename", name="m", new_name="n")["registered_model"]
    assert renamed["tags"] == [{"key": "k", "value": "v"}]
    assert renamed["aliases"] == [{"alias": "champion", "version": "1"}]
    (version,) = renamed["latest_versions"]
    assert (version["name"], version["tags"]) == ("n", [{"key": "t", "value": "1"}])
    assert version["last_updated_timestamp"] == renamed["last_updated_timestamp"]
    assert call.found("tags.t = '1'") == ["n/1"]
    assert call.request("GET", "/registered-models/get", name="m").status_code == 404
    call.model("m")


def test_a_model_may_be_renamed_to_its_own_name(call: Caller) -> None:
    call.model()
    assert call("POST", "/registered-models/rename", name="m", new_name="m")["registered_model"]["name"] == "m"


def test_a_rename_to_a_taken_name_is_refused(call: Caller) -> None:
    call.model("a")
    call.model("b")
    assert call.refused("POST", "/registered-models/rename", name="a", new_name="b")[:2] == (
        400,
        "RESOURCE_ALREADY_EXISTS",
    )


def test_a_deleted_model_is_gone_and_its_name_begins_anew(call: Caller) -> None:
    call.model()
    call.version()
    call.move("1", "Production")
    call.point("champion", "1")
    assert call("DELETE", "/registered-models/delete", name="m") == {}
    assert call.found_models() == call.found() == []
    assert call.request("GET", "/model-versions/get", name="m", version="1").status_code == 404
    call.model()
    assert call.version()["version"] == "1"
    assert "aliases" not in call("GET", "/registered-models/get", name="m")["registered_model"]


def test_parameters_of_a_delete_may_come_in_the_query(call: Caller) -> None:
    call.model()
    answer = call.answer("DELETE", "/api/2.0/mlflow/registered-models/delete", query_string={"name": "m"})
    assert (answer.status_code, answer.json) == (200, {})


def test_latest_versions_are_the_highest_of_each_stage(call: Caller) -> None:
    call.model()
    for number, stage in enumerate(["Staging", "Production", "Staging", "None", "None"], start=1):
        call.version()
        if stage != "None":
            call.move(str(number), stage)
    latest = call("GET", "/registered-models/get", name="m")["registered_model"]["latest_versions"]
    assert {(each["version"], each["current_stage"]) for each in latest} == {
        ("3", "Staging"),
        ("2", "Production"),
        ("5", "None"),
    }


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_latest_versions_of_some_stages_are_asked_for_by_both_verbs(call: Caller, method: str) -> None:
    call.model()
    call.version()
    call.version()
    call.move("1", "Production")
    found = call(method, "/registered-models/get-latest-versions", name="m", stages=["production", "Staging"])
    assert [each["version"] for each in found["model_versions"]] == ["1"]
    everything = call(method, "/registered-models/get-latest-versions", name="m")["model_versions"]
    assert {each["version"] for each in everything} == {"1", "2"}


def test_latest_versions_of_an_unknown_stage_are_refused(call: Caller) -> None:
    call.model()
    _, _, message = call.refused("POST", "/registered-models/get-latest-versions", name="m", stages=["Prod"])
    assert message == ("Invalid Model Version stage: Prod. Value must be one of None, Staging, Production, Archived.")


def test_tags_are_set_overwritten_and_deleted(call: Caller) -> None:
    created = call.model()
    for value in ("1", "2"):
        assert call("POST", "/registered-models/set-tag", name="m", key="k", value=value) == {}
    found = call("GET", "/registered-models/get", name="m")["registered_model"]
    assert found["tags"] == [{"key": "k", "value": "2"}]
    assert found["last_updated_timestamp"] == created["last_updated_timestamp"]
    for _ in range(2):
        assert call("DELETE", "/registered-models/delete-tag", name="m", key="k") == {}
    assert "tags" not in call("GET", "/registered-models/get", name="m")["registered_model"]


@pytest.mark.parametrize("prefix", ["/ajax-api/2.0/mlflow", "/api/2.0/preview/mlflow"])
def test_the_calls_answer_under_every_prefix(call: Caller, prefix: str) -> None:
    call.model()
    answer = call.answer("GET", f"{prefix}/registered-models/get", query_string={"name": "m"})
    assert answer.status_code == 200


def test_clients_of_mlflow_1_list_models_page_by_page(call: Caller) -> None:
    for name in "abc":
        call.model(name)
    path = "/registered-models/list"
    first = call("GET", path, max_results=2)
    second = call("GET", path, max_results=2, page_token=first["next_page_token"])
    assert [each["name"] for each in first["registered_models"] + second["registered_models"]] == ["a", "b", "c"]
    assert "next_page_token" not in second
