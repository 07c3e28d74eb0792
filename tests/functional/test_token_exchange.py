"""A CI job's way in, over HTTP: its own token in exchange for one that soon expires, and nothing stored."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from assent.access.credentials import tokens
from assent.access.granting import grants
from assent.access.people import accounts
from assent.access.policy.levels import Level
from assent.access.policy.limits import UNLIMITED, Limits, limits
from assent.access.policy.principals import SYSTEM, Kind
from assent.access.publishing import exchange, publishers
from assent.access.publishing.exchange import Assertion
from assent.access.publishing.publishers import Terms
from assent.access.signing_in.sign_in import SignIn
from assent.audit.actions import Action
from assent.audit.events import AuditEvent
from assent.database import db, unit_of_work
from assent.http.assertions import Assertions
from assent.http.issuers import Issuers, Times
from assent.registry import models, publishing, versions
from assent.registry.sources import SourceRules
from assent.registry.versions import Registration
from support.calling import MLFLOW, Caller
from support.databases import TEST, PostgresDatabases, SqliteDatabases
from support.provider import DISCOVERY, KEYS, Provider
from support.serving import serving
from support.signing import Flaw

US = "https://models.example.com"
ENDPOINT = "/oidc/v1/token"
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
JWT = "urn:ietf:params:oauth:token-type:jwt"
CLAIMS = {"repository": "acme/fraud", "environment": "production"}


@pytest.fixture
def provider() -> Iterator[Provider]:
    """The issuer of the CI's tokens."""
    with Provider() as running:
        yield running


@pytest.fixture
def app(database_url: str, provider: Provider) -> Iterator[Flask]:
    """A service that knows where it is reached."""
    with serving(database_url, public_url=US, publisher_issuers=frozenset({provider.url})) as opened:
        yield opened


@dataclass(frozen=True)
class Job:
    """A CI job, which shows its tokens to a service."""

    client: FlaskClient
    provider: Provider

    def post(self, **form: str) -> TestResponse:
        return self.client.post(ENDPOINT, data=form)

    def shows(self, token: str, **form: str) -> TestResponse:
        """The answer to a token."""
        return self.post(grant_type=EXCHANGE, subject_token=token, subject_token_type=JWT, **form)

    def gets(self, **form: str) -> str:
        """What a new token is exchanged for."""
        answer = self.shows(self.provider.ci_token(US), **form)
        assert answer.status_code == 200, answer.text
        return str((answer.json or {})["access_token"])

    def is_refused(self, token: str, **form: str) -> tuple[int, str, str]:
        """The status, the error and its description."""
        return told(self.shows(token, **form))

    def call(self, secret: str, method: str, path: str, **fields: Any) -> int:
        """The status of a call of MLflow's protocol with what was got."""
        sent: dict[str, Any] = {"query_string": fields} if method == "GET" else {"json": fields}
        headers = {"Authorization": f"Bearer {secret}"}
        return self.client.open(MLFLOW + path, method=method, headers=headers, **sent).status_code


def told(answer: TestResponse) -> tuple[int, str, str]:
    assert answer.json is not None, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.status_code, answer.json["error"], answer.json["error_description"]


def trust(app: Flask, provider: Provider) -> None:
    """Trust the provider's tokens, with models that are called fraud and so on: they act as ci, which manages all."""
    with app.app_context(), unit_of_work(db.engine, TEST) as session:
        ci = accounts.create(session, "ci", kind=Kind.SERVICE_ACCOUNT, by=SYSTEM)
        grants.give(session, ci, Level.CAN_MANAGE, by=SYSTEM)
        alice = SignIn().as_if(session, accounts.named(session, "alice"))
        for name in ("fraud", "churn"):
            models.create(session, name, by=alice)
        versions.register(session, "fraud", Registration("s3://bucket/1"), by=alice, rules=SourceRules())
        allowed = limits(["read", "register", "request"], "fraud*", ["Staging"])
        publishers.create(session, "release", Terms(provider.url, CLAIMS, "ci", allowed), by=SYSTEM)


@pytest.fixture
def job(app: Flask, provider: Provider) -> Job:
    """A job whose tokens fit a trusted publisher."""
    trust(app, provider)
    return Job(app.test_client(), provider)


@pytest.fixture
def sqlite_job(sqlite_databases: SqliteDatabases, provider: Provider) -> Iterator[Job]:
    """Such a job at a service on SQLite, for what no database has a part in."""
    with sqlite_databases.copy() as url, serving(url, public_url=US) as opened:
        trust(opened, provider)
        yield Job(opened.test_client(), provider)


