"""Signing in through an identity provider: OpenID Connect's code flow with PKCE, by Authlib.

What is begun is kept in the browser's own signed cookie: its state, its nonce and the proof for PKCE.
"""

import time
from collections.abc import Collection, Mapping
from typing import Any

import flask
import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import FlaskIntegration, FlaskOAuth2App
from authlib.oidc.core import CodeIDToken, UserInfo
from joserfc.errors import JoseError

from assent.access.signing_in.identities import Shown
from assent.http.assertions import Assertions
from assent.http.fetching import json_object
from assent.http.providers import Provider
from assent.kernel.addresses import is_on_this_machine
from assent.kernel.errors import Unauthenticated, Unavailable

_FRESH_SECONDS = 60 * 60
_MOST_BEGUN = 3
# Timeouts, no redirects, and no proxy for what is not encrypted: as with everything that is fetched.
_CAREFULLY: Mapping[str, Any] = {"timeout": (5, 10), "allow_redirects": False, "proxies": {"http": ""}}

_NEEDED = ("authorization_endpoint", "token_endpoint")
_ENDPOINTS = (*_NEEDED, "userinfo_endpoint", "end_session_endpoint")
# How this registry shows its own secret to the provider: as the standard has it, or as some want it.
_BASIC, _POST = "client_secret_basic", "client_secret_post"

_NOT_BEGUN = (
    "This sign-in was not begun in this browser, was finished already, or took longer than an hour. "
    "Please start it again."
)
_WHY = {
    "access_denied": "you or an administrator there did not allow it",
    "login_required": "you are not signed in there",
    "interaction_required": "it needs something from you that was not asked for",
    "consent_required": "it needs your consent",
    "temporarily_unavailable": "it cannot do so at the moment",
    "server_error": "it has a fault",
    "unauthorized_client": "it does not know this registry under the client_id that is configured",
    "invalid_client": "it does not accept the client_id and secret that are configured",
    "invalid_scope": "it does not know the scopes that are configured",
    "invalid_grant": "the sign-in was finished already, or took too long",
}


class Door:
    """The way in through one provider."""

    def __init__(self, provider: Provider, assertions: Assertions) -> None:
        self.provider = provider
        self._app = _App(provider, assertions)

    def begin(self, redirect_uri: str, **kept: str) -> str:
        """Where to send the browser to; `kept` is given back in the end. Raises Unavailable."""
        asked = self._app.create_authorization_url(redirect_uri)
        url: str = asked.pop("url")
        _forget_but(_MOST_BEGUN - 1)
        self._app.save_authorize_data(redirect_uri=redirect_uri, **asked, **kept)
        return url

    def finish(self, answer: Mapping[str, str]) -> tuple[Shown, Mapping[str, str]]:
        """Who signed in, by the answer that the browser brings back; and what was kept.

        Raises Unauthenticated, and Unavailable when the provider does not answer.
        """
        _forget_but(_MOST_BEGUN)
        state = answer.get("state", "")
        kept: Mapping[str, str] | None = self._app.framework.get_state_data(flask.session, state)
        self._must_be_from_here(answer, kept)
        try:
            token = self._app.authorize_access_token(**_CAREFULLY)
            return self._shown(token), kept or {}
        except OAuthError as problem:
            raise Unauthenticated(self._refusal(problem.error)) from problem
        except requests.RequestException as problem:
            raise self.unavailable() from problem
        except (ValueError, TypeError, KeyError, AttributeError) as problem:
            # Authlib's ways to say that the provider's answer is none.
            raise Unavailable(f"{self.provider.title} answered with something that is no answer.") from problem
        finally:
            self._app.framework.clear_state_data(flask.session, state)

    def sign_out_address(self, back_to: str) -> str | None:
        """Where a browser is signed out of the provider itself, if it is to be. Raises Unavailable."""
        if not self.provider.sign_out or "end_session_endpoint" not in self._app.load_server_metadata():
            return None
        url: str = self._app.create_logout_url(back_to, client_id=self.provider.client_id)["url"]
        return url

    def unavailable(self) -> Unavailable:
        """The error when the provider does not answer."""
        return Unavailable(f"{self.provider.title} does not answer now. Try again in a moment.")

    def _must_be_from_here(self, answer: Mapping[str, str], kept: Mapping[str, str] | None) -> None:
        if kept is None:
            raise Unauthenticated(_NOT_BEGUN)
        # RFC 9207: no other provider answers in the place of the one that was asked.
        if answer.get("iss", self.provider.issuer) != self.provider.issuer:
            raise Unauthenticated("Another identity provider answered than the one that was asked.")

    def _refusal(self, error: object) -> str:
        # What the address says anybody may have written, so only words that we know are repeated.
        known = str(error) in _WHY
        why = f"{_WHY[str(error)]} ({error})" if known else "of a reason that nobody here knows"
        return f"{self.provider.title} did not sign you in, because {why}."

    def _shown(self, token: Mapping[str, Any]) -> Shown:
        claims = token.get("userinfo")
        if not claims:
            raise Unauthenticated(f"{self.provider.title} sent no ID token.")
        claims = self._completed(dict(claims), token)
        return shown(self.provider, claims)

    def _completed(self, claims: dict[str, Any], token: Mapping[str, Any]) -> dict[str, Any]:
        """The claims, with those of the provider's own page where the ID token leaves out what is asked for."""
        names, wanted = self.provider.username_claims, self.provider.groups_claim
        is_whole = any(name in claims for name in names) and (wanted is None or wanted in claims)
        if is_whole or "userinfo_endpoint" not in self._app.load_server_metadata():
            return claims
        more = self._app.userinfo(token=token, **_CAREFULLY)
        if more.get("sub") != claims["sub"]:
            raise Unauthenticated(f"{self.provider.title} told of somebody else than who signed in.")
        return {**more, **claims}


