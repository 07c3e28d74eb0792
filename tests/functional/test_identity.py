"""Who gets in, by what, and who is out again."""

import base64
import re
import time

import pytest
from flask import Flask

from assent.access.credentials import tokens
from assent.access.credentials.passwords import NewPassword
from assent.access.credentials.tables import Token
from assent.access.people import accounts
from assent.access.policy.principals import SYSTEM
from assent.database import db, unit_of_work
from assent.faces import FACES
from assent.web.frame.face import web
from support.calling import MLFLOW, Caller
from support.databases import PASSWORD, TEST

SEARCH = f"{MLFLOW}/registered-models/search"


@pytest.mark.parametrize("path", ["/health", "/ready"])
def test_the_service_is_seen_without_credentials(app: Flask, path: str) -> None:
    assert app.test_client().get(path).status_code == 200


def test_nothing_else_answers_without_credentials(sqlite_app: Flask) -> None:
    client = sqlite_app.test_client()
    ways_in = {"/sign-in/with/<name>", "/sign-in/with/<name>/back"}
    opened = set()
    for rule in sqlite_app.url_map.iter_rules():
        for method in rule.methods or ():
            answer = client.open(re.sub("<.*?>", "1", rule.rule), method=method)
            # A page sends to where one signs in; anything else says so.
            to_sign_in = answer.status_code == 303 and answer.headers["Location"].startswith("/sign-in")
            if answer.status_code != 401 and not (rule.endpoint.startswith("web.") and to_sign_in):
                opened.add(rule.rule)
    without = {"/oidc/v1/token", "/oidc/.well-known/oauth-authorization-server", "/.well-known/databricks-config"}
    assert opened == {"/health", "/ready", "/sign-in", "/sign-out", "/assets/<name>", *ways_in, *without}
    assert client.get("/no/such/page").status_code == 401


def test_a_refusal_is_json_and_names_the_way_in(sqlite_app: Flask) -> None:
    answer = sqlite_app.test_client().get(SEARCH)
    assert answer.json is not None
    assert (answer.status_code, answer.json["error_code"]) == (401, "UNAUTHENTICATED")
    assert answer.headers["WWW-Authenticate"].startswith("Basic realm=")
    assert ", Bearer realm=" in answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize("path", [SEARCH, "/api/v1/me", "/oidc/v1/token", "/health", "/no/such/page"])
def test_answers_are_neither_kept_nor_guessed_at(sqlite_app: Flask, path: str) -> None:
    headers = sqlite_app.test_client().get(path).headers
    assert (headers["Cache-Control"], headers["X-Content-Type-Options"]) == ("no-store", "nosniff")


@pytest.mark.parametrize(
    "header",
    [
        "Basic",
        "Basic !!!",
        "Basic " + base64.b64encode(b"nocolon").decode(),
        "Basic " + base64.b64encode(b"alice:wrong password").decode(),
        "Basic " + base64.b64encode(b"nobody:whatever it is").decode(),
        "Basic " + base64.b64encode(b"a\x00:b").decode(),
        "Basic " + base64.b64encode(b"\xff:\xff").decode(),
        "Bearer",
        "Bearer assent_unknown",
        "Digest x",
        "x" * 10_000,
    ],
)
def test_bad_credentials_are_refused_alike(app: Flask, header: str) -> None:
    answer = app.test_client().get(SEARCH, headers={"Authorization": header})
    assert answer.status_code == 401


def test_an_unknown_name_and_a_wrong_password_are_told_alike(call: Caller) -> None:
    told = set()
    for name, password in (("alice", "wrong password"), ("nobody", PASSWORD)):
        told.add(call.client.get(SEARCH, auth=(name, password)).data)
    assert len(told) == 1


def _token(app: Flask, name: str, lasts: int | None = None) -> str:
    with app.app_context(), unit_of_work(db.engine, TEST) as session:
        return tokens.create(session, accounts.named(session, name), by=SYSTEM, lasts=lasts).secret


