"""`assent requests`, against a live registry: requests are seen and decided on."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from support.commands import Assent
from support.databases import PASSWORD, PostgresDatabases, SqliteDatabases
from support.gating import gate
from support.guarding import Place
from support.server import Server

_SOON = f"{datetime.now(UTC) + timedelta(days=7):%Y-%m-%d}"


@pytest.fixture(scope="module")
def place(
    databases: SqliteDatabases | PostgresDatabases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    """A live registry, and the command in the hands of alice, who manages every model."""
    with databases.copy() as url, Server.start(url, tmp_path_factory.mktemp("server")) as server:
        yield Place(server, Assent({"ASSENT_URL": server.url}).by("alice", PASSWORD))


def _asked(place: Place, name: str) -> str:
    place.assent("promote", name, "1", "Production", "--comment", "Evaluated on the July data.", code=5)
    return place.open_request(name)


def test_a_request_is_shown_with_all_that_is_known_of_it(place: Place) -> None:
    name = place.guarded({"approvals": 2})
    number = _asked(place, name)
    place.by("bob")("requests", "approve", number, "--comment", "Fine.")
    shown = place.by("rita")("requests", "show", number).stdout
    assert shown.startswith(f"Request {number}, {name}/1 to Production, is open.\n")
    assert "Asked for by alice at " in shown
    assert "  Evaluated on the July data.\n" in shown
    assert "Review digest: sha256:" in shown
    assert [line.split()[:2] for line in shown.splitlines()][-1] == ["approved", "bob"]


def test_who_approves_hears_what_is_still_missing(place: Place) -> None:
    number = _asked(place, place.guarded({"approvals": 2}))
    assert "1 of 2 approvals" in place.by("bob")("requests", "approve", number).stdout
    assert "Four eyes" in place.by("alice").told("requests", "approve", number, code=5)
    assert "0 of 2 approvals" in place.by("bob")("requests", "take-back", number).stdout


def test_a_signature_is_a_password(place: Place) -> None:
    name = place.guarded()
    place.govern(gate("Production", models=[name], signature=True))
    number = _asked(place, name)
    assert "is signed here" in place.by("bob").told("requests", "approve", number, code=5)
    approving = ("requests", "approve", number, "--password-stdin", "--json")
    assert "sign" not in place.by("bob")(*approving, stdin="wrong\n", code=5).stdout
    done = place.by("bob")("requests", "approve", number, "--sign", stdin=f"{PASSWORD}\n")
    assert done.stdout == f"{name}/1 is in Production (request {number}, approved by bob).\n"
    assert PASSWORD not in done.output


def test_another_digest_than_what_was_seen_is_told(place: Place) -> None:
    number = _asked(place, place.guarded())
    told = place.by("bob").told("requests", "approve", number, "--digest", "sha256:0", code=2)
    assert "What was reviewed has changed" in told


def test_a_rejection_takes_a_reason(place: Place) -> None:
    number = _asked(place, place.guarded())
    assert "--comment" in place.by("bob").told("requests", "reject", number, code=2)
    assert place.by("bob")("requests", "reject", number, "--comment", "It drifts.").stdout.endswith(
        "was rejected by bob: It drifts.\n"
    )


def test_the_glass_is_broken_and_that_is_reviewed(place: Place) -> None:
    name = place.guarded()
    place.govern(gate("Production", models=[name], override={"by": ["user:bob"], "review_within": "72h"}))
    number = _asked(place, name)
    assert "overridden by user:bob" in place.by("petra").told(
        "requests", "override", number, "--comment", "x", code=5
    )
    done = place.by("bob")("requests", "override", number, "--comment", "The other one is down.")
    assert done.stdout == f"{name}/1 is in Production (request {number}, overridden by bob).\n"
    assert "Four eyes" in place.by("bob").told("requests", "review", number, "--comment", "Fine.", code=5)
    done = place.by("petra")("requests", "review", number, "--comment", "It had to be.")
    assert done.stdout == f"The override of request {number} was reviewed by petra.\n"


def test_requests_are_listed_with_what_they_lack(place: Place) -> None:
    name = place.guarded({"approvals": 1}, {"check": "ci"})
    number = _asked(place, name)
    heading, row = place.by("bob")("requests", "list", "--role", "waiting", "--models", name).stdout.splitlines()
    assert heading.split() == ["ID", "MOVES", "TO", "STATE", "OPENED", "BY", "LACKS"]
    assert row.split()[:4] == [number, f"{name}/1", "Production", "open"]
    assert row.endswith("alice  approvals missing, check missing")
    assert place.by("bob")("requests", "list", "--models", name, "--stuck").stdout == "There are none.\n"


def test_a_list_that_is_cut_says_so(place: Place) -> None:
    numbers = [_asked(place, place.guarded()) for _ in range(2)]
    told = place.assent("requests", "list", "--role", "mine", "--limit", "1").stdout
    assert told.endswith(f"\n\nThere are more, before request {numbers[1]}.\n")
    assert len(place.assent.json("requests", "list", "--role", "mine", "--limit", "1")) == 1


def test_a_delegate_decides_for_a_while(place: Place) -> None:
    name = place.guarded()
    number = _asked(place, name)
    assert "decides for petra until" in place.by("petra")("delegations", "give", "rita", "--until", _SOON).stdout
    waiting = ("requests", "list", "--role", "waiting", "--models", name)
    assert place.by("rita")(*waiting).stdout == "There are none.\n"
    assert number in place.by("rita")(*waiting, "--in-place-of", "petra").stdout
    done = place.by("rita")("requests", "approve", number, "--in-place-of", "petra")
    assert done.stdout == f"{name}/1 is in Production (request {number}, approved by rita for petra).\n"
    (given,) = place.by("rita").json("delegations", "list")
    ended = place.by("rita")("delegations", "revoke", str(given["id"]))
    assert ended.stdout == "rita decides for petra no more.\n"
    assert place.by("petra")("delegations", "list").stdout == "There are none.\n"
    assert "petra  rita" in place.by("petra")("delegations", "list", "--ended").stdout


def test_there_is_no_such_request(place: Place) -> None:
    assert "There is no transition request 4711." in place.assent.told("requests", "show", "4711", code=2)
