"""What a gate looks at is found by an index, however many models, requests, people and grants there are."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, Table, text
from sqlalchemy.orm import Session

from assent.access.granting.grants import GRANTS
from assent.access.people.accounts import ACCOUNTS
from assent.access.people.groups import GROUPS, MEMBERSHIPS
from assent.access.policy.levels import Level
from assent.access.policy.principals import Principal
from assent.access.signing_in import profiles
from assent.annotations.cards import CARDS
from assent.annotations.tables import Comment
from assent.governance import targets
from assent.governance.evidence.checks import CHECKS
from assent.governance.evidence.tables import CheckState
from assent.governance.requests.evaluation import dossier, moving
from assent.governance.requests.evaluation.moving import Wish
from assent.governance.requests.records.rows import DECISIONS, REQUESTS
from assent.governance.requests.records.tables import Ending, RequestState, Verdict
from assent.governance.requests.viewing import explaining
from assent.governance.targets import TargetKind
from assent.kernel.dialects import table
from assent.lineage.graph.edges import EDGES
from assent.lineage.graph.tables import EdgeType, Through
from assent.lineage.runs.captured import Way
from assent.lineage.runs.digests import DIGESTS
from assent.lineage.runs.snapshots import SNAPSHOTS
from support.databases import PostgresDatabases, SqliteDatabases, engine_for
from support.filling import fill
from support.plans import plans, whole_tables

MODELS, VERSIONS = 200, 20
TABLES = "(model_|registered_|run_|checks|transition_|decisions|stage_|artifact|lineage|grants|memb|groups|prin|com)"
# Of these there are few anywhere.
FEW = "(recalls|policy)"
TO_PRODUCTION = Wish("model 7", 4, targets.stage("Production"), archive_existing=True)


@pytest.fixture(scope="module")
def filled(databases: SqliteDatabases | PostgresDatabases) -> Iterator[Engine]:
    """A registry with many of everything, whose statistics the planner knows."""
    with databases.copy() as url:
        engine = engine_for(url)
        fill(engine, models=MODELS, versions=VERSIONS)
        with engine.begin() as connection:
            _fill(connection)
            connection.execute(text("ANALYZE"))
        yield engine
        engine.dispose()


def _fill(connection: Connection) -> None:
    """A thousand people in a group each, some in another by that, and of each version one of everything."""
    people, models, ids = range(1001, 2001), range(1, MODELS + 1), range(VERSIONS + 1, (MODELS + 1) * VERSIONS + 1)
    grant: dict[str, Any] = {"principal_id": None, "group_id": None, "model_id": None, "pattern": None}
    grant |= {"level": Level.CAN_READ, "given_at": 1}
    said_of = {"written_at": 1, "author_id": 1, "body": "Well."}
    check = {"name": "smoke", "state": CheckState.PASSED, "summary": "", "url": "", "metrics": {}, "posted_at": 1}
    run = {"way": Way.PULLED, "digest": "sha256:0", "content": "{}", "run_user": "p1001", "taken_at": 1}
    edge = {"type": EdgeType.OUTPUT, "through": Through.REGISTRATION, "stated_at": 1}
    request = {"kind": TargetKind.STAGE, "target": "Production", "comment": "", "opened_at": 1, "opened_by_id": 1}
    said = {"verdict": Verdict.APPROVED, "decided_at": 1, "decided_by_id": 1, "comment": "", "signature": ""}
    said |= {"digest": "", "reviewed": {}, "ended_at": 2, "ending": Ending.TAKEN_BACK}
    rows: list[tuple[Table, list[dict[str, Any]]]] = [
        (ACCOUNTS, [{"id": each, "name": f"p{each}", "created_at": 1} for each in people]),
        (GROUPS, [{"id": each, "name": f"g{each}", "created_at": 1} for each in people]),
        (MEMBERSHIPS, [{"group_id": each, "principal_id": each, "added_at": 1} for each in people]),
        (MEMBERSHIPS, [{"group_id": 1010, "inner_group_id": each, "added_at": 1} for each in people[10:]]),
        (GRANTS, [grant | {"group_id": each, "pattern": "*", "one_level": f"g{each}"} for each in people]),
        (GRANTS, [grant | {"principal_id": 1001, "model_id": each, "one_level": f"m{each}"} for each in models]),
        (CARDS, [_CARD | {"model_id": each} for each in models]),
        (table(Comment), [said_of | {"version_id": each, "model_id": (each - 1) // VERSIONS} for each in ids]),
        (CHECKS, [check | {"version_id": each, "posted_by_id": 1} for each in ids]),
        (EDGES, [edge | {"source": f"run:run {each}", "target": f"version:{each}"} for each in ids]),
        (DIGESTS, [_DIGEST | {"version_id": each} for each in ids]),
        (SNAPSHOTS, [run | {"version_id": each} for each in ids]),
        (REQUESTS, [request | _of(each) for each in ids]),
        (DECISIONS, [said | {"request_id": each} for each in ids]),
    ]
    for into, each in rows:
        connection.execute(into.insert(), each)


_CARD = {"revision": 1, "text": "A card.", "written_at": 1, "written_by_id": 1}
_DIGEST = {"digest": "sha256:0", "files": 1, "bytes": 1, "given_at": 1, "given_by_id": 1}


def _of(number: int) -> dict[str, Any]:
    known = {"id": number, "model_id": (number - 1) // VERSIONS, "version_id": number}
    if number % 10:
        return known | {"state": RequestState.OPEN, "look_at": 1, "closed_at": None}
    return known | {"state": RequestState.WITHDRAWN, "look_at": None, "closed_at": 2}


ASKED: dict[str, Callable[[Session, Principal], object]] = {
    "dossier": lambda session, by: dossier.opened(session, moving.seen(session, TO_PRODUCTION, by=by)),
    "people": lambda session, _: profiles.found(session, [1001, 1500], model_id=7, default=Level.NO_PERMISSIONS),
    "explained": lambda session, by: explaining.explain(session, TO_PRODUCTION, by=by),
}


@pytest.mark.parametrize("asked", ASKED)
def test_no_table_is_read_as_a_whole(filled: Engine, asked: str) -> None:
    found = plans(filled, ASKED[asked])
    assert found
    for plan in found:
        assert [each for each in whole_tables(plan, TABLES) if not re.search(FEW, each)] == [], plan