def _with(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def test_a_token_stands_for_its_user(app: Flask) -> None:
    secret = _token(app, "bob")
    answer = app.test_client().post(f"{MLFLOW}/registered-models/create", json={"name": "m"}, headers=_with(secret))
    assert answer.json is not None
    assert answer.json["registered_model"]["user_id"] == "bob"


def test_an_expired_token_is_refused(app: Flask) -> None:
    secret = _token(app, "bob", lasts=1)
    time.sleep(0.01)
    assert app.test_client().get(SEARCH, headers=_with(secret)).status_code == 401


def _wait_until_refused(app: Flask, headers: dict[str, str]) -> None:
    client = app.test_client()
    for _ in range(50):
        if client.get(SEARCH, headers=headers).status_code == 401:
            return
        time.sleep(0.1)
    pytest.fail("still let in after 5 seconds")


def _basic(name: str, password: str = PASSWORD) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


def test_a_disabled_account_is_out_within_seconds_with_all_its_tokens(app: Flask) -> None:
    secret = _token(app, "bob")
    for headers in (_basic("bob"), _with(secret)):
        assert app.test_client().get(SEARCH, headers=headers).status_code == 200
    with app.app_context(), unit_of_work(db.engine, TEST) as session:
        accounts.disable(session, accounts.named(session, "bob"), by=SYSTEM)
    for headers in (_basic("bob"), _with(secret)):
        _wait_until_refused(app, headers)


def test_a_changed_password_shuts_the_old_one_out(app: Flask) -> None:
    assert app.test_client().get(SEARCH, headers=_basic("bob")).status_code == 200
    with app.app_context(), unit_of_work(db.engine, TEST) as session:
        accounts.set_password(session, accounts.named(session, "bob"), NewPassword("another password"), by=SYSTEM)
    _wait_until_refused(app, _basic("bob"))
    assert app.test_client().get(SEARCH, headers=_basic("bob", "another password")).status_code == 200


def test_a_revoked_token_is_out_within_seconds(app: Flask) -> None:
    secret = _token(app, "bob")
    assert app.test_client().get(SEARCH, headers=_with(secret)).status_code == 200
    with app.app_context(), unit_of_work(db.engine, TEST) as session:
        found = session.query(Token).one()
        tokens.revoke(session, found, by=SYSTEM)
    _wait_until_refused(app, _with(secret))


@pytest.mark.parametrize(
    ("name", "may"),
    [
        ("rita", []),
        ("edith", ["create", "edit", "alias"]),
        ("stan", ["create", "edit", "alias", "stage"]),
        ("petra", ["create", "edit", "alias", "stage", "produce"]),
        ("alice", ["create", "edit", "alias", "stage", "produce", "delete"]),
        ("admin", ["create", "edit", "alias", "stage", "produce", "delete"]),
    ],
)
def test_a_level_lets_do_what_it_says(sqlite_call: Caller, name: str, may: list[str]) -> None:
    sqlite_call.model()
    sqlite_call.version()
    somebody = sqlite_call.by(name)
    attempts = {
        "create": ("POST", "/registered-models/create", {"name": "other"}),
        "edit": ("POST", "/model-versions/set-tag", {"name": "m", "version": "1", "key": "k", "value": "v"}),
        "alias": ("POST", "/registered-models/alias", {"name": "m", "version": "1", "alias": "a"}),
        "stage": ("POST", "/model-versions/transition-stage", {"name": "m", "version": "1", "stage": "Staging"}),
        "produce": ("POST", "/model-versions/transition-stage", {"name": "m", "version": "1", "stage": "Production"}),
        "delete": ("DELETE", "/model-versions/delete", {"name": "m", "version": "1"}),
    }
    done = [
        what
        for what, (method, path, fields) in attempts.items()
        if somebody.request(method, path, **fields).status_code == 200
    ]
    assert done == may
    if "delete" not in may:
        assert somebody("GET", "/model-versions/get", name="m", version="1")


def test_leaving_production_takes_the_right_to_it(sqlite_call: Caller) -> None:
    sqlite_call.model()
    sqlite_call.version()
    sqlite_call.move("1", "Production")
    wanted = {"name": "m", "version": "1", "stage": "Archived"}
    refused = sqlite_call.by("stan").refused("POST", "/model-versions/transition-stage", **wanted)
    assert refused[:2] == (403, "PERMISSION_DENIED")
    assert sqlite_call.found("stage = 'Production'") == ["m/1"]


def test_no_face_opens_what_it_does_not_name() -> None:
    opened = {endpoint for face in (*FACES, web) for endpoint in face.open_endpoints()}
    assert opened == {
        "oauth.exchange_token_post",
        "oauth.read_authorization_server_get",
        "oauth.read_databricks_config_get",
        "operation.health_get",
        "operation.ready_get",
        "web.answer_of_provider_get",
        "web.ask_provider_get",
        "web.asset_get",
        "web.sign_in_page_get",
        "web.sign_in_post",
        "web.sign_out_post",
    }
