"""Where the keys of issuers come from, and how long they are kept."""

import json
import time
from collections.abc import Iterator
from threading import Barrier, Thread
from typing import Any

import pytest

from assent.http import fetching
from assent.http.issuers import Issuers, Times
from assent.kernel.errors import Unavailable
from support.provider import DISCOVERY, KEYS, Provider

KEY = "rsa-0"


@pytest.fixture
def provider() -> Iterator[Provider]:
    """An identity provider of the test's own."""
    with Provider() as running:
        yield running


def test_only_keys_that_can_verify_signatures_are_used(provider: Provider) -> None:
    provider.keys.others = [
        None,
        7,
        {},
        {"kty": "oct", "kid": KEY, "k": "c2VjcmV0"},
        {"kty": "AKP", "kid": "new"},
        {"kty": ["RSA"], "kid": KEY},
        {"kty": "RSA", "kid": ["rsa-0"]},
        {"kty": "RSA", "kid": KEY},
        {"kty": "RSA", "kid": KEY, "n": "AQAB" * 50, "e": "AQAB"},
        {"kty": "RSA", "kid": KEY, "n": "!" * 400, "e": "AQAB"},
        {"kty": "RSA", "kid": KEY, "n": "A" * 400, "e": ""},
        {"kty": "EC", "kid": KEY, "crv": "P-1", "x": "AQAB", "y": "AQAB"},
        {"kty": "EC", "kid": KEY, "crv": "P-256", "x": "AQAB", "y": "AQAB"},
        {"kty": "OKP", "kid": KEY, "crv": "Ed25519", "x": ""},
    ]
    assert [key.key_type for key in Issuers().keys(provider.url, KEY)] == ["RSA"]


def test_keys_are_fetched_once_while_they_are_fresh(provider: Provider) -> None:
    issuers = Issuers()
    for key in (KEY, "p256-0", KEY):
        assert issuers.keys(provider.url, key)
    assert provider.asked == [DISCOVERY, KEYS]


def test_keys_are_fetched_again_when_they_are_fresh_no_more(provider: Provider) -> None:
    issuers = Issuers(Times(fresh=0, pause=0))
    for _ in range(3):
        assert issuers.keys(provider.url, KEY)
    assert provider.asked.count(KEYS) == 3


def test_unknown_keys_make_us_ask_once_in_a_while(provider: Provider) -> None:
    issuers = Issuers(Times(pause=0.5))
    assert issuers.keys(provider.url, KEY)
    time.sleep(0.6)
    for number in range(5):
        assert not issuers.keys(provider.url, f"unknown-{number}")
    assert provider.asked.count(KEYS) == 2


def test_many_at_once_fetch_once(provider: Provider) -> None:
    issuers, together, counted = Issuers(), Barrier(8), list[int]()

    def ask() -> None:
        together.wait()
        counted.append(len(issuers.keys(provider.url, KEY)))

    threads = [Thread(target=ask) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert (counted, provider.asked.count(KEYS)) == ([1] * 8, 1)


def test_who_has_a_key_does_not_wait_while_another_fetches(provider: Provider) -> None:
    issuers = Issuers(Times(fresh=0, pause=0))
    assert issuers.keys(provider.url, KEY)
    with provider.holding(DISCOVERY):
        waits = Thread(target=issuers.keys, args=(provider.url, "unknown"))
        waits.start()
        provider.wait_until_asked(DISCOVERY, times=2)
        assert issuers.keys(provider.url, KEY)
        assert waits.is_alive()
    waits.join()


def test_keys_serve_for_a_while_when_the_provider_is_away(provider: Provider) -> None:
    issuers = Issuers(Times(fresh=0, stale=0.5, pause=0))
    assert issuers.keys(provider.url, KEY)
    provider.stop()
    assert issuers.keys(provider.url, KEY)
    time.sleep(0.6)
    with pytest.raises(Unavailable):
        issuers.keys(provider.url, KEY)


def test_a_provider_that_does_not_answer_is_asked_once_in_a_while(provider: Provider) -> None:
    issuers = Issuers(Times(pause_without_keys=0.5))
    provider.instead[DISCOVERY] = ("down", 503)
    for _ in range(3):
        with pytest.raises(Unavailable, match="cannot be fetched now"):
            issuers.keys(provider.url, KEY)
    assert provider.asked == [DISCOVERY]
    provider.instead.clear()
    time.sleep(0.6)
    assert issuers.keys(provider.url, KEY)


@pytest.mark.parametrize("path", [DISCOVERY, KEYS])
@pytest.mark.parametrize(
    "answer",
    [
        ("", 200),
        ("[]", 200),
        ("{}", 200),
        ('{"keys": {}}', 200),
        ("[" * 100_000, 200),
        ("{}", 404),
        ("", 307, {"Location": "file:///etc/passwd"}),
    ],
    ids=["empty", "list", "nothing", "keys", "deep", "missing", "file"],
)
def test_a_document_that_cannot_be_used_leaves_no_keys(provider: Provider, path: str, answer: Any) -> None:
    provider.instead[path] = answer
    with pytest.raises(Unavailable):
        Issuers().keys(provider.url, KEY)


def test_no_redirect_is_followed(provider: Provider) -> None:
    provider.instead["/elsewhere"] = (provider.discovery(), 200)
    provider.instead[DISCOVERY] = ("", 302, {"Location": "/elsewhere"})
    with pytest.raises(Unavailable):
        Issuers().keys(provider.url, KEY)
    assert provider.asked == [DISCOVERY]


def test_a_large_document_is_not_read(provider: Provider) -> None:
    whole = json.dumps(provider.discovery())
    provider.instead[DISCOVERY] = (whole.ljust(fetching.LARGEST), 200)
    assert Issuers().keys(provider.url, KEY)
    provider.instead[DISCOVERY] = (whole.ljust(fetching.LARGEST + 1), 200)
    with pytest.raises(Unavailable):
        Issuers().keys(provider.url, KEY)


def test_the_document_of_another_issuer_is_not_believed(provider: Provider) -> None:
    provider.instead[DISCOVERY] = (provider.discovery() | {"issuer": "https://issuer.example"}, 200)
    with pytest.raises(Unavailable):
        Issuers().keys(provider.url, KEY)
    with pytest.raises(Unavailable):
        Issuers().keys(provider.url + "/", KEY)


@pytest.mark.parametrize(
    "place", ["http://issuer.example/keys", "file:///etc/passwd", "ftp://127.0.0.1/keys", "keys", "http://[", None, 7]
)
def test_keys_are_fetched_from_nowhere_odd(provider: Provider, place: object) -> None:
    provider.instead[DISCOVERY] = (provider.discovery() | {"jwks_uri": place}, 200)
    with pytest.raises(Unavailable):
        Issuers().keys(provider.url, KEY)


@pytest.mark.parametrize("url", ["http://issuer.example", "http://127.0.0.1.example", "file:///tmp", "", "http://["])
def test_only_an_issuer_on_this_machine_may_do_without_tls(url: str) -> None:
    with pytest.raises(Unavailable, match="cannot be fetched now"):
        Issuers().keys(url, "a")


def test_the_issuers_asked_for_last_alone_are_kept(provider: Provider) -> None:
    issuers = Issuers()
    for others in (0, 99, 100):
        for number in range(others):
            with pytest.raises(Unavailable):
                issuers.keys(f"ftp://{number}.example", KEY)
        assert issuers.keys(provider.url, KEY)
    assert provider.asked.count(KEYS) == 2
