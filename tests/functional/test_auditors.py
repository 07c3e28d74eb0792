"""Auditors: they read everything, change nothing, and are so on the whole registry or not at all."""

from dataclasses import replace

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from assent.access.granting import grants
from assent.access.granting.grants import GRANTS, Place
from assent.access.people import accounts
from assent.access.policy.levels import Level, Permission
from assent.access.policy.limits import limits
from assent.access.policy.principals import SYSTEM, Principal
from assent.access.signing_in.sign_in import SignIn
from assent.access.tables import Account
from assent.governance import moves
from assent.kernel.errors import Denied, Invalid
from assent.registry import history, models, permissions, reading
from assent.registry.search import finding
from factories.access import account


@pytest.fixture
def ada(session: Session) -> Account:
    """Somebody who audits."""
    somebody = account(session, name="ada")
    grants.give(session, somebody, Level.CAN_AUDIT, by=SYSTEM)
    session.flush()
    return somebody


@pytest.fixture(autouse=True)
def secret(session: Session, alice: Principal) -> None:
    """A model of somebody else's."""
    models.create(session, "secret", by=alice)


def as_shut_out(session: Session, ada: Account, alice: Principal) -> Principal:
    """Ada, where everything but her being an auditor speaks against her reading the model."""
    grants.give(session, ada, Level.NO_PERMISSIONS, on=Place(pattern="*"), by=SYSTEM)
    permissions.give(session, permissions.named(session, "secret", by=alice), ada, Level.NO_PERMISSIONS, by=alice)
    session.flush()
    return SignIn().as_if(session, ada)


def test_an_auditor_reads_what_she_is_shut_out_of(session: Session, ada: Account, alice: Principal) -> None:
    by = as_shut_out(session, ada, alice)
    assert reading.model(session, "secret", by=by).name == "secret"
    assert [model.name for model in finding.models(session, "", [], size=10, by=by).found] == ["secret"]


def test_an_auditor_changes_nothing(session: Session, ada: Account) -> None:
    with pytest.raises(Denied, match="takes the level CAN_EDIT, and ada has CAN_AUDIT"):
        models.describe(session, "secret", "new", by=SignIn().as_if(session, ada))


def test_an_explanation_says_that_an_auditor_is_not_shut_out(
    session: Session, ada: Account, alice: Principal
) -> None:
    as_shut_out(session, ada, alice)
    model = permissions.named(session, "secret", by=alice)
    found = permissions.explain(session, model, ada, default=Level.NO_PERMISSIONS, by=alice)
    assert (found.level, found.permissions) == (Level.CAN_AUDIT, [Permission.MODEL_READ, Permission.AUDIT_READ])
    assert [reason.grant.level for reason in found.reasons if reason.counts] == [
        Level.NO_PERMISSIONS,
        Level.CAN_AUDIT,
    ]


def test_nobody_is_an_auditor_of_a_pattern(session: Session, ada: Account) -> None:
    with pytest.raises(Invalid, match="CAN_AUDIT is granted on the whole registry, not on"):
        grants.give(session, ada, Level.CAN_AUDIT, on=Place(pattern="m*"), by=SYSTEM)


def test_nobody_is_an_auditor_of_a_model(session: Session, ada: Account, alice: Principal) -> None:
    model = permissions.named(session, "secret", by=alice)
    with pytest.raises(Invalid, match="CAN_AUDIT is granted on the whole registry, not on"):
        permissions.give(session, model, ada, Level.CAN_AUDIT, by=alice)


def test_the_database_knows_no_auditor_of_a_pattern(session: Session, ada: Account) -> None:
    values = {"principal_id": ada.id, "pattern": "m*", "level": Level.CAN_AUDIT, "one_level": "x", "given_at": 1}
    with pytest.raises(IntegrityError, match="audit_everything"):
        session.execute(insert(GRANTS), values)


def test_grants_keep_what_else_the_database_holds_them_to(session: Session, ada: Account) -> None:
    values = {"principal_id": ada.id, "group_id": ada.id, "level": Level.CAN_READ, "one_level": "x", "given_at": 1}
    with pytest.raises(IntegrityError, match="one_grantee"):
        session.execute(insert(GRANTS), values)


def test_ids_of_grants_are_not_used_again(session: Session, ada: Account) -> None:
    last = session.scalar(text("SELECT max(id) FROM grants"))
    grants.take(session, ada, by=SYSTEM)
    grants.give(session, ada, Level.CAN_READ, by=SYSTEM)
    assert session.scalar(text("SELECT max(id) FROM grants")) > (last or 0)


def test_an_auditor_sees_who_may_do_what(session: Session, ada: Account, alice: Principal) -> None:
    by = as_shut_out(session, ada, alice)
    model = permissions.named(session, "secret", by=by)
    assert {(given.grantee, given.level) for given in permissions.listed(session, model, by=by)} >= {
        ("alice", Level.CAN_MANAGE),
        ("ada", Level.NO_PERMISSIONS),
    }
    assert "alice" in [account.name for account in accounts.every(session, by=by)]


def test_a_token_of_an_auditor_for_some_names_shows_no_users(session: Session, ada: Account) -> None:
    by = replace(SignIn().as_if(session, ada), limits=limits(pattern="a*"))
    with pytest.raises(Denied, match="ada is no administrator"):
        accounts.every(session, by=by)


def test_an_auditor_sees_deleted_models(session: Session, ada: Account, alice: Principal) -> None:
    by = as_shut_out(session, ada, alice)
    moves.delete_model(session, "secret", by=alice)
    assert [gone.name for gone in history.deleted_models(session, by=by)] == ["secret"]
