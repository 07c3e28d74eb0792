"""Where versions come from and what came of them, over the native API."""

from typing import Any

import pytest
from flask import Flask

from assent.access.policy.principals import SYSTEM
from assent.audit.events import Origin
from assent.database import db, unit_of_work
from assent.lineage.graph import edges, nodes
from assent.lineage.graph.edges import Edge
from assent.lineage.graph.tables import EdgeType, Through
from assent.lineage.graph.walks import MOST_NODES
from assent.lineage.runs.facts import SCHEMA
from support.calling import Caller
from support.counting import counted
from support.databases import ADMINISTRATOR, PASSWORD

COMMIT = "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567"


@pytest.fixture
def trained(app: Flask, call: Caller) -> Caller:
    """Two models whose versions come from one run over a dataset; the second model's was copied into a third."""
    for name in ("fraud", "churn"):
        call.model(name)
        call.version(name, run_id="4f2c")
    call.model("copies")
    call.version("copies", source="models:/churn/1")
    run = nodes.run("4f2c")
    with app.app_context(), unit_of_work(db.engine, Origin("test")) as session:
        wanted = [
            Edge(nodes.dataset("train", "5ad6e8ce"), run, EdgeType.INPUT),
            Edge(nodes.commit(COMMIT), run, EdgeType.CODE),
        ]
        edges.link(session, wanted, through=Through.SNAPSHOT, by=SYSTEM)
    return call


def _labels(answer: dict[str, Any]) -> dict[str, int]:
    return {node["label"]: node["depth"] for node in answer["nodes"]}


def _versions(found: list[dict[str, Any]]) -> list[str]:
    return [f"{each['model']}/{each['number']}" for each in found]


def _of(call: Caller, path: str, of: str, **fields: Any) -> dict[str, Any]:
    return call.api("GET", f"/lineage/{path}", of=of, **fields)


def test_a_version_is_made_of_its_run_its_data_and_its_code(trained: Caller) -> None:
    found = trained.api("GET", "/models/fraud/versions/1/lineage")
    made_of = {"run:4f2c": 1, "dataset:5ad6e8ce:train": 2, f"commit:{COMMIT}": 2}
    assert _labels(found) == {"version:fraud/1": 0, **made_of}
    assert {(edge["source"], edge["type"]) for edge in found["edges"]} == {
        ("run:4f2c", "registered"),
        ("dataset:5ad6e8ce:train", "input"),
        (f"commit:{COMMIT}", "code"),
    }
    assert not found["truncated"]


def test_a_copy_leads_to_its_original(trained: Caller) -> None:
    assert _labels(trained.api("GET", "/models/copies/versions/1/lineage"))["version:churn/1"] == 1


def test_a_walk_ends_where_it_is_told_to(trained: Caller) -> None:
    found = trained.api("GET", "/models/fraud/versions/1/lineage", depth=1)
    assert _labels(found) == {"version:fraud/1": 0, "run:4f2c": 1}
    assert found["truncated"]


@pytest.mark.parametrize(
    "of", ["dataset:5ad6e8ce", "dataset:5ad6e8ce:train", f"commit:{COMMIT}", "commit:0A1B2C3", "run:4f2c"]
)
def test_what_was_made_from_something_is_found(trained: Caller, of: str) -> None:
    assert _versions(_of(trained, "made-from", of)["versions"]) == ["churn/1", "copies/1", "fraud/1"]


def test_what_came_of_a_version_are_its_copies(trained: Caller) -> None:
    assert _versions(_of(trained, "made-from", "version:churn/1")["versions"]) == ["copies/1"]
    assert _labels(_of(trained, "descendants", "version:churn/1")) == {"version:churn/1": 0, "version:copies/1": 1}


