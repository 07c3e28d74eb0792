"""Whose signed tokens are believed."""

import base64
import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assent.http.assertions import LARGEST, Assertions, issuer_of
from assent.http.issuers import Issuers, Times
from assent.kernel.errors import Unauthenticated, Unavailable
from support.provider import Provider
from support.signing import Flaw, compact

US = "https://assent.example"
FOR_US = {US, "assent"}
# Looks again whenever a token names a key that it does not know.
RESTLESS = Times(pause=0, pause_without_keys=0)


@pytest.fixture
def provider() -> Iterator[Provider]:
    """An identity provider of the test's own."""
    with Provider() as running:
        yield running


def claims_of(token: str, provider: Provider, assertions: Assertions | None = None) -> dict[str, Any]:
    assertions = assertions or restless()
    return dict(assertions.verified(token, issuer=provider.url, audiences=FOR_US))


def refusal_of(token: str, provider: Provider) -> str:
    with pytest.raises(Unauthenticated) as refused:
        claims_of(token, provider)
    return refused.value.message


def restless() -> Assertions:
    return Assertions(Issuers(RESTLESS))


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA", "Ed25519"])
def test_a_token_that_its_issuer_signed_is_believed(provider: Provider, algorithm: str) -> None:
    token = provider.ci_token(US, algorithm=algorithm, jti="1", repository="acme/churn")
    claims = claims_of(token, provider)
    assert (claims["iss"], claims["jti"], claims["repository"]) == (provider.url, "1", "acme/churn")


@pytest.mark.parametrize(
    ("flaw", "said"),
    [
        (Flaw.EXPIRED, "The token has expired."),
        (Flaw.WRONG_AUDIENCE, "The token is meant for another audience."),
        (Flaw.WRONG_ISSUER, "The token comes from another issuer."),
        (Flaw.UNKNOWN_KEY, "The token is signed with a key that its issuer does not have."),
        (Flaw.FORGED, "The token's signature is wrong."),
        (Flaw.ALTERED, "The token's signature is wrong."),
        (Flaw.UNSIGNED, "The token is signed in a way that is not accepted."),
        (Flaw.PUBLIC_KEY_AS_SECRET, "The token is signed in a way that is not accepted."),
    ],
)
def test_a_flawed_token_is_refused(provider: Provider, flaw: Flaw, said: str) -> None:
    assert refusal_of(provider.ci_token(US, flaw=flaw), provider) == said


@pytest.mark.parametrize("algorithm", ["none", "None", "HS256", "HS512", "ES512", "RSA1_5", "", 7, None, ["RS256"]])
def test_no_key_is_fetched_for_an_algorithm_that_is_not_accepted(provider: Provider, algorithm: object) -> None:
    refusal_of(provider.ci_token(US, header={"alg": algorithm}), provider)
    assert provider.asked == []


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "ES256"},
        {"alg": "EdDSA"},
        {"alg": "PS256"},
        {"kid": None},
        {"kid": 7},
        {"kid": "p256-0"},
        {"crit": ["exp"], "exp": 1},
        {"crit": "b64"},
        {"crit": ["b64"], "b64": False},
        {"b64": True},
        {"x5u": 7},
    ],
)
def test_a_header_that_says_anything_odd_is_refused(provider: Provider, header: dict[str, object]) -> None:
    assert claims_of(provider.ci_token(US), provider)
    refusal_of(provider.ci_token(US, header=header), provider)


def test_a_key_that_a_token_brings_along_is_not_used(provider: Provider) -> None:
    brought = {"jwk": provider.keys.listed()[0], "jku": "https://issuer.example/keys"}
    token = provider.ci_token(US, flaw=Flaw.UNKNOWN_KEY, header=brought)
    assert refusal_of(token, provider) == "The token is signed with a key that its issuer does not have."


def test_a_header_that_nobody_knows_is_ignored(provider: Provider) -> None:
    assert claims_of(provider.ci_token(US, header={"x-trace": "1"}), provider)


@pytest.mark.parametrize(
    ("audience", "is_ours"),
    [
        (US, True),
        ("assent", True),
        (["somebody", "assent"], True),
        ("somebody", False),
        (["somebody"], False),
        (US + "/", False),
        ("", False),
        ([], False),
        (None, False),
        ({US: US}, False),
        ([US, 7], False),
        (7, False),
    ],
)
def test_a_token_must_be_meant_for_us(provider: Provider, audience: Any, is_ours: bool) -> None:
    token = provider.ci_token(audience)
    if is_ours:
        assert claims_of(token, provider)["aud"] == audience
    else:
        refusal_of(token, provider)


