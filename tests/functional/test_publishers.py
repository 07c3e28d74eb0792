"""Trusted publishers: who may say so, and what a token that fits one is exchanged for."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from assent.access.credentials import tokens
from assent.access.credentials.tables import Publisher, Token
from assent.access.granting import grants
from assent.access.granting.grants import Place
from assent.access.people import accounts, groups
from assent.access.policy.levels import Level, Scope
from assent.access.policy.limits import limits
from assent.access.policy.principals import SYSTEM, Kind, Principal
from assent.access.publishing import exchange, publishers
from assent.access.publishing.exchange import Assertion
from assent.access.publishing.publishers import Terms
from assent.access.signing_in.sign_in import SignIn
from assent.access.tables import Account
from assent.audit.actions import Action
from assent.audit.events import AuditEvent
from assent.governance import moves
from assent.kernel.clock import now
from assent.kernel.errors import AlreadyExists, Conflict, Denied, Invalid, NotFound, Unauthenticated
from assent.registry import models, permissions, publishing
from factories.access import account

ISSUER = "https://issuer.example"
OURS = {"repository": "acme/fraud", "environment": "production"}
ISSUERS = frozenset({ISSUER})


@pytest.fixture
def ci(session: Session) -> Account:
    return account(session, name="ci", kind=Kind.SERVICE_ACCOUNT)


@pytest.fixture
def manager(session: Session, alice: Principal, ci: Account) -> Principal:
    """Somebody who manages the model fraud, and nothing else; ci may edit it."""
    models.create(session, "fraud", by=alice)
    carol = account(session, name="carol")
    model = permissions.named(session, "fraud", by=alice)
    permissions.give(session, model, carol, Level.CAN_MANAGE, by=alice)
    permissions.give(session, model, ci, Level.CAN_EDIT, by=alice)
    return SignIn().as_if(session, carol)


def terms(of: Account, *, pattern: str | None = None, claims: Mapping[str, str] = OURS, **words: Any) -> Terms:
    scopes = words.get("scopes", ["read", "register"])
    return Terms(words.get("issuer", ISSUER), claims, of.name, limits(scopes, pattern, words.get("targets")))


def trusted(session: Session, of: Account, name: str = "release", pattern: str = "fraud*", **words: Any) -> Publisher:
    """A publisher that an administrator made."""
    return publishers.create(session, name, terms(of, pattern=pattern, **words), by=SYSTEM)


def trusted_with_fraud(
    session: Session, of: Account, by: Principal, name: str = "release", **words: Any
) -> Publisher:
    """A publisher that a manager of the model fraud made."""
    model = permissions.named(session, "fraud", by=by)
    return publishing.for_model(session, model, name, terms(of, **words), issuers=ISSUERS, by=by)


def shown(**claims: object) -> Assertion:
    made = {"iss": ISSUER, "jti": "1", "exp": now() // 1000 + 300, "sub": "repo:acme/fraud", **OURS, **claims}
    return Assertion.of("header.payload.signature", {name: value for name, value in made.items() if value})


def redeemed(session: Session, client_id: str | None = None, *scopes: Scope, **claims: object) -> Token:
    """What a token with these claims is exchanged for."""
    asked = frozenset(scopes) or None
    made = publishing.redeem(session, shown(**claims), client_id=client_id, scopes=asked, sign_in=SignIn())
    return made.token


def refusal_of(session: Session, client_id: str | None = None, **claims: object) -> Unauthenticated:
    with pytest.raises(Unauthenticated) as refused:
        redeemed(session, client_id, **claims)
    return refused.value


def told(session: Session, action: Action) -> AuditEvent:
    found = session.scalars(select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.id.desc()))
    event = found.first()
    assert event is not None
    return event


def test_a_token_that_fits_is_exchanged_for_one_with_just_what_was_said(session: Session, ci: Account) -> None:
    trusted(session, ci, targets=["Staging"])
    token = redeemed(session)
    assert (token.principal_id, token.scopes, token.pattern, token.targets) == (
        ci.id,
        ["read", "register"],
        "fraud*",
        ["Staging"],
    )


def test_it_lasts_a_quarter_of_an_hour(session: Session, ci: Account) -> None:
    trusted(session, ci)
    token = redeemed(session)
    assert token.expires_at == token.created_at + 15 * 60_000


def test_an_exchange_is_told_with_whose_token_it_was(session: Session, ci: Account) -> None:
    trusted(session, ci)
    redeemed(session, ref="refs/heads/main", odd="left out")
    event = told(session, Action.TOKEN_EXCHANGED)
    assert (event.actor, event.details["issuer"], event.details["publisher"]) == ("ci", ISSUER, "release")
    assert event.details["token_subject"] == "repo:acme/fraud"
    assert event.details["claims"] == {**OURS, "ref": "refs/heads/main"}


def test_a_token_with_other_claims_is_refused_without_telling_which_would_do(session: Session, ci: Account) -> None:
    trusted(session, ci)
    refusal = refusal_of(session, environment="staging")
    assert "It makes these claims: environment, exp, iss, jti, repository, sub." in refusal.message
    assert "production" not in refusal.message
    assert refusal.details["not_as_wanted"] == {"release": ["environment"]}


def test_what_a_claim_is_called_cannot_break_the_answer(session: Session, ci: Account) -> None:
    trusted(session, ci)
    refusal = refusal_of(session, environment="staging", **{"\ud800": "a", "\x00": "b"})
    assert refusal.message.isprintable()


def test_a_token_of_another_issuer_fits_nothing(session: Session, ci: Account) -> None:
    trusted(session, ci)
    assert "fits no trusted publisher" in refusal_of(session, iss="https://another.example").message


def test_a_token_is_exchanged_once(session: Session, ci: Account) -> None:
    trusted(session, ci)
    redeemed(session)
    assert "exchanged before" in refusal_of(session).message
    assert redeemed(session, jti="2")


def test_a_token_without_a_jti_is_exchanged_once_too(session: Session, ci: Account) -> None:
    trusted(session, ci)
    redeemed(session, jti=None)
    assert "exchanged before" in refusal_of(session, jti=None).message


def test_writing_the_signature_otherwise_makes_no_other_token() -> None:
    claims = {"iss": ISSUER, "exp": 1}
    assert Assertion.of("a.b.c", claims).spent_as == Assertion.of("a.b.d", claims).spent_as
    assert Assertion.of("a.b.c", claims).spent_as != Assertion.of("a.c.c", claims).spent_as


def test_a_refused_exchange_spends_nothing(session: Session, ci: Account) -> None:
    trusted(session, ci)
    with pytest.raises(Denied):
        redeemed(session, None, Scope.MANAGE)
    assert redeemed(session)


def test_fewer_scopes_may_be_asked_for(session: Session, ci: Account) -> None:
    trusted(session, ci)
    assert redeemed(session, None, Scope.READ).scopes == ["read"]


def test_more_scopes_cannot_be_had(session: Session, ci: Account) -> None:
    trusted(session, ci)
    with pytest.raises(Denied, match="cannot be had: manage") as refused:
        redeemed(session, None, Scope.READ, Scope.MANAGE)
    assert refused.value.details["issuer"] == ISSUER


@pytest.mark.parametrize("by", ["ci", "release", "id"])
def test_the_client_names_an_account_or_a_publisher(session: Session, ci: Account, by: str) -> None:
    trusted(session, ci)
    other = account(session, name="other", kind=Kind.SERVICE_ACCOUNT)
    trusted(session, other, "another")
    assert redeemed(session, str(ci.id) if by == "id" else by).principal_id == ci.id


def test_several_accounts_that_fit_are_refused_where_none_is_named(session: Session, ci: Account) -> None:
    trusted(session, ci)
    trusted(session, account(session, name="other", kind=Kind.SERVICE_ACCOUNT), "another")
    assert "several service accounts" in refusal_of(session).message


def test_an_account_that_does_not_fit_cannot_be_named(session: Session, ci: Account) -> None:
    trusted(session, ci)
    trusted(session, account(session, name="other", kind=Kind.SERVICE_ACCOUNT), "another", claims={"sub": "another"})
    assert "acts as this client_id" in refusal_of(session, "other").message


def test_the_publisher_that_asks_most_is_preferred(session: Session, ci: Account) -> None:
    trusted(session, ci, "any", claims={"repository": "acme/*"}, scopes=["read"])
    trusted(session, ci, "production", scopes=["read", "request"])
    assert redeemed(session).scopes == ["read", "request"]


def another_managers(session: Session, of: Account, by: Principal, name: str, **words: Any) -> Publisher:
    """A publisher that somebody made for a model of their own, with the claims of a job that is none of theirs."""
    grants.give(session, accounts.named(session, by.name), Level.CAN_CREATE_REGISTERED_MODEL, by=SYSTEM)
    them = SignIn().as_if(session, accounts.named(session, by.name))
    models.create(session, "theirs", by=them)
    model = permissions.named(session, "theirs", by=them)
    permissions.give(session, model, of, Level.CAN_READ, by=them)
    return publishing.for_model(session, model, name, terms(of, **words), issuers=ISSUERS, by=them)


def test_no_manager_of_a_model_comes_between_a_job_and_what_an_administrator_said(
    session: Session, manager: Principal, ci: Account
) -> None:
    trusted(session, ci)
    another_managers(session, ci, manager, "another", claims={**OURS, "sub": "repo:acme/*"})
    assert redeemed(session).pattern == "fraud*"


def test_no_manager_of_a_model_leaves_a_job_without_an_account(
    session: Session, manager: Principal, ci: Account
) -> None:
    trusted(session, ci)
    another_managers(session, account(session, name="other", kind=Kind.SERVICE_ACCOUNT), manager, "another")
    assert redeemed(session).principal_id == ci.id


def test_what_a_manager_said_is_had_by_its_name(session: Session, manager: Principal, ci: Account) -> None:
    trusted(session, ci)
    another_managers(session, ci, manager, "another")
    assert redeemed(session, "another").pattern == "theirs"


def test_a_publisher_that_is_called_as_an_account_is_not_taken_for_it(
    session: Session, manager: Principal, ci: Account
) -> None:
    trusted_with_fraud(session, ci, manager)
    another_managers(session, account(session, name="other", kind=Kind.SERVICE_ACCOUNT), manager, "ci")
    assert redeemed(session, "ci").pattern == "fraud"


def test_another_publisher_is_taken_where_the_first_lacks_a_scope(session: Session, ci: Account) -> None:
    trusted(session, ci, "any", claims={"repository": "acme/*"}, scopes=["read", "register"])
    trusted(session, ci, "production", scopes=["read", "request"])
    assert redeemed(session, None, Scope.REGISTER).scopes == ["register"]


def test_a_disabled_account_gets_nothing(session: Session, ci: Account) -> None:
    trusted(session, ci)
    accounts.disable(session, ci, by=SYSTEM)
    assert "disabled" in refusal_of(session).message


def test_a_revoked_publisher_gets_nothing_and_its_tokens_end(session: Session, ci: Account) -> None:
    publisher = trusted(session, ci)
    token = redeemed(session)
    publishing.revoke(session, publisher.id, by=SYSTEM)
    session.refresh(token)
    assert token.revoked_at is not None
    assert "fits no trusted publisher" in refusal_of(session, jti="2").message
    assert told(session, Action.PUBLISHER_REVOKED).details == {"tokens_ended": 1}


def test_an_issuer_is_trusted_as_long_as_a_publisher_of_it_is(session: Session, ci: Account) -> None:
    assert not publishers.are_trusted(session, ISSUER)
    publisher = trusted(session, ci)
    assert publishers.are_trusted(session, ISSUER)
    publishing.revoke(session, publisher.id, by=SYSTEM)
    session.flush()
    assert not publishers.are_trusted(session, ISSUER)


def test_a_name_is_free_when_its_publisher_is_revoked(session: Session, ci: Account) -> None:
    first = trusted(session, ci)
    with pytest.raises(AlreadyExists):
        trusted(session, ci)
    publishing.revoke(session, first.id, by=SYSTEM)
    assert trusted(session, ci).id != first.id


def test_a_publisher_is_told_as_it_was_said(session: Session, ci: Account) -> None:
    publisher = trusted(session, ci, targets=["Staging", "@champion"])
    known = publishing.seen(session, publisher.id, by=SYSTEM)
    assert publishing.every(session, by=SYSTEM) == [known]
    assert (known.name, known.service_account, known.claims, known.pattern, known.model, known.targets) == (
        "release",
        "ci",
        OURS,
        "fraud*",
        None,
        ["@champion", "Staging"],
    )
    event = told(session, Action.PUBLISHER_CREATED)
    assert (event.subject, event.details["claims"], event.details["service_account"]) == ("release", OURS, "ci")


def test_only_administrators_trust_a_publisher_with_a_pattern_of_names(session: Session, alice: Principal) -> None:
    ci = account(session, name="ci", kind=Kind.SERVICE_ACCOUNT)
    with pytest.raises(Denied):
        publishers.create(session, "release", terms(ci, pattern="*"), by=alice)
    with pytest.raises(Denied):
        publishing.every(session, by=alice)
    with pytest.raises(Denied):
        publishing.seen(session, 1, by=alice)
    with pytest.raises(Denied):
        publishing.revoke(session, 1, by=alice)


def test_a_pattern_of_names_is_needed(session: Session, ci: Account) -> None:
    with pytest.raises(Invalid, match="which models"):
        publishers.create(session, "release", terms(ci), by=SYSTEM)


def test_scopes_are_needed(session: Session, ci: Account) -> None:
    with pytest.raises(Invalid, match="may be used for"):
        trusted(session, ci, scopes=None)


def test_nobody_but_an_enabled_service_account_is_acted_as(session: Session, ci: Account) -> None:
    with pytest.raises(NotFound, match="no service account alice"):
        trusted(session, accounts.named(session, "alice"))
    accounts.disable(session, ci, by=SYSTEM)
    with pytest.raises(Conflict):
        trusted(session, ci)


@pytest.mark.parametrize("number", [0, -1, 7, 2**63])
def test_a_publisher_that_is_not_there_is_not_found(session: Session, number: int) -> None:
    with pytest.raises(NotFound):
        publishers.numbered(session, number)
    with pytest.raises(NotFound):
        publishing.seen(session, number, by=SYSTEM)


def test_a_manager_trusts_a_publisher_with_their_model(session: Session, manager: Principal, ci: Account) -> None:
    trusted_with_fraud(session, ci, manager)
    assert redeemed(session).pattern == "fraud"


def test_a_publisher_of_a_model_follows_its_name(
    session: Session, alice: Principal, manager: Principal, ci: Account
) -> None:
    trusted_with_fraud(session, ci, manager)
    models.rename(session, "fraud", "scam", by=alice)
    assert redeemed(session).pattern == "scam"


def test_a_publisher_of_a_deleted_model_gets_nothing(session: Session, manager: Principal, ci: Account) -> None:
    trusted_with_fraud(session, ci, manager)
    moves.delete_model(session, "fraud", by=manager)
    assert "deleted" in refusal_of(session).message


def test_a_publisher_of_another_model_is_taken_where_one_is_deleted(
    session: Session, manager: Principal, ci: Account
) -> None:
    trusted_with_fraud(session, ci, manager)
    moves.delete_model(session, "fraud", by=manager)
    trusted(session, ci, "another", pattern="churn")
    assert redeemed(session).pattern == "churn"


def test_who_may_not_grant_trusts_no_publisher(session: Session, alice: Principal, ci: Account) -> None:
    models.create(session, "fraud", by=alice)
    edith = SignIn().as_if(session, accounts.named(session, "edith"))
    with pytest.raises(Denied):
        trusted_with_fraud(session, ci, edith)
    with pytest.raises(Denied):
        publishing.of_model(session, permissions.named(session, "fraud", by=edith), by=edith)


def test_a_manager_lends_no_account_that_has_nothing_to_do_with_the_model(
    session: Session, manager: Principal
) -> None:
    stranger = account(session, name="stranger", kind=Kind.SERVICE_ACCOUNT)
    grants.give(session, stranger, Level.CAN_MANAGE, by=SYSTEM)
    with pytest.raises(Denied, match="no service account stranger with a grant on fraud"):
        trusted_with_fraud(session, stranger, manager)


def test_a_manager_does_not_learn_which_accounts_there_are(session: Session, manager: Principal) -> None:
    for nobody in ("nobody", "alice", "\x00"):
        with pytest.raises(Denied, match="with a grant on fraud"):
            trusted_with_fraud(session, Account(name=nobody), manager)


def test_an_account_that_is_shut_out_of_the_model_is_not_lent(session: Session, manager: Principal) -> None:
    shut_out = account(session, name="stranger", kind=Kind.SERVICE_ACCOUNT)
    model = permissions.named(session, "fraud", by=manager)
    permissions.give(session, model, shut_out, Level.NO_PERMISSIONS, by=manager)
    with pytest.raises(Denied):
        trusted_with_fraud(session, shut_out, manager)


def test_a_grant_to_a_group_of_the_account_is_enough(session: Session, manager: Principal) -> None:
    builder = account(session, name="builder", kind=Kind.SERVICE_ACCOUNT)
    builders = groups.create(session, "builders", by=SYSTEM)
    groups.add(session, builders, builder, by=SYSTEM)
    permissions.give(session, permissions.named(session, "fraud", by=manager), builders, Level.CAN_READ, by=manager)
    assert trusted_with_fraud(session, builder, manager)


def test_a_manager_names_no_issuer_of_their_own(session: Session, manager: Principal, ci: Account) -> None:
    with pytest.raises(Denied, match="Only administrators"):
        trusted_with_fraud(session, ci, manager, issuer="https://inside.example")


def test_a_manager_lets_no_publisher_decide(session: Session, manager: Principal, ci: Account) -> None:
    with pytest.raises(Denied, match="decide"):
        trusted_with_fraud(session, ci, manager, scopes=["read", "decide"])


def test_a_manager_gives_no_pattern(session: Session, manager: Principal, ci: Account) -> None:
    with pytest.raises(Invalid, match="leave the pattern out"):
        trusted_with_fraud(session, ci, manager, pattern="*")


def test_a_token_with_limits_trusts_no_publisher(session: Session, manager: Principal, ci: Account) -> None:
    limited = Principal(
        manager.id, manager.name, reach=manager.reach, limits=limits(["manage"]), groups=manager.groups, token_id=1
    )
    with pytest.raises(Denied, match="limits"):
        trusted_with_fraud(session, ci, limited)


@pytest.mark.parametrize("name", ["fraud*", "f?aud", "fraud\u200b"])
def test_a_model_whose_name_is_a_pattern_has_no_publisher(
    session: Session, alice: Principal, manager: Principal, ci: Account, name: str
) -> None:
    trusted_with_fraud(session, ci, manager)
    models.rename(session, "fraud", name, by=alice)
    assert "rename it first" in refusal_of(session).message
    model = permissions.named(session, name, by=manager)
    with pytest.raises(Invalid, match="rename it first"):
        publishing.for_model(session, model, "another", terms(ci), issuers=ISSUERS, by=manager)


def test_a_manager_who_may_grant_no_more_has_no_publisher(session: Session, manager: Principal, ci: Account) -> None:
    trusted_with_fraud(session, ci, manager)
    model = permissions.named(session, "fraud", by=SYSTEM)
    carol = accounts.named(session, "carol")
    permissions.give(session, model, carol, Level.CAN_EDIT, by=SYSTEM)
    assert "could not make it now" in refusal_of(session).message
    permissions.take(session, model, carol, by=SYSTEM)
    assert "could not make it now" in refusal_of(session).message


def test_a_manager_who_is_disabled_has_no_publisher(session: Session, manager: Principal, ci: Account) -> None:
    trusted_with_fraud(session, ci, manager)
    accounts.disable(session, accounts.named(session, "carol"), by=SYSTEM)
    assert "could not make it now" in refusal_of(session).message


def test_an_account_that_lost_its_grant_gets_nothing(session: Session, manager: Principal, ci: Account) -> None:
    trusted_with_fraud(session, ci, manager)
    permissions.take(session, permissions.named(session, "fraud", by=manager), ci, by=manager)
    assert "could not make it now" in refusal_of(session).message


def test_what_an_administrator_said_stands_when_they_leave(session: Session, ci: Account) -> None:
    boss = account(session, name="boss", is_administrator=True)
    publishers.create(session, "release", terms(ci, pattern="*"), by=SignIn().as_if(session, boss))
    accounts.disable(session, boss, by=SYSTEM)
    assert redeemed(session)


@pytest.mark.usefixtures("manager")
def test_the_systems_own_publisher_of_a_model_stands(session: Session, ci: Account) -> None:
    trusted_with_fraud(session, ci, SYSTEM, issuer=ISSUER)
    assert redeemed(session).pattern == "fraud"


def test_the_publishers_of_a_model_are_listed_by_its_managers(
    session: Session, manager: Principal, ci: Account
) -> None:
    trusted(session, ci, "of all")
    mine = trusted_with_fraud(session, ci, manager)
    model = permissions.named(session, "fraud", by=manager)
    (known,) = publishing.of_model(session, model, by=manager)
    assert (known.id, known.model, known.created_by) == (mine.id, "fraud", "carol")


def test_a_manager_revokes_those_of_their_model_alone(session: Session, manager: Principal, ci: Account) -> None:
    mine, others = trusted_with_fraud(session, ci, manager), trusted(session, ci, "of all")
    model = permissions.named(session, "fraud", by=manager)
    publishing.revoke_of_model(session, model, mine.id, by=manager)
    assert publishing.of_model(session, model, by=manager) == []
    with pytest.raises(NotFound):
        publishing.revoke_of_model(session, model, others.id, by=manager)


def as_shown(session: Session, made: tokens.NewToken) -> Principal:
    return SignIn().by_token(session, made.secret).principal


def test_a_service_account_exchanges_a_token_of_its_own(session: Session, ci: Account) -> None:
    made = tokens.create(session, ci, by=SYSTEM, limits=limits(["read", "register"], "fraud", ["Staging"]))
    short = exchange.of_token(session, as_shown(session, made), client_id="ci", scopes=frozenset({Scope.READ}))
    assert (short.token.scopes, short.token.pattern, short.token.targets) == (["read"], "fraud", ["Staging"])
    assert short.token.expires_at == short.token.created_at + 15 * 60_000


def test_no_more_is_had_than_the_token_had(session: Session, ci: Account) -> None:
    made = tokens.create(session, ci, by=SYSTEM, limits=limits(["read"]), lasts=60_000)
    by = as_shown(session, made)
    with pytest.raises(Denied):
        exchange.of_token(session, by, client_id="ci", scopes=frozenset({Scope.MANAGE}))
    short = exchange.of_token(session, by, client_id=str(ci.id), scopes=None).token
    assert short.expires_at is not None
    assert short.expires_at <= (made.token.expires_at or 0)


def test_it_ends_with_the_token_that_was_shown(session: Session, ci: Account) -> None:
    made = tokens.create(session, ci, by=SYSTEM)
    short = exchange.of_token(session, as_shown(session, made), client_id="ci", scopes=None).token
    tokens.revoke(session, made.token, by=SYSTEM)
    session.refresh(short)
    assert short.revoked_at is not None


def test_what_was_exchanged_is_not_exchanged_again(session: Session, ci: Account) -> None:
    made = tokens.create(session, ci, by=SYSTEM)
    short = exchange.of_token(session, as_shown(session, made), client_id="ci", scopes=None)
    with pytest.raises(Unauthenticated, match="got by an exchange"):
        exchange.of_token(session, as_shown(session, short), client_id="ci", scopes=None)


def test_only_the_account_itself_exchanges_its_token(session: Session, ci: Account, alice: Principal) -> None:
    made = tokens.create(session, ci, by=SYSTEM)
    with pytest.raises(Unauthenticated, match="another service account"):
        exchange.of_token(session, as_shown(session, made), client_id="other", scopes=None)
    of_alice = tokens.create(session, accounts.named(session, "alice"), by=alice)
    with pytest.raises(Unauthenticated, match="no service account's token"):
        exchange.of_token(session, as_shown(session, of_alice), client_id="alice", scopes=None)


def test_a_token_that_was_just_revoked_is_not_exchanged(session: Session, ci: Account) -> None:
    made = tokens.create(session, ci, by=SYSTEM)
    by = as_shown(session, made)
    tokens.revoke(session, made.token, by=SYSTEM)
    with pytest.raises(Unauthenticated):
        exchange.of_token(session, by, client_id="ci", scopes=None)


def test_what_expired_long_ago_is_forgotten(session: Session, ci: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    trusted(session, ci)
    lasting = tokens.create(session, ci, by=SYSTEM, lasts=60_000).token.id
    exchanged = redeemed(session).id
    exchange.forget_what_is_over(session)
    assert set(session.scalars(select(Token.id))) == {lasting, exchanged}
    in_two_days = now() + 2 * 86_400_000
    monkeypatch.setattr("assent.access.publishing.exchange.now", lambda: in_two_days)
    exchange.forget_what_is_over(session)
    assert set(session.scalars(select(Token.id))) == {lasting}


def test_a_place_by_name_is_not_a_model_of_the_publisher(session: Session, manager: Principal) -> None:
    by_name = account(session, name="stranger", kind=Kind.SERVICE_ACCOUNT)
    grants.give(session, by_name, Level.CAN_EDIT, on=Place(pattern="fraud"), by=SYSTEM)
    with pytest.raises(Denied):
        trusted_with_fraud(session, by_name, manager)