def events(app: Flask, action: Action) -> list[AuditEvent]:
    with app.app_context(), Session(db.engine) as session:
        return list(session.scalars(select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.id)))


def test_a_job_registers_with_the_token_it_got(job: Job) -> None:
    secret = job.gets()
    assert job.call(secret, "POST", "/model-versions/create", name="fraud", source="s3://bucket/2") == 200
    assert (
        job.call(secret, "POST", "/model-versions/transition-stage", name="fraud", version="2", stage="Staging")
        == 200
    )


@pytest.mark.parametrize(
    ("method", "path", "fields", "status"),
    [
        ("GET", "/registered-models/get", {"name": "churn"}, 404),
        ("POST", "/model-versions/create", {"name": "churn", "source": "s3://bucket/1"}, 404),
        ("POST", "/model-versions/transition-stage", {"name": "fraud", "version": "1", "stage": "Production"}, 403),
        ("POST", "/registered-models/alias", {"name": "fraud", "version": "1", "alias": "champion"}, 403),
        ("POST", "/registered-models/rename", {"name": "fraud", "new_name": "fraud2"}, 403),
        ("DELETE", "/registered-models/delete", {"name": "fraud"}, 403),
    ],
)
def test_another_model_target_or_scope_is_refused(
    job: Job, method: str, path: str, fields: dict[str, str], status: int
) -> None:
    assert job.call(job.gets(), method, path, **fields) == status


def test_the_answer_is_oauths(sqlite_job: Job) -> None:
    answer = sqlite_job.shows(sqlite_job.provider.ci_token(US))
    assert answer.json is not None
    assert answer.json["access_token"].startswith("assent_")
    assert {name: value for name, value in answer.json.items() if name != "access_token"} == {
        "issued_token_type": "urn:ietf:params:oauth:token-type:access_token",
        "token_type": "Bearer",
        "expires_in": 900,
        "scope": "read register request",
    }
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("audience", [US, US + ENDPOINT, ["somebody", US]])
@pytest.mark.parametrize("kind", [JWT, "urn:ietf:params:oauth:token-type:id_token"])
def test_a_token_for_us_is_taken(sqlite_job: Job, audience: str | list[str], kind: str) -> None:
    token = sqlite_job.provider.ci_token(audience)
    answer = sqlite_job.post(grant_type=EXCHANGE, subject_token=token, subject_token_type=kind)
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("flaw", "said"),
    [
        (Flaw.EXPIRED, "The token has expired."),
        (Flaw.WRONG_AUDIENCE, "The token is meant for another audience."),
        (Flaw.WRONG_ISSUER, "The token's issuer is not trusted here."),
        (Flaw.UNKNOWN_KEY, "The token is signed with a key that its issuer does not have."),
        (Flaw.FORGED, "The token's signature is wrong."),
        (Flaw.ALTERED, "The token's signature is wrong."),
        (Flaw.UNSIGNED, "The token is signed in a way that is not accepted."),
        (Flaw.PUBLIC_KEY_AS_SECRET, "The token is signed in a way that is not accepted."),
    ],
)
def test_a_flawed_token_is_refused_and_told_of(app: Flask, job: Job, flaw: Flaw, said: str) -> None:
    assert job.is_refused(job.provider.ci_token(US, flaw=flaw)) == (400, "invalid_grant", said)
    (event,) = events(app, Action.SIGN_IN_REFUSED)
    assert event.details["message"] == said
    assert event.details["issuer"] in (job.provider.url, "https://issuer.example")


@pytest.mark.parametrize("token", ["x", "a.b.c", "é", "a" * 20_000])
def test_what_is_no_token_is_refused(sqlite_job: Job, token: str) -> None:
    assert sqlite_job.is_refused(token)[:2] == (400, "invalid_grant")


@pytest.mark.parametrize("claims", [{"environment": "staging"}, {"repository": "evil/fraud"}, {"environment": None}])
def test_a_token_with_other_claims_is_refused(app: Flask, job: Job, claims: dict[str, Any]) -> None:
    status, error, said = job.is_refused(job.provider.ci_token(US, **claims))
    assert (status, error) == (400, "invalid_grant")
    assert "production" not in said
    assert events(app, Action.SIGN_IN_REFUSED)[-1].details["not_as_wanted"] == {"release": list(claims)}