def test_without_an_audience_of_ours_no_token_is_meant_for_us(provider: Provider) -> None:
    with pytest.raises(Unauthenticated):
        restless().verified(provider.ci_token(US), issuer=provider.url, audiences=frozenset())


@pytest.mark.parametrize("claim", ["iss", "aud", "exp", "iat"])
def test_a_token_must_tell_the_claims_that_are_checked(provider: Provider, claim: str) -> None:
    left_out: dict[str, Any] = {claim: None}
    token = provider.ci_token(US, **left_out) if claim != "aud" else provider.ci_token(None)
    assert refusal_of(token, provider) == f"The token does not tell its {claim}."


def test_a_token_need_not_tell_from_when_it_is_valid(provider: Provider) -> None:
    assert "nbf" not in claims_of(provider.ci_token(US, nbf=None), provider)


@pytest.mark.parametrize(
    ("claim", "seconds", "said"),
    [
        ("exp", -50, None),
        ("exp", -70, "The token has expired."),
        ("nbf", 50, None),
        ("nbf", 70, "The token is not valid yet."),
        ("iat", 50, None),
        ("iat", 70, "The token was issued in the future."),
        ("exp", 24 * 3600 - 200, None),
        ("exp", 24 * 3600 + 1, "The token is valid for longer than 86400 seconds."),
    ],
)
def test_clocks_may_differ_by_a_minute_and_a_token_last_a_day(
    provider: Provider, claim: str, seconds: int, said: str | None
) -> None:
    now = int(time.time())
    times: dict[str, Any] = {"iat": now - 100, claim: now + seconds}
    token = provider.ci_token(US, **times)
    if said is None:
        assert claims_of(token, provider)
    else:
        assert refusal_of(token, provider) == said


@pytest.mark.parametrize("value", ["1", True, [1], {}, float("nan"), float("inf"), 10**400])
@pytest.mark.parametrize("claim", ["exp", "iat", "nbf"])
def test_a_time_that_is_none_is_refused(provider: Provider, claim: str, value: object) -> None:
    claims: dict[str, Any] = {claim: value}
    refusal_of(provider.ci_token(US, **claims), provider)


def test_a_time_may_have_a_fraction(provider: Provider) -> None:
    assert claims_of(provider.ci_token(US, iat=time.time(), exp=time.time() + 60.5), provider)


@pytest.mark.parametrize("claim", ["iss", "sub", "jti"])
@pytest.mark.parametrize("value", [7, ["a"], {"a": "b"}])
def test_a_name_that_is_no_text_is_refused(provider: Provider, claim: str, value: object) -> None:
    claims: dict[str, Any] = {claim: value}
    refusal_of(provider.ci_token(US, **claims), provider)


def test_a_token_of_one_issuer_is_not_believed_of_another(provider: Provider) -> None:
    with Provider() as other:
        other.keys.rotate()
        token = provider.ci_token(US, iss=other.url)
        with pytest.raises(Unauthenticated):
            restless().verified(token, issuer=other.url, audiences=FOR_US)
        with pytest.raises(Unauthenticated):
            restless().verified(token, issuer=provider.url, audiences=FOR_US)


def encoded(text: bytes) -> str:
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "..",
        "a.b",
        "a.b.c",
        "a.b.c.d.e",
        "é.é.é",
        "\x00.\x00.\x00",
        "\ud800",
        f"{encoded(b'[]')}.{encoded(b'{}')}.",
        f"{encoded(b'7')}.{encoded(b'{}')}.",
        encoded(b'["alg"]') + "." + encoded(b"{}") + ".",
        encoded(b'"alg"') + "." + encoded(b"{}") + ".",
        encoded(b'{"alg":"RS256","b64":false}') + ".e30.",
        encoded(b'{"alg":"RS256"}') + "." + encoded(b"[]") + ".",
        encoded(b'{"alg":"RS256"}') + "." + encoded(b"\xff") + ".",
        encoded(b'{"alg":"RS256"}') + "." + encoded(b"[" * 5000) + ".",
        encoded(b"[" * 2000) + "." + encoded(b"{}") + ".",
        encoded(b'{"alg":"RS256"}') + "." + encoded(b"1" * 5000) + ".",
    ],
    ids=range(19),
)
def test_garbage_is_no_token(token: str) -> None:
    for read in (issuer_of, lambda text: restless().verified(text, issuer="https://a.example", audiences=FOR_US)):
        with pytest.raises(Unauthenticated, match="The token is no signed JWT"):
            read(token)


