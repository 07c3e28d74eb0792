"""Rules that several change at once, through several server processes, and while moves are judged by them."""

from collections import defaultdict
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from threading import Barrier, Event
from typing import Any

import requests
from flask import Flask
from sqlalchemy import create_engine

from assent.access.people import accounts
from assent.access.policy.principals import Principal
from assent.access.signing_in.sign_in import SignIn
from assent.database import db, unit_of_work
from assent.governance import policy
from assent.governance.rules.standing import POLICY, RULES, held, seen
from assent.governance.targets import stage
from support.calling import Caller
from support.databases import ADMINISTRATOR, TEST, PostgresDatabases, SqliteDatabases
from support.server import Server

FILES = 6
ROUNDS = 5


def file(number: int) -> dict[str, Any]:
    """A file with two gates that all files have, and one of its own between them."""
    names = ("first", f"only {number}", "last")
    target = {"stage": "Production"}
    return {
        "gates": [{"name": name, "target": target, "require": [{"approvals": number}]} for name in names],
        "lifecycles": [
            {"name": f"of {number}", "models": [f"{number}-*"], "stages": [{"name": f"S{number}", "tier": "staging"}]}
        ],
    }


def test_of_several_files_at_once_one_is_left_whole(
    databases: SqliteDatabases | PostgresDatabases, tmp_path: Path
) -> None:
    with ExitStack() as opened:
        url = opened.enter_context(databases.copy())
        servers = [opened.enter_context(Server.start(url, tmp_path, workers="1")) for _ in range(2)]
        headers = {"Authorization": f"Bearer {servers[0].token()}"}
        for _ in range(ROUNDS):
            _apply_all(servers, headers)
            for server in servers:
                answers = [
                    requests.get(f"{server.url}/api/v1/{section}", headers=headers, timeout=30).json()[section]
                    for section in ("gates", "lifecycles")
                ]
                left = [[rule["content"] for rule in rules] for rules in answers]
                assert left in [[file(number)["gates"], file(number)["lifecycles"]] for number in range(1, FILES + 1)]
        _nothing_is_missing(url)


def _apply_all(servers: list[Server], headers: dict[str, str]) -> None:
    start = Barrier(FILES)

    def apply(number: int) -> int:
        server = servers[number % len(servers)]
        start.wait()
        answer = requests.post(f"{server.url}/api/v1/gates/apply", json=file(number), headers=headers, timeout=60)
        return answer.status_code

    with ThreadPoolExecutor(FILES) as crowd:
        assert set(crowd.map(apply, range(1, FILES + 1))) == {200}


def _nothing_is_missing(url: str) -> None:
    """The revisions of each rule are numbered from one, each ends where the next begins or before, one stands."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg2://"))
    with engine.connect() as connection:
        policy = connection.execute(POLICY.select()).one()
        rows = connection.execute(RULES.select().order_by(RULES.c.kind, RULES.c.name, RULES.c.revision)).all()
    engine.dispose()
    of_a_rule = defaultdict(list)
    for row in rows:
        of_a_rule[row.kind, row.name].append(row)
    for revisions in of_a_rule.values():
        assert [each.revision for each in revisions] == list(range(1, len(revisions) + 1))
        assert all(each.valid_until >= each.valid_from for each in revisions if each.valid_until)
        assert all(before.valid_until <= after.valid_from for before, after in pairwise(revisions))
    always = [revisions for (_, name), revisions in of_a_rule.items() if name in ("first", "last")]
    for revisions in always:
        assert [each.valid_until for each in revisions[:-1]] == [each.valid_from for each in revisions[1:]]
        assert len(revisions) == policy.revision
    assert policy.changed_at == max(row.valid_from for row in rows)


def _administrator(app: Flask) -> Principal:
    with app.app_context(), unit_of_work(db.engine, TEST) as session:
        return SignIn().as_if(session, accounts.named(session, ADMINISTRATOR))


def test_no_rule_is_changed_while_a_move_is_judged_by_it(app: Flask) -> None:
    by = _administrator(app)
    judging, judged = Event(), Event()

    def judge() -> int:
        with app.app_context(), unit_of_work(db.engine, TEST) as session:
            before = held(session)
            judging.set()
            assert not judged.wait(0.5)
            return len(before.guarding("m", {}, stage("Production"))) - len(seen(session).gates)

    def change() -> None:
        judging.wait()
        with app.app_context(), unit_of_work(db.engine, TEST) as session:
            policy.apply(session, file(1), by=by)
        judged.set()

    with ThreadPoolExecutor(2) as pool:
        difference: Future[int] = pool.submit(judge)
        pool.submit(change).result()
    assert (difference.result(), judged.is_set()) == (0, True)


def test_a_change_is_seen_by_whoever_waited_for_it(app: Flask, call: Caller) -> None:
    by = _administrator(app)
    changed = Event()

    def change() -> None:
        with app.app_context(), unit_of_work(db.engine, TEST) as session:
            policy.apply(session, file(2), by=by)
            changed.set()

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(change)
        changed.wait()
        with app.app_context(), unit_of_work(db.engine, TEST) as session:
            assert len(held(session).gates) == 3
        done.result()
    assert len(call.api("GET", "/gates")["gates"]) == 3
