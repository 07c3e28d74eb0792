"""What is granted on models: who may say so, what comes of it, and how it is explained."""

import pytest
from sqlalchemy.orm import Session

from assent.access.granting import grants
from assent.access.granting.grants import Place
from assent.access.people import accounts, groups
from assent.access.policy.levels import LEVELS, Level
from assent.access.policy.principals import SYSTEM, Principal
from assent.access.signing_in.sign_in import SignIn
from assent.access.tables import Account
from assent.governance import moves
from assent.kernel.errors import Denied, Invalid, NotFound
from assent.registry import models, permissions, reading, versions
from assent.registry.permissions import Explanation
from assent.registry.search import finding
from assent.registry.sources import SourceRules
from assent.registry.versions import Registration
from factories.access import account

READ, EDIT, MANAGE, NONE = Level.CAN_READ, Level.CAN_EDIT, Level.CAN_MANAGE, Level.NO_PERMISSIONS


@pytest.fixture
def carol(session: Session) -> Account:
    return account(session, name="carol")


def as_principal(session: Session, somebody: Account) -> Principal:
    return SignIn().as_if(session, somebody)


def sees(session: Session, somebody: Account, name: str) -> bool:
    """Whether somebody sees a model, alone and in lists, which must not differ."""
    by = as_principal(session, somebody)
    listed = name in [model.name for model in finding.models(session, "", [], size=100, by=by).found]
    try:
        reading.model(session, name, by=by)
    except NotFound:
        assert not listed
        return False
    assert listed
    return True


def explained(session: Session, somebody: Account, name: str = "m") -> Explanation:
    model = permissions.named(session, name, by=SYSTEM)
    return permissions.explain(session, model, somebody, default=NONE, by=SYSTEM)


def test_nobody_sees_what_nobody_granted(session: Session, alice: Principal, carol: Account) -> None:
    models.create(session, "m", by=alice)
    assert not sees(session, carol, "m")


@pytest.mark.parametrize("place", [Place(), Place(pattern="m*"), Place(pattern="?"), Place(pattern="m")])
def test_a_grant_by_name_opens_the_models_it_matches(
    session: Session, alice: Principal, carol: Account, place: Place
) -> None:
    models.create(session, "m", by=alice)
    models.create(session, "other", by=alice)
    grants.give(session, carol, READ, on=place, by=SYSTEM)
    assert sees(session, carol, "m")
    assert sees(session, carol, "other") is (place == Place())


def test_a_grant_on_a_model_follows_it_through_a_rename(session: Session, alice: Principal, carol: Account) -> None:
    models.create(session, "m", by=alice)
    permissions.give(session, permissions.named(session, "m", by=alice), carol, READ, by=alice)
    models.rename(session, "m", "n", by=alice)
    assert sees(session, carol, "n")
    models.create(session, "m", by=alice)
    assert not sees(session, carol, "m")


def test_a_grant_reaches_through_a_group_in_a_group(session: Session, alice: Principal, carol: Account) -> None:
    models.create(session, "m", by=alice)
    outer, inner = groups.create(session, "outer", by=SYSTEM), groups.create(session, "inner", by=SYSTEM)
    groups.add(session, outer, inner, by=SYSTEM)
    groups.add(session, inner, carol, by=SYSTEM)
    grants.give(session, outer, READ, on=Place(pattern="m"), by=SYSTEM)
    assert sees(session, carol, "m")
    groups.remove(session, outer, inner, by=SYSTEM)
    assert not sees(session, carol, "m")


def test_no_permissions_on_a_model_shuts_out_who_reads_everything(
    session: Session, alice: Principal, carol: Account
) -> None:
    models.create(session, "m", by=alice)
    models.create(session, "n", by=alice)
    grants.give(session, carol, READ, by=SYSTEM)
    permissions.give(session, permissions.named(session, "m", by=alice), carol, NONE, by=alice)
    assert not sees(session, carol, "m")
    assert sees(session, carol, "n")


def test_who_creates_a_model_manages_it_at_once(session: Session, carol: Account) -> None:
    grants.give(session, carol, Level.CAN_CREATE_REGISTERED_MODEL, on=Place(pattern="team-*"), by=SYSTEM)
    by = as_principal(session, carol)
    models.create(session, "team-a", by=by)
    models.rename(session, "team-a", "team-b", by=by)
    with pytest.raises(Denied):
        models.create(session, "other", by=by)


def test_who_may_read_a_model_is_told_that_its_name_is_taken(
    session: Session, alice: Principal, carol: Account
) -> None:
    models.create(session, "m", by=alice)
    with pytest.raises(Denied):
        models.create(session, "m", by=as_principal(session, carol))
    grants.give(session, carol, READ, by=SYSTEM)
    with pytest.raises(Exception, match="Registered Model \\(name=m\\) already exists"):
        models.create(session, "m", by=as_principal(session, carol))


