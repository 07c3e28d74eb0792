"""What was asked for, decided, ruled and found stays as it was in the database, whatever the service does."""

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from assent.access.people import accounts
from assent.access.policy.principals import SYSTEM, Principal
from assent.access.signing_in.sign_in import SignIn
from assent.annotations import comments
from assent.governance import noticing, policy, targets
from assent.governance.evidence.checks import Result
from assent.governance.evidence.tables import CheckState
from assent.governance.requests.acting import deciding, opening, overriding
from assent.governance.requests.evaluation.moving import Wish
from assent.governance.requests.records import delegations
from assent.kernel.clock import now
from assent.registry import models, versions
from assent.registry.sources import SourceRules
from assent.registry.versions import Registration

GATE = {
    "name": "production",
    "target": {"stage": "Production"},
    "require": [{"approvals": 2}],
    "override": {"by": "user:petra"},
}
# What ends a row, and what of it stays.
ENDED = {
    "decisions": ("ended_at = 1, ending = 'taken_back'", "ended_at = NULL, ending = NULL", "digest"),
    "rule_revisions": ("valid_until = 1", "valid_until = NULL", "content"),
    "checks": ("valid_until = 1", "valid_until = NULL", "state"),
    "model_cards": ("valid_until = 1", "valid_until = NULL", "text"),
    "delegations": ("revoked_at = 1", "revoked_at = NULL", "valid_until"),
}
ASKED = ("model_id", "version_id", "kind", "target", "not_before", "opened_by_id", "expires_at", "comment")
FOUND = ("state", "closed_at", "closed_by_id", "report", "digest", "archive_existing", "overridden_by_id")
ALTERATIONS = (
    *(f"DELETE FROM {table}" for table in (*ENDED, "transition_requests", "comments", "stages", "policy")),  # noqa: S608 (our own names)
    *(f"UPDATE {table} SET {stays} = {stays}" for table, (_, _, stays) in ENDED.items()),  # noqa: S608 (our own names)
    *(f"UPDATE transition_requests SET {each} = {each} WHERE closed_at IS NULL" for each in ASKED),  # noqa: S608 (our own names)
    *(f"UPDATE transition_requests SET {each} = {each} WHERE closed_at IS NOT NULL" for each in FOUND),  # noqa: S608 (our own names)
    "UPDATE transition_requests SET review_note = 'no' WHERE reviewed_at IS NOT NULL",
    "UPDATE transition_requests SET reviewed_at = NULL WHERE reviewed_at IS NOT NULL",
    "UPDATE comment_revisions SET body = 'other'",
    "UPDATE stages SET tier = 'none'",
)


@pytest.fixture
def filled(session: Session, alice: Principal) -> Session:
    """A database that keeps something of each kind: an open request with a decision, and an override, reviewed."""

    def being(name: str) -> Principal:
        return SignIn().as_if(session, accounts.named(session, name))

    models.create(session, "m", by=alice)
    for _ in range(2):
        versions.register(session, "m", Registration("s3://b/m"), by=alice, rules=SourceRules())
    policy.apply(session, {"gates": [GATE]}, by=SYSTEM)
    for number in (1, 2):
        opening.request(session, Wish("m", number, targets.stage("Production")), by=being("rita"))
    deciding.approve(session, _request(session, 1), by=being("bob"))
    overriding.override(session, _request(session, 2), "It burns.", by=being("petra"), allowed=True)
    overriding.review(session, _request(session, 2), "It did.", by=being("bob"))
    noticing.post_check(session, "m", 1, Result("ci", CheckState.PASSED), by=alice)
    noticing.write_card(session, "m", "# m", by=alice)
    comments.write(session, "m", 1, "Fine.", by=alice)
    delegations.give(session, "bob", by=alice, until=now() + 1000)
    return session


def _request(session: Session, number: int) -> int:
    of_version = """SELECT r.id FROM transition_requests AS r JOIN model_versions AS v ON v.id = r.version_id
    WHERE v.number = :number AND v.model_name = 'm'"""
    return int(session.execute(text(of_version), {"number": number}).scalar_one())


@pytest.mark.parametrize("statement", ALTERATIONS)
def test_what_governance_keeps_stays(filled: Session, statement: str) -> None:
    with pytest.raises(DBAPIError, match="keeps the past"):
        filled.execute(text(statement))


@pytest.mark.parametrize("table", ENDED)
def test_what_has_ended_does_not_stand_again(filled: Session, table: str) -> None:
    ends, begins, _ = ENDED[table]
    filled.execute(text(f"UPDATE {table} SET {ends}"))  # noqa: S608 (our own names)
    with pytest.raises(DBAPIError, match="keeps the past"):
        filled.execute(text(f"UPDATE {table} SET {begins}"))  # noqa: S608 (our own names)


@pytest.mark.parametrize("table", [*ENDED, "transition_requests"])
@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_sqlite_puts_nothing_in_the_place_of_what_stands(filled: Session, table: str) -> None:
    known = inspect(filled.connection()).get_columns(table)
    for left_out in ((), ("id",)):
        columns = ", ".join(each["name"] for each in known if each["name"] not in left_out)
        replaced = text(f"INSERT OR REPLACE INTO {table} ({columns}) SELECT {columns} FROM {table}")  # noqa: S608 (our own names)
        if table == "delegations" and left_out:
            continue
        with pytest.raises(DBAPIError, match="keeps the past"):
            filled.execute(replaced)