def test_of_these_those_in_production_are_found_now_and_at_a_moment(trained: Caller) -> None:
    trained.move("1", "Production", name="fraud")
    in_production = trained.api("GET", "/models/fraud/versions/1")["last_updated_at"]
    trained.move("1", "Archived", name="fraud")
    trained.move("1", "Production", name="churn")
    now = _of(trained, "made-from", "run:4f2c", standing="tier:production")
    assert _versions(now["versions"]) == ["churn/1"]
    then = _of(trained, "made-from", "run:4f2c", standing="Production", at=in_production)
    assert _versions(then["versions"]) == ["fraud/1"]
    assert then["versions"][0]["since"] == in_production
    before = _of(trained, "made-from", "run:4f2c", at=1)
    assert {each["stood_in"] for each in before["versions"]} == {None}


def test_a_deleted_version_answers_still(trained: Caller) -> None:
    trained("DELETE", "/model-versions/delete", name="fraud", version="1")
    trained("DELETE", "/registered-models/delete", name="churn")
    assert _labels(trained.api("GET", "/models/fraud/versions/1/lineage"))["run:4f2c"] == 1
    found = {each["model"]: each["deleted"] for each in _of(trained, "made-from", "run:4f2c")["versions"]}
    assert found == {"churn": True, "copies": False, "fraud": True}


@pytest.mark.parametrize(
    "of",
    ["run:none", "dataset:5ad6", "commit:ffffffff", "version:fraud/2", "version:none/1", "deployment:none"],
)
@pytest.mark.parametrize("question", ["made-from", "descendants", "reach"])
def test_what_nobody_knows_is_not_found(trained: Caller, question: str, of: str) -> None:
    trained.api("GET", f"/lineage/{question}", of=of, status=404)


@pytest.mark.parametrize("of", ["", "fraud/1", "version:fraud", "version:fraud/x", "commit:0a1b", "run:"])
def test_what_names_no_node_is_refused(trained: Caller, of: str) -> None:
    trained.api("GET", "/lineage/made-from", of=of, status=400)


@pytest.mark.parametrize("fields", [{"standing": "Nowhere"}, {"standing": "tier:best"}, {"at": "noon"}, {"at": -1}])
def test_a_standing_that_there_is_not_is_refused(trained: Caller, fields: dict[str, Any]) -> None:
    trained.api("GET", "/lineage/made-from", of="run:4f2c", status=400, **fields)


def test_the_statements_of_a_walk_grow_with_its_depth_and_not_with_its_nodes(app: Flask, trained: Caller) -> None:
    counts = set()
    for _ in range(3):
        with counted(app) as statements:
            trained.api("GET", "/lineage/made-from", of="run:4f2c")
        counts.add(len(statements))
        for _ in range(5):
            trained.version("fraud", run_id="4f2c")
    assert len(counts) == 1


@pytest.fixture
def popular(app: Flask, trained: Caller) -> Caller:
    """The same, where the dataset went into more runs than one walk holds; the version of one is far from it."""
    columns = {"type": EdgeType.INPUT, "through": Through.SNAPSHOT, "stated_at": 1}
    dataset = nodes.dataset("train", "5ad6e8ce")
    rows = [{"source": dataset, "target": nodes.run(f"0{number}"), **columns} for number in range(MOST_NODES)]
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(edges.EDGES.insert(), rows)
    return trained


@pytest.mark.parametrize("person", ["rita", ADMINISTRATOR])
def test_what_was_made_from_something_is_found_beyond_ever_so_many_nodes(popular: Caller, person: str) -> None:
    popular.move("1", "Production", name="copies")
    found = _of(popular.by(person), "made-from", "dataset:5ad6e8ce")
    assert (_versions(found["versions"]), found["truncated"]) == (["churn/1", "copies/1", "fraud/1"], False)
    standing = _of(popular.by(person), "made-from", "dataset:5ad6e8ce", standing="tier:production")
    assert _versions(standing["versions"]) == ["copies/1"]
    assert _versions(_of(popular.by(person), "reach", "dataset:5ad6e8ce")["in_production"]) == ["copies/1"]