@pytest.mark.parametrize("issuer", ["https://issuer.example", "a\x00b", "a\ud800b", ""])
def test_a_stranger_issuer_is_asked_nothing(job: Job, issuer: str) -> None:
    said = job.is_refused(job.provider.ci_token(US, iss=issuer))[2]
    assert said == "The token's issuer is not trusted here."
    assert job.provider.asked == []


def test_a_token_is_good_for_one_exchange(job: Job) -> None:
    token = job.provider.ci_token(US)
    assert job.shows(token).status_code == 200
    assert job.is_refused(token) == (
        400,
        "invalid_grant",
        "The token was exchanged before; each is good for one exchange.",
    )


def at_once(times: int, call: Callable[[], int]) -> list[int]:
    """What a call gives that several threads make at the same moment, sorted."""
    together = threading.Barrier(times)

    def wait_and_call(_: int) -> int:
        together.wait()
        return call()

    with ThreadPoolExecutor(times) as threads:
        return sorted(threads.map(wait_and_call, range(times)))


def test_of_many_who_show_a_token_at_once_one_gets_through(app: Flask, job: Job) -> None:
    token = job.provider.ci_token(US)
    got = at_once(6, lambda: Job(app.test_client(), job.provider).shows(token).status_code)
    assert got == [200, 400, 400, 400, 400, 400]


def test_many_get_a_short_token_for_one_long_token_at_once(app: Flask, job: Job) -> None:
    form = {"grant_type": "client_credentials", "client_id": "ci", "client_secret": own_token(app)}
    assert at_once(6, lambda: Job(app.test_client(), job.provider).post(**form).status_code) == [200] * 6


def test_whoever_revokes_waits_for_an_exchange_and_ends_its_token(app: Flask, job: Job) -> None:
    with app.app_context():
        engine = db.engine

    def revoke() -> None:
        with unit_of_work(engine, TEST) as session:
            publishing.revoke(session, 1, by=SYSTEM)

    revoking = threading.Thread(target=revoke)
    with unit_of_work(engine, TEST) as session:
        shown = Assertion.of("a.b.c", {"iss": job.provider.url, "jti": "1", "exp": time.time(), **CLAIMS})
        (candidate,) = exchange.candidates(session, shown, None)
        revoking.start()
        revoking.join(0.5)
        assert revoking.is_alive()
        secret = exchange.issue(session, shown, candidate, limits(["read"], "fraud")).secret
    revoking.join()
    assert job.call(secret, "GET", "/registered-models/get", name="fraud") == 401


def test_keys_that_were_exchanged_are_fetched_anew(app: Flask, job: Job) -> None:
    restless = Assertions(Issuers(Times(pause=0, pause_without_keys=0)))
    app.config["EXCHANGES"] = replace(app.config["EXCHANGES"], assertions=restless)
    assert job.gets()
    job.provider.keys.rotate()
    assert job.gets()
    assert job.provider.asked == [DISCOVERY, KEYS, DISCOVERY, KEYS]


def test_an_issuer_that_does_not_answer_is_told_of(sqlite_job: Job) -> None:
    sqlite_job.provider.instead[KEYS] = ("", 500)
    answer = sqlite_job.shows(sqlite_job.provider.ci_token(US))
    assert told(answer)[:2] == (503, "temporarily_unavailable")
    assert answer.headers["Retry-After"]


def test_a_disabled_account_gets_nothing(call: Caller, job: Job) -> None:
    call.by("admin").api("PATCH", "/service-accounts/ci", disabled=True)
    assert job.is_refused(job.provider.ci_token(US))[1:] == ("invalid_grant", "The service account is disabled.")


def test_a_revoked_publisher_gets_nothing_and_its_tokens_end(call: Caller, job: Job) -> None:
    secret = job.gets()
    (publisher,) = call.by("admin").api("GET", "/publishers")["publishers"]
    call.by("admin").api("DELETE", f"/publishers/{publisher['id']}")
    assert job.call(secret, "GET", "/registered-models/get", name="fraud") == 401
    assert job.is_refused(job.provider.ci_token(US))[2] == "The token's issuer is not trusted here."


def test_fewer_scopes_may_be_asked_for(job: Job) -> None:
    secret = job.gets(scope="read")
    assert job.call(secret, "GET", "/registered-models/get", name="fraud") == 200
    assert job.call(secret, "POST", "/model-versions/create", name="fraud", source="s3://bucket/2") == 403


