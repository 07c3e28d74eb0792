"""Failed attempts to sign in by password: how many there may be, and whom they keep out."""

import base64
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from assent import worker
from assent.access.credentials.passwords import Passwords
from assent.access.credentials.tables import Attempts, FamiliarAddress
from assent.access.people import accounts
from assent.access.policy.principals import SYSTEM, Kind
from assent.access.signing_in.attempts import AttemptLimits
from assent.access.signing_in.sign_in import SignIn
from assent.audit.actions import Action
from assent.audit.events import AuditEvent, Origin
from assent.database import db, unit_of_work
from assent.kernel.clock import now
from assent.kernel.errors import Unauthenticated
from support.counting import counted
from support.databases import PASSWORD, TEST, PostgresDatabases
from support.identities import identities_of
from support.server import Server

HOME, STRANGER = "192.0.2.1", "198.51.100.7"
# So few that a test reaches them, and apart from each other.
LIMITS = AttemptLimits(per_account_and_address=3, per_address=5, per_account=8)
CHEAP = SignIn(passwords=Passwords(memory_kib=8 * 1024, passes=1))


def _header(name: str, password: str = PASSWORD) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


class Process:
    """A server process, and who asks it from where."""

    def __init__(self, app: Flask) -> None:
        self._identities = identities_of(app, limits=LIMITS, sign_in=CHEAP)

    def told(self, name: str, password: str = PASSWORD, *, at: str = HOME) -> str:
        """What somebody is told who shows a password: their name, or why not."""
        try:
            return self._identities.who(_header(name, password), Origin("api", at)).name
        except Unauthenticated as refusal:
            return refusal.message

    def fails(self, name: str, times: int, *, at: str = HOME) -> None:
        """Let somebody guess wrong."""
        for number in range(times):
            self.told(name, f"wrong {number}", at=at)


@pytest.fixture
def process(app: Flask) -> Process:
    """A server process."""
    return Process(app)


@contextmanager
def _database(app: Flask) -> Iterator[Session]:
    with app.app_context(), unit_of_work(db.engine, TEST) as session:
        yield session


def _refusals(app: Flask) -> list[AuditEvent]:
    with _database(app) as session:
        found = session.query(AuditEvent).filter_by(action=Action.SIGN_IN_REFUSED).order_by(AuditEvent.id).all()
        session.expunge_all()
        return found


def _pass_time(app: Flask, millis: int) -> None:
    with _database(app) as session:
        session.execute(update(Attempts).values(began_at=Attempts.began_at - millis))


TOO_MANY = "Too many attempts to sign in have failed; try again in 15 minutes."


def test_after_some_failures_the_right_password_is_refused_too(process: Process) -> None:
    process.fails("alice", 3)
    assert process.told("alice") == TOO_MANY


def test_up_to_the_limit_the_right_password_lets_in(process: Process) -> None:
    process.fails("alice", 2)
    assert process.told("alice") == "alice"


def test_a_success_forgives_what_failed_before_it(process: Process) -> None:
    for _ in range(4):
        process.fails("alice", 2)
        assert process.told("alice") == "alice"


def test_it_is_told_alike_whether_there_is_such_a_user(process: Process) -> None:
    told = set()
    for name in ("alice", "nobody"):
        process.fails(name, 3, at=name)
        told.add(process.told(name, at=name))
    assert told == {TOO_MANY}


def test_processes_count_together(app: Flask) -> None:
    for _ in range(3):
        Process(app).fails("alice", 1)
    assert Process(app).told("alice") == TOO_MANY


def test_when_the_stretch_is_over_one_may_try_again(app: Flask, process: Process) -> None:
    process.fails("alice", 5)
    _pass_time(app, LIMITS.stretch - 59_000)
    assert process.told("alice").endswith("try again in 1 minute.")
    _pass_time(app, 59_000)
    assert process.told("alice") == "alice"


def test_whoever_is_known_already_is_asked_nothing(process: Process) -> None:
    assert process.told("alice") == "alice"
    process.fails("alice", 5)
    assert process.told("alice") == "alice"


def test_one_address_tries_only_so_many_accounts(process: Process) -> None:
    for number in range(5):
        process.fails(f"user {number}", 1)
    assert process.told("alice") == TOO_MANY
    assert process.told("alice", at=STRANGER) == "alice"