def test_only_who_manages_a_model_grants_on_it(session: Session, alice: Principal, carol: Account) -> None:
    models.create(session, "m", by=alice)
    grants.give(session, carol, Level.CAN_MANAGE_PRODUCTION_VERSIONS, by=SYSTEM)
    by = as_principal(session, carol)
    model = permissions.named(session, "m", by=by)
    for attempt in (
        lambda: permissions.give(session, model, carol, MANAGE, by=by),
        lambda: permissions.take(session, model, carol, by=by),
        lambda: permissions.replace(session, model, [], by=by),
        lambda: permissions.listed(session, model, by=by),
    ):
        with pytest.raises(Denied):
            attempt()


def test_replacing_leaves_nothing_that_is_not_named(session: Session, alice: Principal, carol: Account) -> None:
    models.create(session, "m", by=alice)
    model = permissions.named(session, "m", by=alice)
    permissions.replace(session, model, [(carol, EDIT)], by=alice)
    direct = [given for given in permissions.listed(session, model, by=alice) if given.place.model_id]
    assert [(given.grantee, given.level) for given in direct] == [("carol", EDIT)]


def test_replacing_names_everybody_once(session: Session, alice: Principal, carol: Account) -> None:
    models.create(session, "m", by=alice)
    model = permissions.named(session, "m", by=alice)
    with pytest.raises(Invalid, match="named twice"):
        permissions.replace(session, model, [(carol, EDIT), (carol, READ)], by=alice)


def test_the_right_to_create_is_not_granted_on_a_model(session: Session, alice: Principal, carol: Account) -> None:
    models.create(session, "m", by=alice)
    model = permissions.named(session, "m", by=alice)
    with pytest.raises(Invalid, match="not on a model"):
        permissions.give(session, model, carol, Level.CAN_CREATE_REGISTERED_MODEL, by=alice)


def test_an_explanation_names_what_counts_and_what_is_shut_out(
    session: Session, alice: Principal, carol: Account
) -> None:
    models.create(session, "m", by=alice)
    team = groups.create(session, "team", by=SYSTEM)
    groups.add(session, team, carol, by=SYSTEM)
    grants.give(session, team, MANAGE, by=SYSTEM)
    grants.give(session, carol, NONE, on=Place(pattern="m*"), by=SYSTEM)
    grants.give(session, carol, MANAGE, on=Place(pattern="other"), by=SYSTEM)
    permissions.give(session, permissions.named(session, "m", by=alice), carol, READ, by=alice)
    found = explained(session, carol)
    assert (found.level, frozenset(found.permissions)) == (READ, LEVELS[READ])
    told = [(reason.grant.grantee, str(reason.grant.place), reason.counts) for reason in found.reasons]
    assert told[1:] == [("carol", "pattern m*", True), ("team", "registry", False)]
    assert told[0][0::2] == ("carol", True)
    assert found.default is None


def test_somebody_disabled_may_do_nothing(session: Session, alice: Principal, carol: Account) -> None:
    models.create(session, "m", by=alice)
    grants.give(session, carol, MANAGE, by=SYSTEM)
    accounts.disable(session, carol, by=SYSTEM)
    found = explained(session, carol)
    assert (found.disabled, found.level, found.permissions) == (True, MANAGE, [])


def test_others_are_explained_to_who_may_grant_alone(session: Session, alice: Principal, carol: Account) -> None:
    models.create(session, "m", by=alice)
    grants.give(session, carol, READ, by=SYSTEM)
    by = as_principal(session, carol)
    model = permissions.named(session, "m", by=by)
    assert permissions.explain(session, model, carol, default=NONE, by=by).level is READ
    with pytest.raises(Denied):
        permissions.explain(session, model, accounts.named(session, "alice"), default=NONE, by=by)


def _register(session: Session, name: str, source: str, by: Principal) -> None:
    versions.register(session, name, Registration(source), by=by, rules=SourceRules())


@pytest.mark.parametrize(
    "source",
    ["s3://secret/1", "s3://secret/1//", "s3://secret/1/model/data", "models:/secret/1", "models:/secret@champion"],
)
def test_a_source_of_a_version_that_one_may_not_read_is_refused(
    session: Session, alice: Principal, carol: Account, source: str
) -> None:
    models.create(session, "secret", by=alice)
    _register(session, "secret", "s3://secret/1", alice)
    moves.point_alias(session, "secret", "champion", 1, by=alice)
    grants.give(session, carol, Level.CAN_CREATE_REGISTERED_MODEL, by=SYSTEM)
    by = as_principal(session, carol)
    models.create(session, "mine", by=by)
    with pytest.raises((Denied, NotFound)):
        _register(session, "mine", source, by)
    grants.give(session, carol, READ, on=Place(pattern="secret"), by=SYSTEM)
    _register(session, "mine", source, as_principal(session, carol))


def test_a_source_that_one_may_read_somewhere_is_accepted(session: Session, alice: Principal, carol: Account) -> None:
    grants.give(session, carol, Level.CAN_CREATE_REGISTERED_MODEL, by=SYSTEM)
    by = as_principal(session, carol)
    models.create(session, "secret", by=alice)
    models.create(session, "mine", by=by)
    _register(session, "mine", "s3://both", by)
    _register(session, "secret", "s3://both", alice)
    _register(session, "mine", "s3://both", by)
