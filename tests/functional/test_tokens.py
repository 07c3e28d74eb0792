"""Tokens over HTTP: shown once, limited, listed with their last use, ended."""

import re
import string
import time
import zlib
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from assent.access.credentials import tokens
from assent.access.people import accounts
from assent.access.policy.limits import Limits
from assent.access.policy.principals import Principal
from assent.access.signing_in.sign_in import SignIn
from assent.kernel.errors import Denied
from support.calling import API, Caller
from support.counting import counted
from support.databases import ADMINISTRATOR

HOUR = 3_600_000
TOKEN = re.compile(r"assent_[A-Za-z0-9_-]{43}[0-9A-Za-z]{6}")
BASE_62 = string.digits + string.ascii_uppercase + string.ascii_lowercase


def _create(call: Caller, **fields: Any) -> dict[str, Any]:
    return call.api("POST", "/tokens", **fields)


def _digits(number: int) -> str:
    """A number in six digits of base 62, as docs/access.md tells scanners of secrets to write it."""
    return "".join(BASE_62[number // 62**place % 62] for place in reversed(range(6)))


def _labels(call: Caller, **fields: Any) -> list[str]:
    return [each["label"] for each in call.api("GET", "/tokens", **fields)["tokens"]]


def _me(call: Caller, secret: str) -> tuple[int, dict[str, Any]]:
    answer = call.client.get(f"{API}/me", headers={"Authorization": f"Bearer {secret}"})
    return answer.status_code, answer.json or {}


def test_a_token_is_shown_once_and_stands_for_its_owner(call: Caller) -> None:
    made = _create(call, label="mine")
    assert TOKEN.fullmatch(made["secret"])
    assert _digits(zlib.crc32(made["secret"][7:-6].encode())) == made["secret"][-6:]
    assert _me(call, made["secret"])[1]["name"] == "alice"
    assert "secret" not in call.api("GET", f"/tokens/{made['id']}")


def test_a_token_lets_through_what_it_says(call: Caller) -> None:
    limits: dict[str, Any] = {"scopes": ["register", "read"], "pattern": "churn-*", "targets": ["staging"]}
    made = _create(call, **limits)
    me = _me(call, made["secret"])[1]
    assert (me["scopes"], me["pattern"], me["targets"]) == (["read", "register"], "churn-*", ["Staging"])


def test_an_administrator_gives_a_service_account_a_token(call: Caller) -> None:
    admin = call.by(ADMINISTRATOR)
    admin.api("POST", "/service-accounts", name="ci")
    secret = _create(admin, **{"for": "ci", "label": "build"})["secret"]
    me = _me(call, secret)[1]
    assert (me["name"], me["kind"]) == ("ci", "service_account")
    assert (_labels(admin, **{"for": "ci"}), _labels(admin)) == (["build"], [])


def test_a_token_ends_after_its_time(call: Caller) -> None:
    made = _create(call, label="short", lasts_ms=1)
    time.sleep(0.01)
    assert _me(call, made["secret"])[0] == 401
    assert (_labels(call), _labels(call, ended=True)) == ([], ["short"])


def test_a_revoked_token_is_told_as_ended(call: Caller) -> None:
    made = _create(call)
    call.api("DELETE", f"/tokens/{made['id']}")
    found = call.api("GET", f"/tokens/{made['id']}")
    assert found["ended"] is True
    assert found["revoked_at"] is not None


def test_the_last_use_is_told(call: Caller) -> None:
    made = _create(call)
    assert made["last_used_at"] is None
    _me(call, made["secret"])
    assert call.api("GET", f"/tokens/{made['id']}")["last_used_at"] >= made["created_at"]


@pytest.mark.parametrize(
    "fields",
    [
        {"scopes": ["everything"]},
        {"scopes": []},
        {"targets": []},
        {"pattern": ""},
        {"pattern": "a/b"},
        {"lasts_ms": 0},
        {"lasts_ms": 10**15},
        {"lasts_ms": "1"},
        {"label": "x" * 129},
        {"label": "\x00"},
        {"targets": ["\x00"]},
        {"targets": ["Nowhere"]},
        {"for": "\x00"},
        {"colour": "red"},
    ],
)
def test_a_token_that_makes_no_sense_is_refused(call: Caller, fields: dict[str, Any]) -> None:
    call.by(ADMINISTRATOR).api("POST", "/tokens", status=400, **fields)


def test_tokens_of_others_are_not_there(call: Caller) -> None:
    number = _create(call)["id"]
    for method in ("GET", "DELETE"):
        call.by("bob").api(method, f"/tokens/{number}", status=404)


@pytest.mark.parametrize("name", ["alice", "nobody"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nobody_learns_whose_tokens_there_could_be(call: Caller, method: str, name: str) -> None:
    call.by("bob").api(method, "/tokens", status=403, **{"for": name})


def test_an_administrator_ends_anybodys_token(call: Caller) -> None:
    made = _create(call)
    call.by(ADMINISTRATOR).api("DELETE", f"/tokens/{made['id']}")
    assert _labels(call) == []


@pytest.mark.parametrize("number", [0, 7, 2**31, 2**70])
def test_a_token_that_is_not_there_is_not_found(call: Caller, number: int) -> None:
    for method in ("GET", "DELETE"):
        call.by(ADMINISTRATOR).api(method, f"/tokens/{number}", status=404)


def test_nobody_disabled_gets_a_token(call: Caller) -> None:
    admin = call.by(ADMINISTRATOR)
    admin.api("PATCH", "/users/bob", disabled=True)
    admin.api("POST", "/tokens", status=409, **{"for": "bob"})


def _showing(session: Session, **fields: Any) -> Principal:
    """Alice, by a token of hers."""
    alice = accounts.named(session, "alice")
    by = SignIn().as_if(session, alice)
    return SignIn().by_token(session, tokens.create(session, alice, by=by, **fields).secret).principal


@pytest.mark.parametrize(("lasts", "may"), [(None, False), (2 * HOUR, False), (HOUR // 2, True)])
def test_a_token_makes_none_that_outlives_it(session: Session, lasts: int | None, may: bool) -> None:
    by, alice = _showing(session, lasts=HOUR), accounts.named(session, "alice")
    if may:
        assert tokens.create(session, alice, lasts=lasts, by=by).secret
    else:
        with pytest.raises(Denied, match="outlives"):
            tokens.create(session, alice, lasts=lasts, by=by)


def test_a_token_that_lasts_for_ever_makes_others_that_do(session: Session) -> None:
    assert tokens.create(session, accounts.named(session, "alice"), by=_showing(session)).token.expires_at is None


def test_a_token_with_limits_sees_and_ends_itself_alone(session: Session) -> None:
    other = _showing(session)
    by = _showing(session, limits=Limits(pattern="m*"))
    assert (by.token_id, other.token_id) != (None, None)
    assert tokens.seen(session, by.token_id or 0, by=by).pattern == "m*"
    with pytest.raises(Denied, match="A token with limits neither sees nor makes nor ends other tokens"):
        tokens.seen(session, other.token_id or 0, by=by)
    with pytest.raises(Denied):
        tokens.revoke(session, tokens.numbered(session, other.token_id or 0, by=by), by=by)
    tokens.revoke(session, tokens.numbered(session, by.token_id or 0, by=by), by=by)
    assert tokens.seen(session, by.token_id or 0, by=by).revoked_at is not None


def test_the_statements_of_a_list_do_not_grow_with_it(app: Flask, call: Caller) -> None:
    counts = set()
    for more in (1, 3):
        for _ in range(more):
            _create(call)
        with counted(app) as statements:
            call.api("GET", "/tokens")
        counts.add(len(statements))
    assert counts == {2}
