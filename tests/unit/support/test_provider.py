"""The identity provider of the tests, used as Authlib's client of Flask uses one."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from flask import Flask, url_for
from flask.typing import ResponseReturnValue
from joserfc.errors import JoseError

from support.provider import AUTHORIZE, CLIENT_ID, CLIENT_SECRET, DISCOVERY, END_SESSION, TOKEN, USERINFO, Provider
from support.signing import Flaw

SignIn = Callable[..., Mapping[str, Any]]


@pytest.fixture
def provider() -> Iterator[Provider]:
    """An identity provider of the test's own."""
    with Provider() as running:
        yield running


@pytest.fixture(params=["client_secret_basic", "client_secret_post"])
def sign_in(provider: Provider, request: pytest.FixtureRequest) -> SignIn:
    """Signs in through the provider; gives what the client holds afterwards."""
    app = Flask("relying")
    app.secret_key = "a secret"
    clients: Any = OAuth(app)
    client = clients.register(
        "provider",
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        server_metadata_url=provider.url + DISCOVERY,
        client_kwargs={
            "scope": "openid profile email groups",
            "code_challenge_method": "S256",
            "token_endpoint_auth_method": request.param,
        },
    )

    @app.get("/sign-in")
    def begin() -> ResponseReturnValue:
        answer: ResponseReturnValue = client.authorize_redirect(url_for("finish", _external=True))
        return answer

    @app.get("/back")
    def finish() -> ResponseReturnValue:
        token = client.authorize_access_token()
        return {"told": dict(token["userinfo"]), "asked": dict(client.userinfo(token=token))}

    def run() -> Mapping[str, Any]:
        browser = app.test_client()
        there = browser.get("/sign-in").location
        back = requests.get(there, allow_redirects=False, timeout=5).headers["Location"]
        app.config["PROPAGATE_EXCEPTIONS"] = True
        found: Mapping[str, Any] = browser.get(back).get_json()
        return found

    return run


def test_signs_in_whom_the_test_names(provider: Provider, sign_in: SignIn) -> None:
    provider.signs_in("dora", groups=["risk"], email=None)
    found = sign_in()
    assert (found["told"]["sub"], found["told"]["groups"]) == ("id-of-dora", ["risk"])
    assert found["asked"] == provider.person
    assert "email" not in found["told"]


def test_keys_may_be_exchanged_between_sign_ins(provider: Provider, sign_in: SignIn) -> None:
    assert sign_in()
    provider.keys.rotate()
    assert sign_in()


@pytest.mark.parametrize("flaw", Flaw)
def test_a_client_refuses_a_flawed_token(provider: Provider, sign_in: SignIn, flaw: Flaw) -> None:
    provider.flaw = flaw
    with pytest.raises((JoseError, ValueError)):
        sign_in()


def test_may_refuse(provider: Provider, sign_in: SignIn) -> None:
    provider.refuses = "access_denied"
    with pytest.raises(AuthlibBaseError, match="access_denied"):
        sign_in()


def asked_with(provider: Provider, **changes: str | None) -> dict[str, list[str]]:
    usual: dict[str, str | None] = {
        "client_id": CLIENT_ID,
        "redirect_uri": "http://127.0.0.1/back",
        "response_type": "code",
        "scope": "openid",
        "state": "s",
        "code_challenge": "c",
        "code_challenge_method": "S256",
    }
    answer = requests.get(provider.url + AUTHORIZE, params=usual | changes, allow_redirects=False, timeout=5)
    return parse_qs(urlsplit(answer.headers["Location"]).query)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
    ],
)
def test_approves_nothing_but_the_code_flow_with_a_challenge(
    provider: Provider, changes: dict[str, str | None], error: str
) -> None:
    assert asked_with(provider, **changes) == {"state": ["s"], "error": [error]}


@pytest.mark.parametrize(
    "changes", [{"code_verifier": "another"}, {"redirect_uri": "http://127.0.0.1/elsewhere"}, {"code": "another"}]
)
def test_gives_no_token_for_a_code_that_does_not_fit(provider: Provider, changes: dict[str, str]) -> None:
    verifier, challenge = "a" * 43, "ZtNPunH49FD35FWYhT5Tv8I7vRKQJ8uxMaL0_9eHjNA"
    (code,) = asked_with(provider, code_challenge=challenge)["code"]
    form = {"grant_type": "authorization_code", "redirect_uri": "http://127.0.0.1/back", "code_verifier": verifier}
    answer = requests.post(
        provider.url + TOKEN, form | {"code": code} | changes, auth=(CLIENT_ID, CLIENT_SECRET), timeout=5
    )
    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_grant"})


def test_a_code_serves_once(provider: Provider) -> None:
    (code,) = asked_with(provider, code_challenge="ZtNPunH49FD35FWYhT5Tv8I7vRKQJ8uxMaL0_9eHjNA")["code"]
    form = {
        "grant_type": "authorization_code",
        "redirect_uri": "http://127.0.0.1/back",
        "code_verifier": "a" * 43,
        "code": code,
    }
    answers = [
        requests.post(provider.url + TOKEN, form, auth=(CLIENT_ID, CLIENT_SECRET), timeout=5) for _ in range(2)
    ]
    assert [each.status_code for each in answers] == [200, 400]


def test_knows_its_client_and_its_tokens(provider: Provider) -> None:
    assert requests.post(provider.url + TOKEN, auth=(CLIENT_ID, "wrong"), timeout=5).status_code == 401
    assert requests.get(provider.url + USERINFO, headers={"Authorization": "Bearer x"}, timeout=5).status_code == 401


def test_sends_the_browser_back_after_signing_out(provider: Provider) -> None:
    there = {"post_logout_redirect_uri": "http://127.0.0.1/", "state": "s"}
    answer = requests.get(provider.url + END_SESSION, params=there, allow_redirects=False, timeout=5)
    assert answer.headers["Location"] == "http://127.0.0.1/?state=s"
