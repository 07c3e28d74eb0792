"""Every page of a rich registry is there, is asked for in few statements, and is small."""

from collections.abc import Iterator

import pytest
from flask import Flask

from assent.database import unit_of_work
from support import browsing
from support.browsing import Browser
from support.counting import counted
from support.databases import ADMINISTRATOR, TEST, SqliteDatabases, engine_for
from support.serving import serving
from support.showing import show
from support.visiting import MORE, SHOWN, Visit, visits, whole

MOST_STATEMENTS, MOST_BYTES = 12, 200_000
VISITS = visits(SHOWN, MORE)


@pytest.fixture(scope="module")
def shown(sqlite_databases: SqliteDatabases) -> Iterator[tuple[Flask, dict[str, Browser]]]:
    """The service on a rich registry, which looks up every session anew, and who is signed in to it."""
    with sqlite_databases.copy() as url, serving(url, recheck_seconds=0) as app:
        show(url)
        engine = engine_for(url)
        people = {name: Browser(app) for name in ("alice", ADMINISTRATOR)}
        with unit_of_work(engine, TEST) as session:
            secrets = {name: browsing.begin(session, name) for name in people}
        for name, secret in secrets.items():
            people[name].keep(secret)
        engine.dispose()
        yield app, people


@pytest.mark.parametrize("visit", VISITS, ids=str)
def test_a_page_is_there_and_costs_little(shown: tuple[Flask, dict[str, Browser]], visit: Visit) -> None:
    app, people = shown
    first = people[visit.by].ask(visit.address)
    assert first.status_code == 200, f"name in support.visiting what is there: {first.text[-1500:]}"
    with counted(app) as statements:
        answer = people[visit.by].ask(visit.address)
    assert len(statements) <= MOST_STATEMENTS, [" ".join(each.split())[:70] for each in statements]
    assert len(answer.data) <= MOST_BYTES
    assert answer.text.lstrip().lower().startswith("<!doctype html>") == (visit in whole(SHOWN, MORE))