def shown(provider: Provider, claims: Mapping[str, Any]) -> Shown:
    """Whom claims are of, as the provider's part of the file says. Raises Unauthenticated."""
    subject = claims.get("sub")
    if not isinstance(subject, str) or not subject:
        raise Unauthenticated(f"{provider.title} did not tell who signed in.")
    for claim in provider.username_claims:
        name = claims.get(claim)
        if isinstance(name, str) and name.strip() and _is_theirs(claim, claims, provider):
            break
    else:
        raise Unauthenticated(
            f"{provider.title} did not tell what to call you: it gave none of {', '.join(provider.username_claims)}. "
            "An administrator can choose another claim by username_claim in the file of identity providers."
        )
    groups = None if provider.groups_claim is None else _texts(claims.get(provider.groups_claim))
    return Shown(provider.issuer, subject, name.strip(), groups, provider.link_existing)


def _is_theirs(claim: str, claims: Mapping[str, Any], provider: Provider) -> bool:
    """Whether an address may be somebody's name: anybody could give one that nobody has verified.

    Providers that say nothing of it are believed, but not where the name gets somebody an account that is there.
    """
    if claim != "email":
        return True
    verified = claims.get("email_verified")
    return verified is True or (verified is None and not provider.link_existing)


def _texts(value: object) -> Collection[str]:
    listed = value if isinstance(value, list) else [value]
    return [each for each in listed if isinstance(each, str)]


class _App(FlaskOAuth2App):
    """Authlib's client, which here believes a token only when everything about it is right."""

    def __init__(self, provider: Provider, assertions: Assertions) -> None:
        super().__init__(
            FlaskIntegration(provider.name),
            provider.name,
            client_id=provider.client_id,
            client_secret=provider.client_secret,
            client_kwargs={"scope": " ".join(provider.scopes), "code_challenge_method": "S256"},
        )
        self._provider = provider
        self._assertions = assertions
        self._loaded_at = 0.0

    def load_server_metadata(self) -> dict[str, Any]:
        """What the provider says about itself, from within the last hour. Raises Unavailable."""
        if not self.server_metadata or time.monotonic() - self._loaded_at > _FRESH_SECONDS:
            self.server_metadata = _about(self._provider.issuer)
            self._loaded_at = time.monotonic()
        about: dict[str, Any] = self.server_metadata
        return about

    def parse_id_token(
        self,
        token: Any,
        nonce: Any,
        claims_options: Any = None,  # noqa: ARG002 (Authlib's)
        claims_cls: Any = None,  # noqa: ARG002 (likewise)
        leeway: int = 0,  # noqa: ARG002 (likewise)
    ) -> UserInfo:
        """The claims of the ID token. Raises Unauthenticated."""
        issuer, us = self._provider.issuer, self.client_id
        claims = self._assertions.verified(str(token["id_token"]), issuer=issuer, audiences={us})
        try:
            CodeIDToken(claims, {}, params={"nonce": nonce, "client_id": us}).validate(leeway=self._assertions.leeway)
        except JoseError as problem:
            raise Unauthenticated(_of_another(str(getattr(problem, "claim", "")))) from problem
        return UserInfo(claims)


def _of_another(claim: str) -> str:
    if claim == "nonce":
        return "The token is of another sign-in."
    if claim == "azp":
        return "The token was made for another client than this registry."
    return f"The token's {claim or 'content'} is not as it should be."


def _about(issuer: str) -> dict[str, Any]:
    unencrypted = is_on_this_machine(issuer)
    told = json_object(f"{issuer.rstrip('/')}/.well-known/openid-configuration", unencrypted=unencrypted)
    if told.get("issuer") != issuer:
        raise Unavailable(f"The document of {issuer} is about another issuer.")
    # Only these: Authlib would take words of the document, such as `verify`, for settings of its own.
    about = {name: told[name] for name in _ENDPOINTS if _is_safe(told.get(name), unencrypted)}
    if missing := [name for name in _NEEDED if name not in about]:
        raise Unavailable(f"The document of {issuer} has no {missing[0]} that begins with https.")
    if _BASIC not in (told.get("token_endpoint_auth_methods_supported") or [_BASIC]):
        about["token_endpoint_auth_method"] = _POST
    return about


def _is_safe(url: object, unencrypted: bool) -> bool:
    return isinstance(url, str) and (url.startswith("https://") or (unencrypted and is_on_this_machine(url)))


def _forget_but(most: int) -> None:
    """Keep the last few sign-ins that were begun and are not over: a cookie has room for no more."""
    begun = {key: kept["exp"] for key, kept in flask.session.items() if key.startswith("_state_")}
    going_on = [key for key in sorted(begun, key=begun.__getitem__) if begun[key] > time.time()]
    for key in begun.keys() - set(going_on[-most:]):
        flask.session.pop(key)
