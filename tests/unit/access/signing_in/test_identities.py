"""Who an identity provider's users are here."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from assent.access.people import accounts, groups
from assent.access.policy.principals import SYSTEM, Kind
from assent.access.signing_in import identities
from assent.access.signing_in.identities import Shown
from assent.access.signing_in.sign_in import SignIn
from assent.access.tables import Account, Identity
from assent.audit.actions import Action
from assent.audit.events import AuditEvent
from assent.kernel.errors import Unauthenticated
from factories.access import account

COMPANY = "https://login.example.com"


def shown(name: str = "carol", subject: str = "1", issuer: str = COMPANY, **more: object) -> Shown:
    return Shown(issuer, subject, name, **more)  # type: ignore[arg-type]  # whatever the test names


def refusal(session: Session, of: Shown) -> str:
    with pytest.raises(Unauthenticated) as refused:
        identities.account_of(session, of)
    return refused.value.message


def groups_of(session: Session, of: Account) -> list[str]:
    return [name for _, name in groups.holding(session, SignIn().as_if(session, of))]


def test_the_first_sign_in_makes_a_user_without_a_password(session: Session) -> None:
    made = identities.account_of(session, shown())
    assert (made.name, made.kind, made.password_hash, made.is_administrator) == ("carol", Kind.USER, None, False)


def test_the_second_sign_in_finds_it_whatever_they_are_called_by_then(session: Session) -> None:
    made = identities.account_of(session, shown("carol"))
    assert identities.account_of(session, shown("caroline")).id == made.id
    assert made.name == "carol"


def test_who_is_renamed_here_stays_who_they_are(session: Session) -> None:
    made = identities.account_of(session, shown())
    accounts.rename(session, made, "caro", by=SYSTEM)
    assert identities.account_of(session, shown()).name == "caro"


def test_two_issuers_have_each_their_own_users(session: Session) -> None:
    first = identities.account_of(session, shown("carol"))
    second = identities.account_of(session, shown("carol2", issuer="https://other.example.com"))
    assert first.id != second.id


def test_another_user_of_a_taken_name_is_refused_and_told_what_to_do(session: Session) -> None:
    account(session, name="carol")
    said = refusal(session, shown())
    assert said.startswith("The name carol is taken")
    assert "link_existing" in said


def test_an_existing_user_is_linked_where_the_administrator_says_so(session: Session) -> None:
    carol = account(session, name="carol")
    for _ in range(2):
        assert identities.account_of(session, shown(link_existing=True)).id == carol.id
    assert session.scalars(select(Identity.subject).where(Identity.principal_id == carol.id)).all() == ["1"]


def test_a_name_that_the_provider_gave_to_somebody_else_gets_them_nothing(session: Session) -> None:
    identities.account_of(session, shown(subject="1"))
    for link_existing in (False, True):
        refusal(session, shown(subject="2", link_existing=link_existing))


def test_a_service_account_is_never_linked(session: Session) -> None:
    account(session, name="carol", kind=Kind.SERVICE_ACCOUNT)
    assert "service account" in refusal(session, shown(link_existing=True))


def test_who_is_disabled_is_refused(session: Session) -> None:
    accounts.disable(session, identities.account_of(session, shown()), by=SYSTEM)
    assert refusal(session, shown()) == "The account carol is disabled."


@pytest.mark.parametrize("name", ["", "a:b", " a", "a\n", "x" * 200, ".."])
def test_a_name_that_nobody_can_have_is_refused(session: Session, name: str) -> None:
    assert "username_claim" in refusal(session, shown(name))


def test_groups_are_kept_in_step_and_those_given_here_stay(session: Session) -> None:
    carol = identities.account_of(session, shown(groups=["risk", "leads"]))
    local = groups.create(session, "local", by=SYSTEM)
    groups.add(session, local, carol, by=SYSTEM)
    assert groups_of(session, carol) == ["leads", "local", "risk"]
    identities.account_of(session, shown(groups=["leads", "new/one"]))
    assert groups_of(session, carol) == ["leads", "local", "new/one"]
    identities.account_of(session, shown(groups=None))
    assert groups_of(session, carol) == ["leads", "local", "new/one"]
    identities.account_of(session, shown(groups=[]))
    assert groups_of(session, carol) == ["local"]


def test_a_group_whose_name_is_none_is_passed_over(session: Session) -> None:
    carol = identities.account_of(session, shown(groups=["", "a:b", "risk", "x" * 500, "\x00"]))
    assert groups_of(session, carol) == ["risk"]


def test_the_audit_log_tells_which_provider_made_and_linked_whom(session: Session) -> None:
    account(session, name="dave")
    identities.account_of(session, shown("carol", subject="1"))
    identities.account_of(session, shown("dave", subject="2", link_existing=True))
    told = select(AuditEvent.action, AuditEvent.actor, AuditEvent.subject, AuditEvent.details).where(
        AuditEvent.action.in_([Action.USER_CREATED, Action.USER_LINKED]), AuditEvent.actor == COMPANY
    )
    assert session.execute(told.order_by(AuditEvent.id)).all() == [
        (Action.USER_CREATED, COMPANY, "carol", {"kind": "user", "issuer": COMPANY, "subject": "1"}),
        (Action.USER_LINKED, COMPANY, "dave", {"issuer": COMPANY, "subject": "2"}),
    ]
