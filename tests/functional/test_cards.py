"""Model cards: one text for each model, and every one that there was is kept."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
import requests
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, InternalError, ProgrammingError
from sqlalchemy.orm import Session

from assent.access.policy.principals import Principal
from assent.annotations import cards
from assent.audit.events import AuditEvent
from assent.database import db
from assent.registry import models
from support.calling import API, Caller
from support.counting import counted
from support.databases import PostgresDatabases, SqliteDatabases
from support.live import Client
from support.server import Server

CARD = "/models/m/card"
TEXT = "# Intended use\n\nTells who buys.\n"
CLIENTS = 20


@pytest.fixture
def made(call: Caller) -> Caller:
    """A model."""
    call.model()
    return call


def _write(call: Caller, said: str = TEXT, **more: Any) -> dict[str, Any]:
    return call.api("PUT", CARD, text=said, **more)


def _revisions(call: Caller, **which: Any) -> list[tuple[int, str]]:
    return [(each["revision"], each["text"]) for each in call.api("GET", f"{CARD}/revisions", **which)["revisions"]]


def test_a_card_is_told_as_it_was_written(made: Caller) -> None:
    written = _write(made.by("edith"))
    assert (written["revision"], written["text"], written["written_by"]) == (1, TEXT, "edith")
    assert made.by("rita").api("GET", CARD) == written


def test_a_model_without_a_card_says_so(made: Caller) -> None:
    none = {"revision": 0, "text": "", "written_at": None, "written_by": None}
    assert made.api("GET", CARD) == none
    assert _revisions(made) == []


def test_every_card_is_kept_with_when_it_was_the_one(made: Caller) -> None:
    for said in ("one", "two", ""):
        _write(made, said)
    first, second, third = made.api("GET", f"{CARD}/revisions")["revisions"]
    assert [each["text"] for each in (first, second, third)] == ["one", "two", ""]
    assert [first["valid_until"], second["valid_until"]] == [second["written_at"], third["written_at"]]
    assert third["valid_until"] is None
    assert _revisions(made, after=1) == [(2, "two"), (3, "")]


def test_the_same_text_again_changes_nothing(made: Caller) -> None:
    assert _write(made) == _write(made, revision=1)
    assert _revisions(made) == [(1, TEXT)]


@pytest.mark.parametrize("revision", [0, 2, 7])
def test_who_saw_another_card_is_told(made: Caller, revision: int) -> None:
    _write(made)
    assert "revision 1" in _write(made, "new", revision=revision, status=409)["detail"]
    assert made.api("GET", CARD)["text"] == TEXT


def test_the_first_card_is_written_over_none(made: Caller) -> None:
    assert "revision 0" in _write(made, revision=1, status=409)["detail"]
    assert _write(made, revision=0)["revision"] == 1


def test_writing_takes_the_right_to_edit(made: Caller) -> None:
    assert "model_card:write" in made.by("rita").api("PUT", CARD, text=TEXT, status=403)["detail"]
    assert _revisions(made) == []


def test_a_former_name_leads_to_the_card(made: Caller) -> None:
    written = _write(made)
    made("POST", "/registered-models/rename", name="m", new_name="n")
    for path, told in ((CARD, written), (f"{CARD}/revisions", {"revisions": [{**written, "valid_until": None}]})):
        assert made.answer("GET", API + path, follow_redirects=True).json == told


@pytest.mark.parametrize(("method", "path"), [("GET", CARD), ("PUT", CARD), ("GET", f"{CARD}/revisions")])
def test_a_deleted_model_has_no_card(made: Caller, method: str, path: str) -> None:
    _write(made)
    made("DELETE", "/registered-models/delete", name="m")
    made.api(method, path, status=404, **({"text": TEXT} if method == "PUT" else {}))


def test_a_model_of_the_same_name_has_a_card_of_its_own(made: Caller) -> None:
    _write(made)
    made("DELETE", "/registered-models/delete", name="m")
    made.model()
    assert made.api("GET", CARD)["revision"] == 0


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("text", "x" * 100_001, "text"),
        ("text", "a\x00b", "NUL"),
        ("text", None, "text"),
        ("text", 7, "text"),
        ("revision", -1, "revision"),
        ("revision", "1", "revision"),
        ("revision", 2**31, "revision"),
        ("colour", "green", "colour"),
    ],
)
def test_what_is_no_card_is_refused(sqlite_call: Caller, field: str, value: object, said: str) -> None:
    sqlite_call.model()
    fields = {"text": TEXT, field: value}
    assert said in sqlite_call.api("PUT", CARD, status=400, **fields)["detail"]
    assert _revisions(sqlite_call) == []


def test_the_audit_log_is_told_of_the_card_and_not_its_text(app: Flask, made: Caller) -> None:
    _write(made, "A secret.")
    _write(made, "Another secret.")
    with app.app_context(), db.engine.connect() as connection:
        found = select(AuditEvent).where(AuditEvent.action == "model_card.written").order_by(AuditEvent.id)
        first, second = connection.execute(found).all()
    assert (second.subject_kind, second.subject, second.version) == ("model_card", "m", None)
    assert first.details["before"] is None
    assert first.details["after"] == second.details["before"]
    assert second.details["after"]["revision"] == 2
    assert second.details["after"]["digest"].startswith("sha256:")
    assert "secret" not in str([first.details, second.details])


def test_statements_do_not_grow_with_cards(app: Flask, made: Caller) -> None:
    counts = set()
    for number in range(4):
        with counted(app) as statements:
            _write(made, str(number))
        writing = len([each for each in statements if not each.startswith("BEGIN")])
        with counted(app) as statements:
            made.api("GET", CARD)
            _revisions(made)
        counts.add((writing, len(statements)))
    assert len(counts) == 1


def test_moments_run_forward_whatever_the_clock_says(
    session: Session, alice: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    time = 2_000_000_000_000

    def _back() -> int:
        nonlocal time
        time -= 60_000
        return time

    models.create(session, "m", by=alice)
    monkeypatch.setattr("assent.registry.models.now", _back)
    for said in ("one", "two", "three"):
        cards.write(session, "m", said, by=alice)
    found = cards.revisions(session, "m", by=alice)
    moments = [moment for each in found for moment in (each.written_at, each.valid_until)]
    assert moments[:-1] == sorted(moment or 0 for moment in moments[:-1])


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE model_cards SET text = 'Anything.'",
        "UPDATE model_cards SET valid_until = NULL WHERE valid_until IS NOT NULL",
        "DELETE FROM model_cards",
        "INSERT INTO model_cards (model_id, revision, text, written_at, written_by_id)"
        " SELECT model_id, 7, 'Another.', written_at, written_by_id FROM model_cards WHERE valid_until IS NULL",
    ],
)
def test_the_database_keeps_what_was_written(session: Session, alice: Principal, statement: str) -> None:
    models.create(session, "m", by=alice)
    for said in ("one", "two"):
        cards.write(session, "m", said, by=alice)
    with pytest.raises((IntegrityError, InternalError, ProgrammingError)):
        session.execute(text(statement))


def test_of_writers_who_saw_the_same_one_writes(
    databases: SqliteDatabases | PostgresDatabases, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folders = [tmp_path_factory.mktemp("server") for _ in range(2)]
    with (
        databases.copy() as url,
        Server.start(url, folders[0], workers="1") as one,
        Server.start(url, folders[1], workers="1") as other,
    ):
        clients = [Client(server.url, one.token()) for server in (one, other)]
        clients[0].post("/registered-models/create", name="m")
        careful = _written_at_once(clients, revision=0)
        careless = _written_at_once(clients)
        headers = {"Authorization": f"Bearer {clients[0].token}"}
        kept = requests.get(f"{one.url}{API}{CARD}/revisions", headers=headers, timeout=60).json()["revisions"]
    assert careful == {200: 1, 409: CLIENTS - 1}
    assert careless == {200: CLIENTS}
    assert [each["revision"] for each in kept] == list(range(1, len(kept) + 1))
    assert [each["valid_until"] is None for each in kept] == [False] * (len(kept) - 1) + [True]


def _written_at_once(clients: list[Client], **more: int) -> Counter[int]:
    """How often each status was answered, where everybody waits for everybody before they write."""
    start = Barrier(CLIENTS)

    def write(place: int) -> int:
        client = clients[place % len(clients)]
        headers = {"Authorization": f"Bearer {client.token}"}
        start.wait()
        body = {"text": f"Said by {place}.", **more}
        return requests.put(f"{client.url}{API}{CARD}", json=body, headers=headers, timeout=60).status_code

    with ThreadPoolExecutor(CLIENTS) as crowd:
        return Counter(crowd.map(write, range(CLIENTS)))
