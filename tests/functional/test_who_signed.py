"""What stood where, under which request and signed by whom; and what became of a version, told as sentences."""

import time

import pytest

from support.calling import Caller
from support.gating import asked, gate, govern


@pytest.fixture
def promoted(call: Caller) -> Caller:
    """A version that two people let into Production, and that nobody had to let into Staging."""
    call.model()
    call.version()
    call.move("1", "Staging")
    govern(call, gate("Production", {"approvals": 2}))
    asked(call, comment="It is better.")
    for who in ("bob", "petra"):
        call.by(who).api("POST", "/requests/1/approve", comment="Seen.")
    return call


def _held(call: Caller, stage: str, at: int) -> list[tuple[int | None, list[str]]]:
    found = call.api("GET", "/at", time=at, stage=stage)["held"]
    return [(each["request"], each["signed_by"]) for each in found]


def test_who_signed_for_what_stands_in_production_is_told_of_every_moment(promoted: Caller) -> None:
    now = time.time_ns() // 1_000_000 + 1000
    assert _held(promoted, "Production", now) == [(1, ["bob", "petra"])]


def test_what_no_gate_guarded_names_no_request(promoted: Caller) -> None:
    history = promoted.api("GET", "/models/m/versions/1/history")["stages"]
    stood = next(each for each in history if each["what"] == "Staging")
    assert _held(promoted, "Staging", stood["valid_from"]) == [(None, [])]


def test_the_move_and_its_request_are_of_one_moment(promoted: Caller) -> None:
    request = promoted.api("GET", "/requests/1")
    history = promoted.api("GET", "/models/m/versions/1/history")["stages"]
    assert history[-1]["valid_from"] == request["closed_at"] == request["report"]["at"]


def test_the_story_tells_of_the_request(promoted: Caller) -> None:
    told = [each["line"] for each in promoted.api("GET", "/models/m/versions/1/story")["story"]]
    assert told[2:] == [
        "alice opened request 1, to Production: “It is better.”",
        "bob approved request 1, to Production: “Seen.”",
        "petra approved request 1, to Production: “Seen.”",
        "petra moved it from Staging to Production",
        "petra completed request 1, to Production",
    ]
