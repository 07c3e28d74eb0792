"""`assent promote` and `assent explain`, against a live registry: each way to end, with its code and its words."""

from collections.abc import Iterator

import pytest

from support.commands import Assent
from support.databases import PASSWORD, PostgresDatabases, SqliteDatabases
from support.guarding import Place
from support.processes import free_port
from support.server import Server


@pytest.fixture(scope="module")
def place(
    databases: SqliteDatabases | PostgresDatabases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    """A live registry, and the command in the hands of alice, who manages every model."""
    with databases.copy() as url, Server.start(url, tmp_path_factory.mktemp("server")) as server:
        yield Place(server, Assent({"ASSENT_URL": server.url}).by("alice", PASSWORD))


def test_a_move_that_no_gate_guards_is_made(place: Place) -> None:
    name = place.guarded()
    assert place.assent("promote", name, "1", "Staging").stdout == f"{name}/1 is in Staging.\n"
    assert place.assent("promote", name, "1", "@champion").stdout == f"{name}/1 has the alias @champion.\n"
    assert place.assent.json("promote", name, "1", "Staging") == {"applied": True, "request": None}


def test_a_held_move_is_refused_with_what_it_lacks(place: Place) -> None:
    name = place.guarded({"approvals": 1}, {"check": "ci"})
    told = place.assent.told("promote", name, "1", "Production", "--comment", "Please.", code=5)
    assert told.splitlines() == [
        f"assent: Request {place.open_request(name)}, {name}/1 to Production, is open. It lacks:",
        "  approvals missing: 0 of 1 approval (by whoever has CAN_MANAGE_PRODUCTION_VERSIONS)",
        "  check missing: The check ci was not posted (by whoever has CAN_EDIT)",
    ]


def test_asking_once_more_finds_the_request_as_it_is(place: Place) -> None:
    name = place.guarded()
    place.by("rita")("promote", name, "1", "Production", code=5)
    told = place.assent.told("promote", name, "1", "Production", "--comment", "Now!", "--archive-existing", code=5)
    assert told.splitlines()[0].endswith("was opened by rita before, with another comment and archive existing.")


def test_who_lacks_the_right_is_refused(place: Place) -> None:
    name = place.guarded()
    told = place.by("rita").told("promote", name, "1", "Staging", "--wait", code=5)
    assert "version:move" in told


def test_what_makes_no_sense_is_told(place: Place) -> None:
    name = place.guarded()
    assert "Value must be one of None, Staging" in place.assent.told("promote", name, "1", "UAT", "--wait", code=2)
    assert "not found" in place.assent.told("promote", name, "2", "Production", code=2)
    assert "--wait" in place.assent.told("promote", name, "1", "Production", "--timeout", "5s", code=2)
    assert "is no length of time" in place.assent.told(
        "promote", name, "1", "Production", "--wait", "--timeout", "soon", code=2
    )


def test_who_waits_hears_who_is_missing_and_that_it_was_applied(place: Place) -> None:
    name = place.guarded({"approvals": 2})
    with place.assent.start("promote", name, "1", "Production", "--wait") as waiting:
        waiting.until_told("0 of 2 approvals")
        number = place.open_request(name)
        place.by("bob")("requests", "approve", number)
        waiting.until_told("1 of 2 approvals")
        place.by("petra")("requests", "approve", number)
        assert waiting.ended(0) == f"{name}/1 is in Production (request {number}, approved by bob and petra).\n"
        assert waiting.told.count("is open. It lacks:") == 2


def test_a_rejection_ends_the_waiting_with_its_reason(place: Place) -> None:
    name = place.guarded()
    with place.assent.start("promote", name, "1", "Production", "--wait", "--json") as waiting:
        waiting.until_told("It lacks")
        number = place.open_request(name)
        place.by("bob")("requests", "reject", number, "--comment", "It drifts.")
        assert '"state": "rejected"' in waiting.ended(3)
        assert f"assent: Request {number}, {name}/1 to Production, was rejected by bob: It drifts." in waiting.told


def test_a_withdrawal_ends_the_waiting(place: Place) -> None:
    name = place.guarded()
    with place.assent.start("promote", name, "1", "Production", "--wait") as waiting:
        waiting.until_told("It lacks")
        place.by("alice")("requests", "withdraw", place.open_request(name))
        waiting.ended(3)
        assert "was withdrawn by alice." in waiting.told


def test_what_was_deleted_is_waited_for_no_more(place: Place) -> None:
    name = place.guarded()
    with place.assent.start("promote", name, "1", "Production", "--wait") as waiting:
        waiting.until_told("It lacks")
        place.client.call("DELETE", "/model-versions/delete", name=name, version="1")
        waiting.ended(3)
        assert "was superseded by admin: It was deleted." in waiting.told


def test_who_waited_long_enough_is_told_what_is_missing(place: Place) -> None:
    name = place.guarded()
    told = place.assent.told("promote", name, "1", "Production", "--wait", "--timeout", "1s", code=4)
    assert "assent: Nobody completed it in time. Request" in told
    assert told.count("0 of 1 approval") == 2


def test_what_was_found_wanting_is_not_waited_for(place: Place) -> None:
    name = place.guarded({"approvals": 1}, {"check": "ci"})
    with place.assent.start("promote", name, "1", "Production", "--wait") as waiting:
        waiting.until_told("The check ci was not posted")
        place.assent("checks", "post", name, "1", "ci", "failed")
        waiting.ended(5)
        assert "check failed: The check ci failed (by whoever has CAN_EDIT)" in waiting.told


def test_a_freeze_tells_until_when(place: Place) -> None:
    freeze = {"name": "year-end", "targets": [{"stage": "Production"}], "zone": "UTC"}
    times = {"from": "2020-01-01T00:00", "until": "2099-01-04T08:00"}
    name = place.guarded(freezes=[freeze | times])
    told = place.assent.told("promote", name, "1", "Production", "--wait", "--timeout", "1s", code=4)
    assert "freeze waiting: Production is frozen (year-end) until 2099-01-04 08:00:00 UTC" in told


def test_a_move_that_is_not_to_come_yet_waits(place: Place) -> None:
    name = place.guarded()
    told = place.assent.told("promote", name, "1", "Staging", "--not-before", "2099-01-01", code=5)
    assert "not_before waiting: It is to be made not before 2099-01-01 00:00:00 UTC" in told


def test_ctrl_c_leaves_the_request_standing(place: Place) -> None:
    name = place.guarded()
    with place.assent.start("promote", name, "1", "Production", "--wait") as waiting:
        waiting.until_told("It lacks")
        waiting.interrupt()
        assert waiting.ended(130) == ""
        assert "assent: Stopped waiting. Request" in waiting.told
        assert "stays open: the same command waits for it again." in waiting.told
    number = place.open_request(name)
    assert place.by("bob")("requests", "approve", number).stdout.startswith(f"{name}/1 is in Production")


def test_a_registry_that_is_not_there_is_asked_a_few_times() -> None:
    nowhere = Assent({"ASSENT_URL": f"http://127.0.0.1:{free_port()}", "ASSENT_TOKEN": "assent_x"})
    with nowhere.start("promote", "m", "1", "Production", "--wait", "--patience", "1s") as waiting:
        waiting.ended(6)
        assert waiting.told.count("Connection refused: trying again.") == 1


def test_a_restart_of_the_server_does_not_end_the_waiting(
    databases: SqliteDatabases | PostgresDatabases, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder, port = tmp_path_factory.mktemp("server"), free_port()
    with databases.copy() as url:
        with Server.start(url, folder, port=port) as server:
            place = Place(server, Assent({"ASSENT_URL": server.url}).by("alice", PASSWORD))
            name = place.guarded()
            waiting = place.assent.start("promote", name, "1", "Production", "--wait")
            waiting.until_told("It lacks")
        with waiting:
            waiting.until_told("trying again")
            with Server.start(url, folder, port=port):
                place.by("bob")("requests", "approve", "1")
                assert waiting.ended(0) == f"{name}/1 is in Production (request 1, approved by bob).\n"


def test_explain_shows_every_requirement(place: Place) -> None:
    name = place.guarded({"approvals": 1}, {"check": "ci"})
    summary, _, heading, *rows = place.by("bob")("explain", name, "1", "production").stdout.splitlines()
    gates = place.assent.json("explain", name, "1", "Production")["report"]["gates"]
    guarded = f"Guarded by production ({gates['production']}); nobody asked for it."
    assert summary == f"{name}/1 to Production: held. {guarded}"
    assert heading.split() == ["REQUIREMENT", "STATE", "WHY", "WHO", "SINCE", "GATE"]
    assert [row.split()[:2] for row in rows] == [
        ["right", "satisfied"],
        ["approvals", "missing"],
        ["check", "missing"],
    ]
