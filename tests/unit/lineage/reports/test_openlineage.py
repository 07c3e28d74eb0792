"""Events of the OpenLineage standard: what they say, and what is wrong with others."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.kernel.errors import Invalid
from assent.lineage.graph import nodes
from assent.lineage.reports import openlineage
from assent.lineage.reports.openlineage import Event

RUN_ID = "01234567-89ab-4DEF-8123-456789abcdef"
PLAIN_RUN_ID = "0123456789ab4def8123456789abcdef"
JOB = {"namespace": "airflow", "name": "features"}
BASE = {"eventTime": "2026-11-23T12:00:00.5Z", "producer": "urn:example", "schemaURL": "https://openlineage.io/spec"}


def _event(**more: Any) -> dict[str, Any]:
    return {**BASE, "eventType": "COMPLETE", "run": {"runId": RUN_ID}, "job": JOB, **more}


def _dataset(name: str = "orders", namespace: str = "s3://bucket", **facets: Any) -> dict[str, Any]:
    return {"namespace": namespace, "name": name, "facets": facets}


def test_a_run_event_says_what_went_in_and_what_came_out() -> None:
    read = openlineage.read(
        _event(
            inputs=[_dataset(version={"datasetVersion": "42"})],
            outputs=[_dataset("features")],
            job={**JOB, "facets": {"sourceCodeLocation": {"type": "git", "url": "x", "version": "ABCDEF0123"}}},
        )
    )
    assert read == Event(
        "COMPLETE",
        1795435200500,
        "airflow/features",
        PLAIN_RUN_ID,
        (nodes.dataset("s3://bucket/orders", "42"),),
        (nodes.dataset("s3://bucket/features", "unversioned"),),
        nodes.commit("abcdef0123"),
    )


def test_a_run_of_mlflow_and_the_same_number_with_dashes_are_one_node() -> None:
    assert nodes.run(RUN_ID) == nodes.run(PLAIN_RUN_ID)
    assert nodes.range_of(nodes.reference(f"run:{RUN_ID}")).first == nodes.run(PLAIN_RUN_ID)


def test_what_a_run_is_about_to_write_is_not_written() -> None:
    read = openlineage.read(_event(eventType="START", inputs=[_dataset()], outputs=[_dataset("features")]))
    assert (len(read.inputs), len(read.outputs)) == (1, 0)


@pytest.mark.parametrize("kind", ["RUNNING", "COMPLETE", "ABORT", "FAIL", "OTHER"])
def test_what_a_run_wrote_is_written_even_if_it_failed(kind: str) -> None:
    assert len(openlineage.read(_event(eventType=kind, outputs=[_dataset()])).outputs) == 1


def test_an_event_of_a_run_needs_no_type() -> None:
    event = _event()
    del event["eventType"]
    assert openlineage.read(event).type == "OTHER"


def test_an_event_of_a_job_or_a_dataset_alone_has_no_nodes() -> None:
    assert openlineage.read({**BASE, "job": JOB, "inputs": [_dataset()]})[2:] == (
        "airflow/features",
        "",
        (),
        (),
        None,
    )
    assert openlineage.read({**BASE, "dataset": _dataset()}).type == "DATASET"


def test_what_assent_tells_of_a_dataset_is_the_dataset() -> None:
    read = openlineage.read(_event(inputs=[_dataset("train", "assent", version={"datasetVersion": "5ad6"})]))
    assert read.inputs == (nodes.dataset("train", "5ad6"),)


def test_what_assent_tells_of_a_version_is_known_already() -> None:
    version = _dataset("models:/fraud", "assent", version={"datasetVersion": "3"})
    assert openlineage.read(_event(outputs=[version])).outputs == ()


def test_a_branch_is_no_commit() -> None:
    job = {**JOB, "facets": {"sourceCodeLocation": {"type": "git", "url": "x", "version": "main"}}}
    assert openlineage.read(_event(job=job)).commit is None


def test_facets_that_nobody_knows_and_those_taken_back_are_no_fault() -> None:
    job = {**JOB, "facets": {"sql": {"query": "SELECT 1"}, "sourceCodeLocation": None}}
    assert openlineage.read(_event(job=job, inputs=[_dataset(unheard_of={"of": 1}, version=None)], more=1)).inputs


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        ("2026-11-23T12:00:00", 1795435200000),
        ("2026-11-23T13:00:00+01:00", 1795435200000),
        ("2026-11-23T12:00:00.123456789Z", 1795435200123),
        ("1960-01-01T00:00:00Z", -315619200000),
    ],
)
def test_times(time: str, expected: int) -> None:
    assert openlineage.read(_event(eventTime=time)).at == expected


@pytest.mark.parametrize(
    ("event", "told"),
    [
        ([], "event must be an object"),
        ({}, "eventTime is missing"),
        ({"eventTime": "2026-11-23T12:00:00Z"}, "producer is missing"),
        (BASE, "run is missing"),
        ({**BASE, "run": {"runId": RUN_ID}}, "job is missing"),
        (_event(eventTime="2026-11-23"), "eventTime must be a date and a time"),
        (_event(eventTime="2026-11-23T25:00:00Z"), "eventTime must be a date and a time"),
        (_event(eventTime=1), "eventTime must be a text"),
        (_event(eventType="DONE"), "eventType must be one of START, RUNNING"),
        (_event(eventType=[]), "eventType must be one of"),
        (_event(run=[]), "run must be an object"),
        (_event(run={}), "run.runId is missing"),
        (_event(run={"runId": "4f2c"}), "run.runId must be a UUID"),
        (_event(run={"runId": RUN_ID, "facets": []}), "run.facets must be an object"),
        (_event(run={"runId": RUN_ID, "facets": {"parent": 1}}), "run.facets.parent must be an object"),
        (_event(job={"name": "a"}), "job.namespace is missing"),
        (_event(inputs={}), "inputs must be a list"),
        (_event(inputs=[1]), "inputs[0] must be an object"),
        (_event(inputs=[{"namespace": "a"}]), "inputs[0].name is missing"),
        (_event(outputs=[_dataset("")]), "outputs[0].name must not be empty"),
        (_event(outputs=[_dataset("a\x00")]), "outputs[0].name must not hold a NUL"),
        (_event(inputs=[_dataset(version=1)]), "inputs[0].facets.version must be an object"),
        (_event(inputs=[_dataset(version={"datasetVersion": 1})]), "datasetVersion must be a text"),
        (_event(inputs=[_dataset()] * 1001), "inputs has 1001 entries; 1000 are the most"),
        ({**BASE, "dataset": {"name": "a"}}, "dataset.namespace is missing"),
        ({**BASE, "job": JOB, "outputs": [{}]}, "outputs[0].namespace is missing"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(event: object, told: str) -> None:
    with pytest.raises(Invalid) as refused:
        openlineage.read(event)
    assert told in refused.value.message


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
WRONG = st.sampled_from(
    ["eventTime", "producer", "schemaURL", "eventType", "run", "job", "inputs", "outputs", "dataset"]
)


@given(st.dictionaries(WRONG, ANYTHING), ANYTHING)
def test_whatever_comes_is_read_or_refused(wrong: dict[str, Any], whole: Any) -> None:
    for event in (_event(**wrong), whole):
        try:
            openlineage.read(event)
        except Invalid:
            continue