def test_an_account_is_tried_from_only_so_many_addresses(process: Process) -> None:
    for number in range(8):
        process.fails("alice", 1, at=f"198.51.100.{number}")
    assert process.told("alice") == TOO_MANY
    assert process.told("bob") == "bob"


def test_strangers_do_not_lock_out_whoever_signs_in_from_where_they_did_before(app: Flask, process: Process) -> None:
    assert process.told("alice") == "alice"
    for number in range(20):
        process.fails("alice", 3, at=f"198.51.100.{number}")
    assert Process(app).told("alice", at="203.0.113.1") == TOO_MANY
    assert Process(app).told("alice") == "alice"


def test_others_who_fail_at_the_same_address_do_not_lock_out_who_was_there_before(
    app: Flask, process: Process
) -> None:
    assert process.told("alice") == "alice"
    for number in range(20):
        process.fails(f"user {number}", 1)
    assert process.told("bob") == TOO_MANY
    assert Process(app).told("alice") == "alice"


def test_one_stubborn_stranger_does_not_use_up_the_limit_of_an_account(process: Process) -> None:
    process.fails("alice", 50, at=STRANGER)
    assert process.told("alice") == "alice"


def test_who_shows_their_own_password_now_and_then_tries_no_more_of_others(app: Flask) -> None:
    let_in = 0
    for number in range(12):
        # A process of its own each time: none remembers bob.
        process = Process(app)
        assert process.told("bob") == "bob"
        let_in += process.told(f"user {number}", "wrong") != TOO_MANY
    assert let_in == 5


def test_an_address_of_ipv6_stands_for_its_network(process: Process) -> None:
    for number in range(3):
        process.fails("alice", 1, at=f"2001:db8:1:2::{number:x}")
    assert process.told("alice", at="2001:db8:1:2:ffff::1") == TOO_MANY
    assert process.told("alice", at="2001:db8:1:3::1") == "alice"


def test_of_parallel_attempts_no_more_are_compared_than_may_be(app: Flask) -> None:
    processes = [Process(app) for _ in range(4)]
    with ThreadPoolExecutor(16) as threads:
        told = list(threads.map(lambda number: processes[number % 4].told("alice", f"wrong {number}"), range(40)))
    assert sum(each != TOO_MANY for each in told) == 3
    assert [event.details for event in _refusals(app) if "over_the_limit_on" in event.details] != []


def test_a_client_that_begins_with_many_requests_at_once_is_let_in(process: Process) -> None:
    with ThreadPoolExecutor(16) as threads:
        assert set(threads.map(lambda _: process.told("alice"), range(40))) == {"alice"}


def test_only_the_first_refusal_of_a_stretch_is_in_the_audit_log(app: Flask, process: Process) -> None:
    process.fails("alice", 20)
    events = _refusals(app)
    assert [event.subject for event in events] == ["alice"] * 4
    assert [event.details.get("over_the_limit_on") for event in events] == [None, None, None, "account and address"]
    assert events[-1].details["message"] == TOO_MANY
    assert events[-1].address == HOME


def test_nobody_fills_the_audit_log_with_tokens(app: Flask) -> None:
    identities = identities_of(app)
    for number in range(130):
        with pytest.raises(Unauthenticated):
            identities.who(f"Bearer assent_{number}", Origin("api", STRANGER))
    assert len(_refusals(app)) == 100
    with pytest.raises(Unauthenticated):
        identities.who("Bearer assent_0", Origin("api", HOME))
    assert len(_refusals(app)) == 101


def test_nothing_that_is_typed_is_in_the_table(app: Flask, process: Process) -> None:
    process.fails("my own password", 1)
    with _database(app) as session:
        keys = session.scalars(select(Attempts.key)).all()
    assert len(keys) == 3
    assert all(len(key) == 64 and "password" not in key for key in keys)


def test_the_worker_forgets_what_counts_no_more(app: Flask, process: Process) -> None:
    process.fails("alice", 1)
    process.told("bob")
    _pass_time(app, 24 * 3_600_000 + 1)
    process.fails("edith", 1)
    with _database(app) as session:
        long_ago = now() - 181 * 86_400_000
        session.add(FamiliarAddress(principal_id=1, address="an old one", last_seen_at=long_ago))
    with app.app_context():
        worker.run_once(db.engine)
    with _database(app) as session:
        assert len(session.scalars(select(Attempts.key)).all()) == 3  # home, edith, and edith at home
        assert session.scalars(select(FamiliarAddress.address)).all() == [HOME]