@pytest.mark.parametrize("scope", ["all-apis", "all-apis offline_access", "read  register", ""])
def test_scopes_as_clients_write_them(sqlite_job: Job, scope: str) -> None:
    assert sqlite_job.gets(scope=scope)


@pytest.mark.parametrize("scope", ["manage", "read decide", "everything"])
def test_other_scopes_cannot_be_had(sqlite_job: Job, scope: str) -> None:
    assert sqlite_job.is_refused(sqlite_job.provider.ci_token(US), scope=scope)[:2] == (400, "invalid_scope")


@pytest.mark.parametrize("client_id", ["ci", "release"])
def test_a_client_id_names_the_account_or_the_publisher(job: Job, client_id: str) -> None:
    assert job.gets(client_id=client_id)


def test_another_client_id_is_refused(job: Job) -> None:
    said = job.is_refused(job.provider.ci_token(US), client_id="other")[2]
    assert said == "The token fits no trusted publisher that acts as this client_id."


def test_an_exchange_is_told_of_without_the_token(app: Flask, job: Job) -> None:
    token = job.provider.ci_token(US)
    secret = job.shows(token).json or {}
    job.is_refused(token)
    (event,) = events(app, Action.TOKEN_EXCHANGED)
    assert (event.actor, event.face, event.details["issuer"]) == ("ci", "oauth", job.provider.url)
    assert event.details["claims"]["workflow_ref"].startswith("acme/fraud/.github/workflows/release.yml")
    everything = str([each.details for action in Action for each in events(app, action)])
    for hidden in (token, token.rpartition(".")[2], secret["access_token"]):
        assert hidden not in everything


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "authorization_code", "code": "x"}, "unsupported_grant_type"),
        ({"grant_type": EXCHANGE}, "invalid_request"),
        ({"grant_type": EXCHANGE, "subject_token": "a.b.c"}, "invalid_request"),
        ({"grant_type": EXCHANGE, "subject_token": "a.b.c", "subject_token_type": "x"}, "invalid_request"),
        (
            {
                "grant_type": EXCHANGE,
                "subject_token": "a.b.c",
                "subject_token_type": JWT,
                "requested_token_type": "urn:ietf:params:oauth:token-type:refresh_token",
            },
            "invalid_request",
        ),
        (
            {"grant_type": EXCHANGE, "subject_token": "a.b.c", "subject_token_type": JWT, "actor_token": "a.b.c"},
            "invalid_request",
        ),
        ({"grant_type": EXCHANGE, "client_id": "a\x00"}, "invalid_request"),
        ({"grant_type": [EXCHANGE, EXCHANGE]}, "invalid_request"),
    ],
)
def test_a_form_that_is_wrong_is_told_so(sqlite_job: Job, form: dict[str, Any], error: str) -> None:
    assert told(sqlite_job.client.post(ENDPOINT, data=form))[:2] == (400, error)


def test_a_body_that_is_no_form_is_told_so(sqlite_job: Job) -> None:
    assert told(sqlite_job.client.post(ENDPOINT, json={"grant_type": EXCHANGE}))[1] == "invalid_request"


def test_a_large_form_is_not_read(sqlite_job: Job) -> None:
    assert told(sqlite_job.shows("a" * 70_000))[:2] == (413, "invalid_request")


def test_other_paths_of_the_face_need_credentials(sqlite_job: Job) -> None:
    answer = sqlite_job.client.get("/oidc/v1/authorize")
    assert told(answer)[:2] == (401, "invalid_client")
    assert answer.headers["WWW-Authenticate"].startswith("Basic")


def own_token(app: Flask, name: str = "ci", within: Limits = UNLIMITED) -> str:
    with app.app_context(), unit_of_work(db.engine, TEST) as session:
        return tokens.create(session, accounts.named(session, name), by=SYSTEM, limits=within).secret


def test_a_service_account_gets_a_short_token_for_its_long_one(app: Flask, job: Job) -> None:
    secret = own_token(app, within=limits(["read", "register"], "fraud"))
    answer = job.client.post(
        ENDPOINT, data={"grant_type": "client_credentials", "scope": "all-apis"}, auth=("ci", secret)
    )
    assert answer.json is not None
    assert (answer.status_code, answer.json["expires_in"], answer.json["scope"]) == (200, 900, "read register")
    short = answer.json["access_token"]
    assert job.call(short, "GET", "/registered-models/get", name="fraud") == 200
    assert job.call(short, "GET", "/registered-models/get", name="churn") == 404