@given(st.lists(st.text(st.sampled_from('abAB019_-=.{}"é'), max_size=20), max_size=5).map(".".join))
@settings(max_examples=300, deadline=None, database=None)
def test_whatever_is_shown_is_refused_in_words(token: str) -> None:
    with pytest.raises(Unauthenticated):
        issuer_of(token)


_json = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists, max_leaves=4)


@given(
    st.dictionaries(st.sampled_from(["alg", "kid", "typ", "crit", "b64", "x5c", "jwk", "zip"]), _json),
    _json | st.dictionaries(st.sampled_from(["iss", "aud", "exp", "iat", "nbf"]), _json),
    st.binary(max_size=20),
)
@settings(max_examples=300, deadline=None, database=None)
def test_a_token_of_anything_is_refused_in_words(header: dict[str, object], claims: object, signature: bytes) -> None:
    token = compact({"alg": "RS256", "kid": 7} | header, claims, lambda _: signature)
    with pytest.raises((Unauthenticated, Unavailable)):
        restless().verified(token, issuer="http://issuer.example", audiences=FOR_US)


def test_a_large_token_is_refused_unread(provider: Provider) -> None:
    assert claims_of(provider.ci_token(US, filling="x" * (LARGEST // 2)), provider)
    assert refusal_of(provider.ci_token(US, filling="x" * LARGEST), provider).startswith("The token is larger than")
    assert len(provider.asked) == 2


def test_a_refusal_repeats_nothing_of_the_token(provider: Provider) -> None:
    for flaw in Flaw:
        if flaw is not Flaw.WRONG_NONCE:
            said = refusal_of(
                provider.ci_token("sEcReT", jti="sEcReT", flaw=flaw, header={"kid": "sEcReT"}), provider
            )
            assert "sEcReT" not in said


def test_a_token_tells_whose_it_says_it_is(provider: Provider) -> None:
    assert issuer_of(provider.ci_token(US, flaw=Flaw.UNSIGNED)) == provider.url


@pytest.mark.parametrize("issuer", [None, 7, ["https://a.example"]])
def test_a_token_that_does_not_tell_whose_it_is_is_refused(provider: Provider, issuer: object) -> None:
    with pytest.raises(Unauthenticated):
        issuer_of(provider.ci_token(US, iss=issuer))


@pytest.mark.parametrize(
    "parameters", [{"use": "enc"}, {"alg": "RS512"}, {"alg": "HS256"}, {"key_ops": ["encrypt"]}], ids=str
)
def test_a_key_for_something_else_verifies_nothing(provider: Provider, parameters: dict[str, object]) -> None:
    provider.keys.parameters = parameters
    assert refusal_of(provider.ci_token(US), provider) == "The token's signature is wrong."


@pytest.mark.parametrize(
    "parameters", [{"use": "sig"}, {"alg": "RS256"}, {"key_ops": ["verify"]}, {"x5t": "abc"}], ids=str
)
def test_a_key_for_this_verifies(provider: Provider, parameters: dict[str, object]) -> None:
    provider.keys.parameters = parameters
    assert claims_of(provider.ci_token(US), provider)


def test_a_new_key_is_believed_at_once_and_an_old_one_no_more(provider: Provider) -> None:
    assertions = restless()
    before = provider.ci_token(US)
    assert claims_of(before, provider, assertions)
    provider.keys.rotate()
    assert claims_of(provider.ci_token(US), provider, assertions)
    with pytest.raises(Unauthenticated, match="its issuer does not have"):
        claims_of(before, provider, assertions)


def test_old_keys_serve_while_the_provider_is_away(provider: Provider) -> None:
    assertions = Assertions(Issuers(Times(fresh=0, pause=0)))
    assert claims_of(provider.ci_token(US), provider, assertions)
    provider.stop()
    assert claims_of(provider.ci_token(US), provider, assertions)
    with pytest.raises(Unauthenticated):
        claims_of(provider.ci_token(US, flaw=Flaw.FORGED), provider, assertions)


def test_a_key_that_may_be_new_is_neither_believed_nor_refused_while_the_provider_is_away(provider: Provider) -> None:
    assertions = restless()
    assert claims_of(provider.ci_token(US), provider, assertions)
    provider.stop()
    provider.keys.rotate()
    with pytest.raises(Unavailable):
        claims_of(provider.ci_token(US), provider, assertions)
    provider.listen()
    assert claims_of(provider.ci_token(US), provider, assertions)
