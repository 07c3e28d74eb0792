"""What is said of versions and models is found by an index, however much there is."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from assent.access.people import accounts
from assent.access.policy.principals import Principal
from assent.access.signing_in.sign_in import SignIn
from assent.annotations import cards, comments, threads
from assent.audit.events import ORIGIN
from assent.database import unit_of_work
from assent.governance.evidence import checks
from assent.governance.evidence.checks import Result
from assent.governance.evidence.tables import CheckState
from assent.registry import models, versions
from assent.registry.sources import SourceRules
from assent.registry.versions import Registration
from support.databases import TEST, engine_for
from support.plans import plans, whole_tables

TABLES = "(comment|check|model_|grants|memberships|principals|first|named)"

Ask = Callable[[Session, Principal], Any]
ASKED: dict[str, Ask] = {
    "comments": lambda session, by: threads.listed(session, "m", 1, by=by),
    "comments on a request": lambda session, _: threads.of_request(session, 3),
    "mentions": lambda session, by: threads.mentioning(session, by=by),
    "revisions": lambda session, by: threads.revisions(session, 1, by=by),
    "open threads": lambda session, _: comments.unresolved(session, 1),
    "a reply": lambda session, by: comments.write(session, "m", 1, "@rita and @bob", by=by, reply_to=1),
    "an edit": lambda session, by: comments.edit(session, 1, "@stan", by=by),
    "a thread resolved": lambda session, by: comments.resolve(session, 1, by=by),
    "checks": lambda session, _: checks.standing(session, 1),
    "history of a check": lambda session, by: checks.history(session, "m", 1, check="ci", by=by),
    "a check": lambda session, by: checks.post(session, "m", 1, Result("ci", CheckState.PASSED), by=by),
    "a card": lambda session, by: cards.write(session, "m", "New.", by=by),
    "cards": lambda session, by: cards.revisions(session, "m", by=by),
}


@pytest.mark.parametrize("asked", ASKED)
def test_no_table_is_read_as_a_whole(database_url: str, asked: str) -> None:
    def ask(session: Session, by: Principal) -> None:
        session.info[ORIGIN] = TEST
        ASKED[asked](session, by)

    engine = engine_for(database_url)
    with unit_of_work(engine, TEST) as session:
        alice = SignIn().as_if(session, accounts.named(session, "alice"))
        models.create(session, "m", by=alice)
        versions.register(session, "m", Registration("s3://b/m"), by=alice, rules=SourceRules())
        comments.write(session, "m", 1, "@rita", by=alice)
    found = plans(engine, ask)
    assert found
    assert [whole_tables(plan, TABLES) for plan in found if whole_tables(plan, TABLES)] == []
    engine.dispose()