def test_the_secret_may_come_in_the_form(app: Flask, job: Job) -> None:
    answer = job.post(grant_type="client_credentials", client_id="ci", client_secret=own_token(app))
    assert answer.status_code == 200


@pytest.mark.parametrize("spelled", ["build bot+1", "build+bot%2B1"])
def test_an_id_may_be_percent_encoded(app: Flask, job: Job, spelled: str) -> None:
    with app.app_context(), unit_of_work(db.engine, TEST) as session:
        accounts.create(session, "build bot+1", kind=Kind.SERVICE_ACCOUNT, by=SYSTEM)
    secret = own_token(app, "build bot+1")
    answer = job.client.post(ENDPOINT, data={"grant_type": "client_credentials"}, auth=(spelled, secret))
    assert answer.status_code == 200


def test_wrong_credentials_are_refused_as_a_client(app: Flask, job: Job) -> None:
    good, of_a_user = own_token(app), own_token(app, "alice")
    form = {"grant_type": "client_credentials"}
    for shown in (("ci", "x"), ("ci", tokens.new_secret()), ("other", good), ("alice", of_a_user), ("ci", "")):
        answer = job.client.post(ENDPOINT, data=form, auth=shown)
        assert told(answer)[:2] == (401, "invalid_client")
        assert answer.headers["WWW-Authenticate"].startswith("Basic")
    for headers in ({}, {"Authorization": f"Bearer {good}"}, {"Authorization": "Basic !"}):
        assert told(job.client.post(ENDPOINT, data=form, headers=headers))[:2] == (401, "invalid_client")


def test_more_than_the_secret_lets_through_cannot_be_had(app: Flask, job: Job) -> None:
    secret = own_token(app, within=limits(["read"]))
    answer = job.client.post(
        ENDPOINT, data={"grant_type": "client_credentials", "scope": "read manage"}, auth=("ci", secret)
    )
    assert told(answer)[:2] == (400, "invalid_scope")


def test_clients_find_their_way(sqlite_job: Job) -> None:
    config = sqlite_job.client.get("/.well-known/databricks-config").json
    assert config == {
        "oidc_endpoint": f"{US}/oidc",
        "workspace_id": "1",
        "token_federation_default_oidc_audiences": [US, US + ENDPOINT],
    }
    server = sqlite_job.client.get("/oidc/.well-known/oauth-authorization-server").json
    assert server is not None
    assert (server["issuer"], server["token_endpoint"]) == (f"{US}/oidc", US + ENDPOINT)
    assert server["grant_types_supported"] == [EXCHANGE, "client_credentials"]


@pytest.fixture(params=["sqlite_databases", "postgres_databases"])
def unnamed(request: pytest.FixtureRequest, provider: Provider) -> Iterator[Job]:
    """A job at a service that does not know where it is reached."""
    databases: SqliteDatabases | PostgresDatabases = request.getfixturevalue(request.param)
    with databases.copy() as url, serving(url) as opened:
        trust(opened, provider)
        yield Job(opened.test_client(), provider)


def test_a_service_that_was_told_no_address_goes_by_the_one_it_is_asked_at(unnamed: Job) -> None:
    config = unnamed.client.get("/.well-known/databricks-config", headers={"Host": "here.example:5000"}).json
    assert config is not None
    assert config["oidc_endpoint"] == "http://here.example:5000/oidc"
    assert config["token_federation_default_oidc_audiences"] == []


def test_nobody_chooses_by_a_header_for_whom_a_token_must_be_meant(unnamed: Job) -> None:
    token = unnamed.provider.ci_token("http://other.example")
    form = {"grant_type": EXCHANGE, "subject_token": token, "subject_token_type": JWT}
    answer = unnamed.client.post(ENDPOINT, data=form, headers={"Host": "other.example"})
    assert told(answer)[:2] == (400, "invalid_grant")
    assert "ASSENT_PUBLIC_URL" in told(answer)[2]
    assert unnamed.provider.asked == []


def test_audiences_may_be_named_instead(sqlite_databases: SqliteDatabases, provider: Provider) -> None:
    with sqlite_databases.copy() as url, serving(url, public_url=US, oidc_audiences=frozenset({"assent"})) as opened:
        trust(opened, provider)
        job = Job(opened.test_client(), provider)
        assert job.shows(provider.ci_token("assent")).status_code == 200
        assert job.shows(provider.ci_token(US)).status_code == 400
