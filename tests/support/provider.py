"""An identity provider on a loopback port: OpenID Connect for people, signed tokens for CI jobs, and bad ones too."""

import base64
import hashlib
import secrets
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlencode

from flask import Flask, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from support.signing import Flaw, SigningKeys, from_now

CLIENT_ID = "assent"
CLIENT_SECRET = "secret-of-the-client"

DISCOVERY = "/.well-known/openid-configuration"
KEYS = "/keys"
AUTHORIZE = "/authorize"
TOKEN = "/token"
USERINFO = "/userinfo"
END_SESSION = "/end-session"
# Where a job of GitHub Actions asks for its token, and what it shows there.
ACTIONS = "/actions/token"
OF_THE_RUNNER = "secret-of-the-runner"


@dataclass(frozen=True)
class _Grant:
    claims: Mapping[str, object]
    nonce: str | None
    redirect_uri: str
    challenge: str


class Provider:
    """A running provider, which signs everybody in as `person`. It ends with its `with` block and with this process.

    `flaw` is what is wrong with the ID tokens from now on; `refuses` an error with which sign-ins end; `instead`
    has answers, such as `("", 503)`, that a path gives in place of its own; `asked` lists the paths of all requests.
    """

    def __init__(self) -> None:
        self.keys = SigningKeys()
        self.person: dict[str, object] = {}
        self.flaw: Flaw | None = None
        self.refuses: str | None = None
        self.instead: dict[str, ResponseReturnValue] = {}
        self.asked: list[str] = []
        self.signs_in()
        self._grants: dict[str, _Grant] = {}
        self._known: dict[str, Mapping[str, object]] = {}
        self._held: dict[str, threading.Event] = {}
        self._app = _app_of(self)
        self._server: BaseWSGIServer | None = None
        self._port = 0
        self.listen()

    @property
    def url(self) -> str:
        """The issuer."""
        return f"http://127.0.0.1:{self._port}"

    def signs_in(self, name: str = "carol", **claims: object) -> None:
        """Let the next who sign in be this person; None leaves a claim out."""
        usual: dict[str, object] = {
            "sub": f"id-of-{name}",
            "preferred_username": name,
            "name": name.title(),
            "email": f"{name}@example.com",
            "email_verified": True,
            "groups": [],
        }
        self.person = {claim: value for claim, value in (usual | claims).items() if value is not None}

    def ci_token(
        self,
        audience: str | list[str] | None,
        *,
        algorithm: str = "RS256",
        flaw: Flaw | None = None,
        header: Mapping[str, object] | None = None,
        **claims: object,
    ) -> str:
        """The token of a CI job, with the claims that GitHub gives one; None leaves a claim out."""
        usual: dict[str, object] = {
            "iss": self.url,
            "aud": audience,
            "jti": str(uuid.uuid4()),
            "sub": "repo:acme/fraud:environment:production",
            "repository": "acme/fraud",
            "repository_owner": "acme",
            "ref": "refs/heads/main",
            "ref_type": "branch",
            "sha": "5f2c1d0e8b7a69584736251403f2e1d0c9b8a796",
            "workflow_ref": "acme/fraud/.github/workflows/release.yml@refs/heads/main",
            "job_workflow_ref": "acme/fraud/.github/workflows/release.yml@refs/heads/main",
            "environment": "production",
            "event_name": "push",
            "actor": "carol",
            "run_id": "17",
            "run_attempt": "1",
        }
        return self.keys.signed(usual | from_now() | claims, algorithm=algorithm, flaw=flaw, header=header)

    def listen(self) -> None:
        """Answer again, under the same URL as before."""
        self._server = make_server("127.0.0.1", self._port, self._app, threaded=True, request_handler=_Silent)
        self._port = self._server.port
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        """Let nobody connect any more. Stopping twice is no error."""
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    @contextmanager
    def holding(self, path: str) -> Iterator[None]:
        """Answer nobody who asks for the path before the block ends."""
        self._held[path] = ended = threading.Event()
        try:
            yield
        finally:
            del self._held[path]
            ended.set()

    def wait_until_asked(self, path: str, *, times: int) -> None:
        """Wait until so many requests came for the path. Raises TimeoutError after 5 seconds."""
        deadline = time.monotonic() + 5
        while self.asked.count(path) < times:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{path} was asked for {self.asked.count(path)} times")
            time.sleep(0.01)

    def answer_before(self, path: str) -> ResponseReturnValue | None:
        """What a path gives in place of its own answer; the request is noted, and held when it is to be."""
        self.asked.append(path)
        if held := self._held.get(path):
            held.wait(30)
        return self.instead.get(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def discovery(self) -> dict[str, object]:
        """What the provider tells about itself."""
        return {
            "issuer": self.url,
            "authorization_endpoint": self.url + AUTHORIZE,
            "token_endpoint": self.url + TOKEN,
            "userinfo_endpoint": self.url + USERINFO,
            "end_session_endpoint": self.url + END_SESSION,
            "jwks_uri": self.url + KEYS,
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "scopes_supported": ["openid", "profile", "email", "groups"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "code_challenge_methods_supported": ["S256"],
        }

    def authorize(self) -> ResponseReturnValue:
        """Approve, as the person who signs in, and send the browser back with a code."""
        asked = request.args
        back = asked.get("redirect_uri", "")
        if asked.get("client_id") != CLIENT_ID or not back:
            return {"error": "invalid_client"}, 400
        answer = {"state": asked["state"]} if "state" in asked else {}
        if error := self.refuses or _fault_of(asked):
            return redirect(f"{back}?{urlencode(answer | {'error': error})}")
        code = secrets.token_urlsafe()
        self._grants[code] = _Grant(self.person, asked.get("nonce"), back, asked["code_challenge"])
        return redirect(f"{back}?{urlencode(answer | {'code': code})}")

    def token(self) -> ResponseReturnValue:
        """Exchange a code, once, for an ID token and an access token."""
        given = request.form
        if _client() != (CLIENT_ID, CLIENT_SECRET):
            return {"error": "invalid_client"}, 401
        if given.get("grant_type") != "authorization_code":
            return {"error": "unsupported_grant_type"}, 400
        grant = self._grants.pop(given.get("code", ""), None)
        proof = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(proof).rstrip(b"=").decode()
        if not grant or (given.get("redirect_uri"), challenge) != (grant.redirect_uri, grant.challenge):
            return {"error": "invalid_grant"}, 400
        access = secrets.token_urlsafe()
        self._known[access] = grant.claims
        claims = {"iss": self.url, "aud": CLIENT_ID, "nonce": grant.nonce, **grant.claims, **from_now()}
        return {
            "id_token": self.keys.signed(claims, flaw=self.flaw),
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": 300,
        }

    def userinfo(self) -> ResponseReturnValue:
        """Tell the claims of the person whose access token this is."""
        shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if shown not in self._known:
            return {"error": "invalid_token"}, 401
        return dict(self._known[shown])

    def actions(self) -> ResponseReturnValue:
        """Give a job of GitHub Actions the token that it asks for."""
        if request.headers.get("Authorization") != f"Bearer {OF_THE_RUNNER}":
            return {"message": "Bad credentials"}, 401
        return {"count": 1, "value": self.ci_token(request.args.get("audience"), flaw=self.flaw)}

    def in_actions(self) -> dict[str, str]:
        """What a job of GitHub Actions has in its environment to ask for its token."""
        return {
            "ACTIONS_ID_TOKEN_REQUEST_URL": f"{self.url}{ACTIONS}?api-version=2.0",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": OF_THE_RUNNER,
        }

    def end_session(self) -> ResponseReturnValue:
        """Send the browser back to where it says."""
        state = {"state": request.args["state"]} if "state" in request.args else {}
        return redirect(f"{request.args['post_logout_redirect_uri']}?{urlencode(state)}")


class _Silent(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 (werkzeug's name)
        """Nothing: what was asked is counted."""


def _app_of(provider: Provider) -> Flask:
    app = Flask("provider")

    @app.before_request
    def _before() -> ResponseReturnValue | None:
        return provider.answer_before(request.path)

    app.get(DISCOVERY)(provider.discovery)
    app.get(KEYS)(lambda: {"keys": provider.keys.listed()})
    app.get(AUTHORIZE)(provider.authorize)
    app.post(TOKEN)(provider.token)
    app.get(USERINFO)(provider.userinfo)
    app.get(ACTIONS)(provider.actions)
    app.get(END_SESSION)(provider.end_session)
    return app


def _fault_of(asked: Mapping[str, str]) -> str | None:
    if asked.get("response_type") != "code":
        return "unsupported_response_type"
    if "openid" not in asked.get("scope", "").split():
        return "invalid_scope"
    if asked.get("code_challenge_method") != "S256" or not asked.get("code_challenge"):
        return "invalid_request"
    return None


def _client() -> tuple[str | None, str | None]:
    shown = request.authorization
    if shown and shown.type == "basic":
        return shown.username, shown.password
    return request.form.get("client_id"), request.form.get("client_secret")
