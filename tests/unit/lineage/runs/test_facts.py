"""Facts are made from what tracking servers answer, and what others hand in is checked."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from assent.kernel.errors import Invalid
from assent.lineage.runs import facts
from assent.lineage.runs.facts import Facts
from support import runs


def of_run(**parts: Any) -> Facts:
    return facts.of(runs.run(), runs.logged_model(), runs.MLMODEL, runs.REQUIREMENTS, **parts)


def refusal_of(value: object) -> str:
    with pytest.raises(Invalid) as refused:
        facts.checked(value)
    return refused.value.message


def with_run(**fields: Any) -> dict[str, Any]:
    return {"schema": facts.SCHEMA, "run": {"id": "r1"}, **fields}


def test_run_tells_who_ran_what_and_when() -> None:
    run = of_run(experiment={"name": "churn"})["run"]
    assert run == {
        "id": runs.RUN,
        "name": "first",
        "experiment_id": "1",
        "experiment_name": "churn",
        "user": "ada",
        "status": "FINISHED",
        "started_at": runs.STARTED,
        "ended_at": runs.STARTED + 4961,
        "artifact_uri": f"mlflow-artifacts:/1/{runs.RUN}/artifacts",
    }


def test_metrics_have_their_last_value_step_and_time() -> None:
    assert of_run()["metrics"] == {
        "auc": {"value": 0.93, "step": 2, "at": runs.STARTED + 252},
        "loss": {"value": "NaN", "step": 0, "at": runs.STARTED + 266},
    }


def test_datasets_have_name_digest_schema_and_context() -> None:
    assert of_run()["datasets"][0] == {
        "name": "train",
        "digest": "b247ca65",
        "source_type": "s3",
        "source": {"uri": "s3://bucket/train.parquet"},
        "schema": {"mlflow_colspec": [{"type": "double", "name": "a", "required": True}]},
        "context": "training",
    }


def test_code_tells_commit_branch_entry_point_and_a_repository_without_its_password() -> None:
    assert of_run()["code"] == {
        "commit": runs.COMMIT,
        "repository": "https://git.example/churn.git",
        "branch": "main",
        "entry_point": "train.py",
        "source_type": "LOCAL",
    }


def test_no_password_is_left_in_the_tags() -> None:
    assert "secret" not in json.dumps(of_run())


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("https://ada:secret@data.example/x.csv", "https://data.example/x.csv"),
        ("https://secret@data.example/x@y.csv", "https://data.example/x@y.csv"),
        ("postgresql://ada:secret@db.example/x", "postgresql://ada@db.example/x"),
        ("abfss://container@account.example/x", "abfss://container@account.example/x"),
        ("s3://bucket/ada:x@y", "s3://bucket/ada:x@y"),
        ("postgresql://ada:sec/ret@db.example/x", "postgresql://ada@db.example/x"),
        ("https://ada:sec/ret@data.example/x", "https://data.example/x"),
        ("https://data.example:8080/x@y.csv", "https://data.example:8080/x@y.csv"),
        ("http://[::1]:8080/x@y.csv", "http://[::1]:8080/x@y.csv"),
    ],
)
def test_sources_are_kept_without_their_credentials(told: str, kept: str) -> None:
    run = runs.run()
    run["inputs"]["dataset_inputs"][0]["dataset"]["source"] = json.dumps({"url": told})
    assert facts.of(run)["datasets"][0]["source"] == {"url": kept}


def test_what_lies_beside_an_address_in_compact_json_is_kept() -> None:
    run = runs.run()
    told = '{"url":"https://data.example:80","by":"ada@example.com"}'
    run["inputs"]["dataset_inputs"][0]["dataset"]["source"] = told
    assert facts.of(run)["datasets"][0]["source"] == json.loads(told)


def test_facts_that_are_handed_in_are_kept_without_the_credentials_of_their_addresses() -> None:
    address = "https://ada:secret@data.example/x"
    handed_in = {
        "schema": facts.SCHEMA,
        "run": {"id": "r1", "artifact_uri": address},
        "tags": {"mlflow.source.git.repoURL": address},
        "datasets": [{"name": "train", "digest": "1", "source": {"urls": [address]}}],
        "code": {"repository": address, "entry_point": address},
        "model": {"artifact_uri": address, "dependencies": [address], "tags": {"mlflow.source.name": address}},
    }
    assert json.dumps(facts.checked(handed_in)) == json.dumps(handed_in).replace("ada:secret@", "")


def test_requirements_are_kept_without_their_credentials() -> None:
    told = "--find-links https://ada:secret@packages.example/wheels\nchurn @ git+https://secret@git.example/churn"
    assert facts.of(runs.run(), requirements=told)["model"]["dependencies"] == [
        "--find-links https://packages.example/wheels",
        "churn @ git+https://git.example/churn",
    ]


@pytest.mark.parametrize(("told", "dirty"), [("true", True), ("False", False)])
def test_a_tag_tells_whether_the_working_tree_was_dirty(told: str, *, dirty: bool) -> None:
    run = runs.run()
    run["data"]["tags"].append({"key": "mlflow.source.git.dirty", "value": told})
    assert facts.of(run)["code"]["dirty"] is dirty


def test_what_the_client_knows_of_the_code_is_added() -> None:
    assert of_run(code={"dirty": True, "commit": "other"})["code"]["dirty"] is True


def test_what_the_server_tells_of_the_code_counts_more() -> None:
    assert of_run(code={"dirty": True, "commit": "other"})["code"]["commit"] == runs.COMMIT


def test_tags_that_change_by_registering_are_left_out() -> None:
    found = of_run()
    assert "mlflow.log-model.history" not in found["tags"]
    assert "mlflow.modelVersions" not in found["model"]["tags"]


def test_model_has_signature_flavors_and_dependencies() -> None:
    model = of_run()["model"]
    assert model["signature"] == {
        "inputs": [{"type": "double", "name": "a", "required": True}],
        "outputs": [{"type": "long", "required": True}],
    }
    assert model["flavors"]["sklearn"]["sklearn_version"] == "1.9.1"
    assert model["dependencies"] == ["mlflow==3.17.2", "scikit-learn==1.9.1"]


def test_model_has_what_was_logged_on_it() -> None:
    model = of_run()["model"]
    assert (model["params"], model["metrics"]["acc"]["value"]) == ({"C": "1.0"}, 0.5)


def test_of_several_datasets_the_last_measurement_of_a_model_counts() -> None:
    logged_model = runs.logged_model()
    earlier = {"key": "acc", "value": 0.1, "timestamp": runs.STARTED, "step": 0, "dataset_name": "test"}
    logged_model["data"]["metrics"].append(earlier)
    assert facts.of(runs.run(), logged_model)["model"]["metrics"]["acc"]["value"] == 0.5


@pytest.mark.parametrize("order", [1, -1])
def test_of_points_at_one_moment_the_highest_counts_in_whatever_order(order: int) -> None:
    run = runs.run()
    point = {"key": "acc", "timestamp": 1, "step": 0}
    run["data"]["metrics"] = [point | {"value": value} for value in (0.3, "NaN", 0.7)][::order]
    assert facts.of(run)["metrics"]["acc"]["value"] == 0.7


def history(*models: Mapping[str, Any]) -> dict[str, Any]:
    run = runs.run()
    run["data"]["tags"] = [{"key": "mlflow.log-model.history", "value": json.dumps(models)}]
    return run


OLD_MODEL = {
    "artifact_path": "model",
    "run_id": runs.RUN,
    "model_uuid": "uuid-1",
    "mlflow_version": "2.9.2",
    "flavors": {"sklearn": {"sklearn_version": "1.3.2"}},
    "signature": {"inputs": '[{"type": "double"}]', "outputs": None},
}


def test_runs_of_mlflow_2_know_their_models_by_path() -> None:
    found = facts.of(history(OLD_MODEL, OLD_MODEL | {"artifact_path": "other", "model_uuid": "uuid-2"}), path="model")
    assert found["model"] == {
        "path": "model",
        "uuid": "uuid-1",
        "mlflow_version": "2.9.2",
        "flavors": {"sklearn": {"sklearn_version": "1.3.2"}},
        "signature": {"inputs": [{"type": "double"}]},
    }


def test_the_only_model_of_an_old_run_needs_no_path() -> None:
    assert facts.of(history(OLD_MODEL))["model"]["uuid"] == "uuid-1"


def test_among_several_models_none_is_guessed() -> None:
    assert "model" not in facts.of(history(OLD_MODEL, OLD_MODEL | {"artifact_path": "other"}))


def test_a_logged_model_needs_no_run() -> None:
    logged_model = runs.logged_model()
    del logged_model["info"]["source_run_id"]
    assert facts.of(None, logged_model)["model"]["id"] == runs.LOGGED_MODEL


def test_numbers_may_come_as_texts() -> None:
    run = runs.run()
    run["info"]["start_time"] = str(runs.STARTED)
    run["data"]["metrics"][0] |= {"timestamp": "5", "step": "3", "value": "0.5"}
    found = facts.of(run)
    assert found["run"]["started_at"] == runs.STARTED
    assert found["metrics"]["auc"] == {"value": 0.5, "step": 3, "at": 5}


def test_what_yaml_has_beside_json_becomes_a_text() -> None:
    mlmodel = "flavors: {keras: {at: 2026-11-23, rate: .nan, 3: [1]}}"
    assert facts.of(runs.run(), mlmodel=mlmodel)["model"]["flavors"] == {
        "keras": {"at": "2026-11-23", "rate": "nan", "3": [1]}
    }


LAUGHS = "flavors:\n a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f" a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 10)
)


@pytest.mark.parametrize(
    ("mlmodel", "told"),
    [
        ("flavors: [", "cannot be read"),
        ("just a text", "does not describe a model"),
        ("flavors: &loop [*loop]", "nested deeper than 20 levels"),
        (LAUGHS, "more than 50000 values"),
        ("flavors: " + "[" * 100_000, "cannot be read"),
        ("x" * 600_000, "longer than 262144 characters"),
    ],
    ids=["no YAML", "no mapping", "itself", "a billion laughs", "deep", "long"],
)
def test_a_malformed_description_of_a_model_is_refused(mlmodel: str, told: str) -> None:
    with pytest.raises(Invalid, match=told):
        facts.of(runs.run(), mlmodel=mlmodel)


def test_facts_of_a_run_pass_their_own_check() -> None:
    assert facts.checked(of_run()) == of_run()


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ([], "facts must be an object."),
        ({}, "facts.schema is missing."),
        ({"schema": "other/1"}, 'facts.schema must be "assent.run-snapshot/1".'),
        ({"schema": facts.SCHEMA}, "facts must tell of a run or of a model."),
        (with_run(run={}), "facts.run.id is missing."),
        (with_run(run={"id": ""}), "facts.run.id must not be empty."),
        (with_run(run={"id": "x" * 33}), "facts.run.id is 33 characters long; 32 are the most."),
        (with_run(params={"a": 1}), "facts.params.a must be a text."),
        (with_run(params={"a": "\x00"}), "facts.params.a must not hold a NUL character."),
        (with_run(tags={"\x00": ""}), "facts.tags: a name must not hold a NUL character."),
        (with_run(tags={"a": "\ud800"}), "facts.tags.a must be Unicode, and holds half of a surrogate pair."),
        (with_run(metrics={"auc": 1}), "facts.metrics.auc must be an object."),
        (with_run(metrics={"auc": {}}), "facts.metrics.auc.value is missing."),
        (with_run(metrics={"auc": {"value": True}}), "facts.metrics.auc.value must be a number."),
        (with_run(metrics={"auc": {"value": float("inf")}}), "facts.metrics.auc.value must be a finite number."),
        (with_run(metrics={"a": {"value": 1, "step": 1.5}}), "facts.metrics.a.step must be a whole number"),
        (with_run(metrics={"a": {"value": 2**53 + 1}}), "facts.metrics.a.value must be a number that a double holds"),
        (with_run(metrics={"a": {"value": 10**400}}), "facts.metrics.a.value must be a number that a double holds"),
        (with_run(metrics={"a": {"value": "0.5"}}), "must be a number or one of NaN, Infinity, -Infinity."),
        (with_run(datasets={}), "facts.datasets must be a list."),
        (with_run(datasets=[{"name": "x"}]), "facts.datasets[0].digest is missing."),
        (with_run(datasets=[{}] * 1001), "facts.datasets has 1001 entries; 1000 are the most."),
        (with_run(code={"dirty": "yes"}), "facts.code.dirty must be true or false."),
        (with_run(model={"flavors": {"x": float("nan")}}), "facts.model.flavors.x must be a finite number."),
        (with_run(model={"flavors": {"x": {1, 2}}}), "facts.model.flavors.x must be JSON, and is a set."),
        (with_run(params={"k" * 501: ""}), "facts.params: a name is 501 characters long; 500 are the most."),
    ],
)
def test_what_is_wrong_is_named_with_its_place(value: object, told: str) -> None:
    assert told in refusal_of(value)


def test_an_unknown_field_is_refused_and_the_known_ones_named() -> None:
    assert refusal_of(with_run(colour="red")) == (
        "facts has a field colour that is unknown; "
        "known are schema, run, params, metrics, tags, datasets, code, model."
    )


def test_nesting_ends_somewhere() -> None:
    deep: Any = 1
    for _ in range(1000):
        deep = [deep]
    assert "nested deeper than 20 levels" in refusal_of(with_run(model={"metadata": deep}))


def test_a_value_may_not_hold_too_many() -> None:
    assert "holds more than 50000 values" in refusal_of(with_run(model={"metadata": [0] * 50_000}))
