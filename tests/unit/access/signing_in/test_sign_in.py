"""From what somebody shows to who they are."""

import time

import pytest
from sqlalchemy.orm import Session

from assent.access.credentials.passwords import Passwords
from assent.access.signing_in.sign_in import SignIn
from assent.kernel.errors import Unauthenticated
from factories.access import LONG_AGO, account, token


def test_a_token_stands_for_its_account(session: Session) -> None:
    shown = token(session, "assent_carols", of=account(session, name="carol"))
    principal = SignIn().by_token(session, "assent_carols").principal
    assert (principal.name, principal.token_id) == ("carol", shown.id)


@pytest.mark.parametrize("ended", ["expires_at", "revoked_at"])
def test_a_token_that_has_ended_stands_for_nobody(session: Session, ended: str) -> None:
    token(session, "assent_ended", of=account(session), **{ended: LONG_AGO + 1})
    with pytest.raises(Unauthenticated):
        SignIn().by_token(session, "assent_ended")


def test_the_token_of_a_disabled_account_stands_for_nobody(session: Session) -> None:
    token(session, "assent_disabled", of=account(session, disabled_at=LONG_AGO))
    with pytest.raises(Unauthenticated):
        SignIn().by_token(session, "assent_disabled")


@pytest.mark.parametrize("password", ["", "whatever it is"])
def test_an_account_without_a_password_lets_nobody_in_by_one(session: Session, password: str) -> None:
    with pytest.raises(Unauthenticated):
        SignIn().by_password(session, account(session).name, password)


def test_an_unknown_name_takes_as_long_as_a_wrong_password_whatever_hashing_costs(session: Session) -> None:
    dear = SignIn(passwords=Passwords(memory_kib=64 * 1024, passes=3))
    somebody = account(session, password_hash=dear.passwords.hash_again("a good password"))

    def taken(name: str) -> float:
        began_at = time.perf_counter()
        with pytest.raises(Unauthenticated):
            dear.by_password(session, name, "wrong")
        return time.perf_counter() - began_at

    assert min(taken("nobody") for _ in range(3)) > min(taken(somebody.name) for _ in range(3)) / 2


def test_who_is_known_is_known_again_with_what_changed(session: Session) -> None:
    somebody = account(session, password_hash=Passwords().hash_again("a good password"))
    known = SignIn().by_password(session, somebody.name, "a good password")
    somebody.is_administrator = True
    session.flush()
    found = SignIn().again(session, known)
    assert found is not None
    assert found.principal.is_administrator


@pytest.mark.parametrize("change", [{"disabled_at": LONG_AGO}, {"password_hash": "another"}])
def test_who_changed_is_not_known_again(session: Session, change: dict[str, object]) -> None:
    somebody = account(session, password_hash=Passwords().hash_again("a good password"))
    known = SignIn().by_password(session, somebody.name, "a good password")
    for name, value in change.items():
        setattr(somebody, name, value)
    session.flush()
    assert SignIn().again(session, known) is None


def test_what_is_kept_shows_no_secret(session: Session) -> None:
    assert "assent_secret" not in str(vars(token(session, "assent_secret", of=account(session))))
