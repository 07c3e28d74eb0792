"""The token endpoint: a CI's token, or one of a service account's, in exchange for one that soon expires."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote_plus

from flask import Response, g, request

from assent.access.credentials.tokens import NewToken
from assent.access.policy.levels import Scope
from assent.access.publishing import exchange, publishers
from assent.access.publishing.claims import as_text
from assent.access.publishing.exchange import Assertion
from assent.database import READING, db, reading, refusals_recorded, unit_of_work
from assent.http.assertions import issuer_of
from assent.http.calls import Uses, json_response
from assent.kernel.errors import Denied, Unauthenticated
from assent.oauth import schemas as s
from assent.oauth.errors import NoToken
from assent.oauth.face import TOKEN, exchanges, oauth
from assent.oauth.inputs import FORM
from assent.registry import publishing


@oauth.call(
    "POST",
    TOKEN,
    takes=s.TokenRequest(),
    body_media_type=FORM,
    gives=s.Issued(),
    errors=(400, 401),
    uses=Uses.NOTHING,
    needs_credentials=False,
)
def exchange_token(grant_type: str, **shown: str) -> Response:
    """Exchange the token of a CI, or of a service account, for one that lasts a quarter of an hour at most.

    With the grant type token-exchange (RFC 8693) subject_token is the signed token of a CI job, which fits a
    trusted publisher; client_id, where several fit, is the name or the id of the service account to act as, or
    the name of a publisher. With client_credentials client_id is the name or the id of a service account, and
    client_secret one of its tokens; they may come as HTTP Basic. The scope is `all-apis`, for all that is let
    through, or some of read, register, request, decide and manage.
    """
    scopes = _scopes(shown.get("scope", s.ALL))
    match grant_type:
        case s.TOKEN_EXCHANGE:
            return _for_assertion(_subject_token(shown), shown.get("client_id"), scopes)
        case s.CLIENT_CREDENTIALS:
            return _for_token(*_client(shown), scopes)
    grants = f"{s.TOKEN_EXCHANGE} and {s.CLIENT_CREDENTIALS}"
    raise NoToken("unsupported_grant_type", f"The grant types are {grants}.")


def _for_assertion(token: str, client_id: str | None, scopes: frozenset[Scope] | None) -> Response:
    with _told_as("invalid_grant"):
        with refusals_recorded(db.engine, g.origin):
            shown = _believed(token)
        with unit_of_work(db.engine, g.origin) as session:
            sign_in = exchanges().sign_in
            return _answer(publishing.redeem(session, shown, client_id=client_id, scopes=scopes, sign_in=sign_in))


def _believed(token: str) -> Assertion:
    """The token, verified. Nobody is asked for keys whom no publisher names. Raises Unauthenticated."""
    ours = exchanges()
    issuer = issuer_of(token)
    told: dict[str, object] = {"issuer": as_text(issuer)}
    with reading(db.engines[READING], g.origin) as connection:
        are_trusted = publishers.are_trusted(connection, issuer)
    if not are_trusted:
        raise Unauthenticated("The token's issuer is not trusted here.", details=told)
    if not ours.audiences:
        message = "No token can be meant for this server: it lacks its ASSENT_PUBLIC_URL, or ASSENT_OIDC_AUDIENCES."
        raise Unauthenticated(message, details=told)
    try:
        claims = ours.assertions.verified(token, issuer=issuer, audiences=frozenset(ours.audiences))
    except Unauthenticated as refusal:
        raise Unauthenticated(refusal.message, details=told) from None
    return Assertion.of(token, claims)


def _for_token(client_id: str, secret: str, scopes: frozenset[Scope] | None) -> Response:
    with _told_as("invalid_client"):
        with reading(db.engines[READING], g.origin) as connection:
            by = exchanges().sign_in.by_token(connection, secret).principal
        # In HTTP Basic the RFC wants it percent-encoded, and many clients do not.
        spelled = client_id if client_id in (by.name, str(by.id)) else unquote_plus(client_id)
        with unit_of_work(db.engine, g.origin, by=by) as session:
            return _answer(exchange.of_token(session, by, client_id=spelled, scopes=scopes))


def _subject_token(shown: dict[str, str]) -> str:
    token, kind = shown.get("subject_token"), shown.get("subject_token_type")
    if token is None or kind not in s.SUBJECT_TOKENS:
        kinds = " or ".join(s.SUBJECT_TOKENS)
        raise NoToken("invalid_request", f"Give a subject_token, and {kinds} as its subject_token_type.")
    if shown.get("requested_token_type", s.ACCESS_TOKEN) != s.ACCESS_TOKEN or "actor_token" in shown:
        raise NoToken("invalid_request", "There are only access tokens, for nobody but the subject itself.")
    return token


def _client(shown: dict[str, str]) -> tuple[str, str]:
    if "Authorization" in request.headers:
        basic = request.authorization
        if basic is not None and basic.type == "basic" and basic.username and basic.password:
            return basic.username, basic.password
    elif "client_id" in shown and "client_secret" in shown:
        return shown["client_id"], shown["client_secret"]
    raise NoToken("invalid_client", "Give client_id and client_secret, as HTTP Basic or in the form.")


def _scopes(text: str) -> frozenset[Scope] | None:
    asked = text.split()
    if s.ALL in asked:
        return None
    try:
        return frozenset(map(Scope, asked)) or None
    except ValueError:
        raise NoToken("invalid_scope", f"The scopes are {s.ALL}, {', '.join(Scope)}.") from None


def _answer(made: NewToken) -> Response:
    token = made.token
    lasts = (token.expires_at or token.created_at) - token.created_at
    answer: dict[str, Any] = {
        "access_token": made.secret,
        "issued_token_type": s.ACCESS_TOKEN,
        "token_type": "Bearer",
        "expires_in": lasts // 1000,
        "scope": s.ALL if token.scopes is None else " ".join(token.scopes),
    }
    return json_response(answer)


@contextmanager
def _told_as(code: str) -> Iterator[None]:
    try:
        yield
    except Unauthenticated as refusal:
        raise NoToken(code, refusal.message) from None
    except Denied as refusal:
        raise NoToken("invalid_scope", refusal.message) from None