def test_a_face_answers_401_in_its_own_words(app: Flask) -> None:
    client = app.test_client()
    for number in range(10):
        client.get("/api/v1/me", auth=("alice", f"wrong {number}"))
    native = client.get("/api/v1/me", auth=("alice", "wrong"))
    mlflow = client.get("/api/2.0/mlflow/registered-models/search", auth=("alice", "wrong"))
    assert native.json is not None
    assert mlflow.json is not None
    assert (native.status_code, native.json["detail"]) == (401, TOO_MANY)
    assert (mlflow.status_code, mlflow.json["error_code"], mlflow.json["message"]) == (
        401,
        "UNAUTHENTICATED",
        TOO_MANY,
    )
    assert native.headers["WWW-Authenticate"].startswith("Basic")


@pytest.mark.parametrize(
    ("method", "path", "field", "told_as"),
    [
        ("POST", "/api/v1/me/password", "current", "detail"),
        ("PATCH", "/api/2.0/mlflow/users/update-password", "current_password", "message"),
    ],
)
def test_guessing_the_password_that_is_to_be_replaced_counts_too(
    app: Flask, method: str, path: str, field: str, told_as: str
) -> None:
    def told(current: str) -> tuple[int, str]:
        wanted = {field: current, "password": "a better horse battery"}
        more = {"username": "alice"} if "mlflow" in path else {}
        answer = app.test_client().open(path, method=method, json=wanted | more, auth=("alice", PASSWORD))
        assert answer.json is not None
        return answer.status_code, answer.json[told_as]

    assert [told(f"wrong {number}") for number in range(10)] == [(403, "That is not the current password.")] * 10
    assert told(PASSWORD) == (403, TOO_MANY)
    assert [event.actor for event in _refusals(app)] == ["alice"] * 11


def test_a_password_is_hashed_again_when_hashing_is_made_dearer(app: Flask) -> None:
    with _database(app) as session:
        bob = accounts.named(session, "bob")
        kept = bob.password_hash = CHEAP.passwords.hash_again(PASSWORD)
    dearer = SignIn(passwords=Passwords(memory_kib=9 * 1024, passes=1))
    elsewhere, here = identities_of(app, sign_in=dearer), identities_of(app, sign_in=dearer)
    cheap = identities_of(app, sign_in=CHEAP)
    assert cheap.who(_header("bob"), TEST).name == "bob"
    assert _hash_of_bob(app) == kept
    assert here.who(_header("bob"), TEST).name == "bob"
    renewed = _hash_of_bob(app)
    assert "m=9216" in renewed
    assert cheap.who(_header("bob"), TEST).name == elsewhere.who(_header("bob"), TEST).name == "bob"
    assert here.who(_header("bob"), TEST).name == "bob"
    assert _hash_of_bob(app) == renewed


def _hash_of_bob(app: Flask) -> str:
    with _database(app) as session:
        return accounts.named(session, "bob").password_hash or ""


def test_those_who_cannot_sign_in_are_refused_alike_and_at_the_same_cost(app: Flask) -> None:
    with _database(app) as session:
        accounts.disable(session, accounts.named(session, "bob"), by=SYSTEM)
        accounts.create(session, "without", by=SYSTEM)
        accounts.create(session, "robot", kind=Kind.SERVICE_ACCOUNT, by=SYSTEM)
    process = Process(app)
    process.told("edith", "wrong")
    costs = []
    for number, name in enumerate(("alice", "bob", "without", "robot", "nobody")):
        with counted(app) as statements:
            assert process.told(name, "wrong", at=f"192.0.2.{number}") == "Unknown user or wrong credentials."
        costs.append([statement.split()[0] for statement in statements])
    assert costs == [costs[0]] * 5


def test_servers_of_several_processes_count_together(postgres_databases: PostgresDatabases, tmp_path: Path) -> None:
    with (
        postgres_databases.copy() as url,
        Server.start(url, tmp_path, workers="2", attempts_per_account_and_address="3") as server,
    ):

        def told(number: int) -> str:
            auth = ("alice", f"wrong {number}")
            answer = requests.get(f"{server.url}/api/v1/me", auth=auth, timeout=30)
            assert answer.status_code == 401
            return str(answer.json()["detail"])

        with ThreadPoolExecutor(8) as threads:
            refusals = list(threads.map(told, range(24)))
    assert sum(each != TOO_MANY for each in refusals) == 3