def test_a_graph_that_holds_no_version_of_somebody_holds_its_start(popular: Caller) -> None:
    found = _of(popular.by("rita"), "descendants", "dataset:5ad6e8ce")
    assert (_labels(found), found["truncated"]) == ({"dataset:5ad6e8ce:train": 0}, True)


def test_ever_so_many_nodes_show_nothing_to_somebody_who_reads_none_of_their_versions(popular: Caller) -> None:
    popular.by(ADMINISTRATOR).api("POST", "/users", name="nobody", password=PASSWORD)
    for question in ("made-from", "descendants", "reach"):
        _of(popular.by("nobody"), question, "dataset:5ad6e8ce", status=404)


def test_a_thousand_datasets_take_as_many_statements_as_one(app: Flask) -> None:
    counts = []
    with app.app_context(), unit_of_work(db.engine, Origin("test")) as session:
        # The first begins the transaction.
        for many in (1, 2, 1000):
            names = [nodes.dataset(str(many), str(each)) for each in range(many)]
            with counted(app) as statements:
                wanted = [Edge(name, nodes.run("4f2c"), EdgeType.INPUT) for name in names]
                assert edges.link(session, wanted, through=Through.SNAPSHOT, by=SYSTEM) == []
            counts.append(len(statements))
    assert counts[1] == counts[2]


@pytest.fixture
def strangers(call: Caller) -> tuple[Caller, Caller]:
    """Two people with a model each, who may not read the other's; the first one's version comes of a run."""
    for name in ("ann", "ben"):
        call.by(ADMINISTRATOR).api("POST", "/users", name=name, password=PASSWORD)
        call.by(ADMINISTRATOR).api("PUT", "/grants", kind="user", name=name, level="CAN_CREATE_REGISTERED_MODEL")
    ann, ben = call.by("ann"), call.by("ben")
    ann.model("hers")
    ann.version("hers", source="s3://hers/1", run_id="4f2c")
    ben.model("his")
    return ann, ben


def test_nobody_registers_a_run_whose_versions_they_may_not_read(strangers: tuple[Caller, Caller]) -> None:
    ann, ben = strangers
    status, code, message = ben.refused(
        "POST", "/model-versions/create", name="his", source="s3://his/1", run_id="4f2c"
    )
    assert (status, code) == (403, "PERMISSION_DENIED")
    assert "run" in message
    ann.version("hers", source="s3://hers/2", run_id="4f2c")


@pytest.mark.parametrize("source", ["s3://his/1", "models:/m-4f2c"])
def test_nobody_registers_a_logged_model_whose_versions_they_may_not_read(
    strangers: tuple[Caller, Caller], source: str
) -> None:
    ann, ben = strangers
    ann.version("hers", source="s3://hers/2", model_id="m-4f2c")
    status, code, message = ben.refused(
        "POST", "/model-versions/create", name="his", source=source, model_id="m-4f2c"
    )
    assert (status, code) == (403, "PERMISSION_DENIED")
    assert "logged model" in message
    ann.version("hers", source=source, model_id="m-4f2c")


def test_nobody_claims_such_a_run_by_pushing(strangers: tuple[Caller, Caller]) -> None:
    _, ben = strangers
    ben.version("his", source="s3://his/1")
    ben.api("PUT", "/models/his/versions/1/snapshot", status=403, facts={"schema": SCHEMA, "run": {"id": "4f2c"}})
    assert ben.api("GET", "/models/his/versions/1")["run_id"] == ""


def test_what_somebody_pushes_says_nothing_of_other_versions(trained: Caller) -> None:
    facts = {"schema": SCHEMA, "run": {"id": "4f2c"}, "datasets": [{"name": "poison", "digest": "bad"}]}
    trained.api("PUT", "/models/fraud/versions/1/snapshot", facts=facts)
    assert _versions(_of(trained, "made-from", "dataset:bad")["versions"]) == ["fraud/1"]
