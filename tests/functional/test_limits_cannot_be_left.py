"""A token with limits, or a right on one model, leads to nothing beyond them."""

import pytest
from sqlalchemy.orm import Session

from assent.access.granting import grants
from assent.access.granting.grants import Place
from assent.access.people import accounts
from assent.access.policy.levels import Level, Scope
from assent.access.policy.limits import Limits, limits
from assent.access.policy.principals import SYSTEM, Principal
from assent.access.signing_in.sign_in import SignIn
from assent.governance import moves
from assent.kernel.errors import Denied
from assent.registry import models, versions
from assent.registry.sources import SourceRules
from assent.registry.versions import Registration
from factories.access import account
from support.databases import NEW_PASSWORD


@pytest.fixture
def produced(session: Session, alice: Principal) -> None:
    """A model whose version 1 stands in Production."""
    models.create(session, "m", by=alice)
    versions.register(session, "m", Registration("s3://b/1"), by=alice, rules=SourceRules())
    moves.transition(session, "m", 1, "Production", by=alice)


def _limited(to: Limits, somebody: Principal) -> Principal:
    return Principal(
        somebody.id,
        somebody.name,
        is_administrator=somebody.is_administrator,
        reach=somebody.reach,
        groups=somebody.groups,
        limits=to,
        token_id=7,
    )


@pytest.mark.usefixtures("produced")
def test_a_token_for_staging_takes_nothing_out_of_production(session: Session, alice: Principal) -> None:
    with pytest.raises(Denied, match="The token that alice showed"):
        moves.transition(session, "m", 1, "Staging", by=_limited(limits(targets=["Staging"]), alice))


@pytest.mark.usefixtures("produced")
def test_a_token_with_targets_deletes_and_renames_nothing(session: Session, alice: Principal) -> None:
    by = _limited(limits(targets=["Staging"]), alice)
    with pytest.raises(Denied):
        moves.delete_version(session, "m", 1, by=by)
    with pytest.raises(Denied):
        moves.delete_model(session, "m", by=by)
    with pytest.raises(Denied):
        models.rename(session, "m", "n", by=by)


def test_a_limited_administrator_sets_no_password_and_makes_no_administrator(session: Session) -> None:
    root = SignIn().as_if(session, accounts.named(session, "admin"))
    by = _limited(limits([Scope.MANAGE]), root)
    for attempt in (
        lambda: accounts.create(session, "carol", password=NEW_PASSWORD, by=by),
        lambda: accounts.create(session, "carol", administrator=True, by=by),
        lambda: accounts.set_password(session, accounts.named(session, "admin"), NEW_PASSWORD, by=by),
        lambda: accounts.set_administrator(session, accounts.named(session, "alice"), True, by=by),
    ):
        with pytest.raises(Denied, match="has limits"):
            attempt()


@pytest.fixture
def carol(session: Session) -> Principal:
    """May create models called `sandbox-…`, and nothing else."""
    somebody = account(session, name="carol")
    grants.give(session, somebody, Level.CAN_CREATE_REGISTERED_MODEL, on=Place(pattern="sandbox-*"), by=SYSTEM)
    return SignIn().as_if(session, somebody)


def test_a_rename_takes_no_name_that_one_could_not_create(session: Session, carol: Principal) -> None:
    models.create(session, "sandbox-a", by=carol)
    with pytest.raises(Denied, match="CAN_CREATE_REGISTERED_MODEL"):
        models.rename(session, "sandbox-a", "prod-x", by=carol)
    assert models.rename(session, "sandbox-a", "sandbox-b", by=carol).name == "sandbox-b"


def test_restoring_takes_no_name_that_one_could_not_create(session: Session, carol: Principal) -> None:
    gone = models.create(session, "sandbox-a", by=carol)
    moves.delete_model(session, "sandbox-a", by=carol)
    with pytest.raises(Denied, match="CAN_CREATE_REGISTERED_MODEL"):
        moves.restore_model(session, gone.id, new_name="prod-x", by=carol)
    assert moves.restore_model(session, gone.id, by=carol).name == "sandbox-a"
