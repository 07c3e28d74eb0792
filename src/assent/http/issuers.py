"""The public keys of OpenID Connect issuers."""

import logging
import math
import time
from collections import OrderedDict, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key

from assent.http.fetching import json_object
from assent.kernel.addresses import is_on_this_machine
from assent.kernel.errors import Unavailable

_MOST = 100
_MOST_KEYS = 100
_ASYMMETRIC = ("RSA", "EC", "OKP")
# 2048 bits, in base64url.
_SHORTEST_MODULUS = 342

_log = logging.getLogger("assent.issuers")


@dataclass(frozen=True, slots=True)
class Times:
    """For how many seconds keys count as fresh, and for how many they serve while no newer ones can be had.

    Between two looks lies a pause, however many tokens name a key that nobody knows; a shorter one while there
    are no keys at all.
    """

    fresh: float = 60 * 60
    stale: float = 24 * 60 * 60
    pause: float = 30
    pause_without_keys: float = 5


class Issuers:
    """The keys of issuers, fetched when a token first needs them and kept in this process.

    Ask for issuers that somebody has configured, and for no others: a request goes to the server of each.
    """

    def __init__(self, times: Times | None = None) -> None:
        self._times = times or Times()
        self._issuers: OrderedDict[str, _Issuer] = OrderedDict()
        self._lock = Lock()

    def keys(self, issuer: str, key_id: str) -> Sequence[Key]:
        """The keys that the issuer has under an id: mostly one, or none. Raises Unavailable."""
        return self._named(issuer).keys(key_id)

    def _named(self, name: str) -> "_Issuer":
        with self._lock:
            found = self._issuers.setdefault(name, _Issuer(name, self._times))
            self._issuers.move_to_end(name)
            if len(self._issuers) > _MOST:
                self._issuers.popitem(last=False)
            return found


@dataclass(frozen=True, slots=True)
class _Seen:
    keys: Mapping[str, Sequence[Key]] = field(default_factory=dict)
    fetched_at: float = -math.inf
    tried_at: float = -math.inf

    def has(self, key_id: str, *, within: float) -> bool:
        return key_id in self.keys and time.monotonic() - self.fetched_at < within

    @property
    def failed(self) -> bool:
        return self.tried_at > self.fetched_at


class _Issuer:
    def __init__(self, name: str, times: Times) -> None:
        self._name = name
        self._times = times
        self._seen = _Seen()
        self._lock = Lock()

    def keys(self, key_id: str) -> Sequence[Key]:
        seen = self._seen
        if not seen.has(key_id, within=self._times.fresh):
            seen = self._looked_again(key_id)
        if seen.failed and not seen.has(key_id, within=self._times.stale):
            raise Unavailable(f"The keys of {self._name} cannot be fetched now.")
        return seen.keys.get(key_id, ())

    def _looked_again(self, key_id: str) -> _Seen:
        # Who has a key that serves need not wait while another thread fetches newer ones.
        if not self._lock.acquire(blocking=not self._seen.has(key_id, within=self._times.stale)):
            return self._seen
        try:
            if self._may_look():
                self._seen = self._fetched()
            return self._seen
        finally:
            self._lock.release()

    def _may_look(self) -> bool:
        # Another thread may have looked while this one waited.
        pause = self._times.pause if self._seen.keys else self._times.pause_without_keys
        return time.monotonic() - self._seen.tried_at >= pause

    def _fetched(self) -> _Seen:
        try:
            keys = _fetch(self._name)
        except Unavailable as problem:
            _log.warning("issuer unavailable", exc_info=problem, extra={"fields": {"issuer": self._name}})
            return replace(self._seen, tried_at=time.monotonic())
        now = time.monotonic()
        return _Seen(keys, now, now)


def _fetch(issuer: str) -> Mapping[str, Sequence[Key]]:
    unencrypted = is_on_this_machine(issuer)
    about = json_object(issuer.rstrip("/") + "/.well-known/openid-configuration", unencrypted=unencrypted)
    if about.get("issuer") != issuer:
        raise Unavailable(f"The document of {issuer} is about another issuer.")
    listed = json_object(str(about.get("jwks_uri")), unencrypted=unencrypted).get("keys")
    if not isinstance(listed, list):
        raise Unavailable(f"The document of {issuer}'s keys has no list of keys.")
    found: defaultdict[str, list[Key]] = defaultdict(list)
    for key_id, key in _usable(listed[:_MOST_KEYS]):
        found[key_id].append(key)
    return dict(found)


def _usable(listed: Sequence[Any]) -> Iterator[tuple[str, Key]]:
    # Issuers list keys for other purposes too, and of kinds yet to come: those are passed over.
    for each in listed:
        if not isinstance(each, dict) or each.get("kty") not in _ASYMMETRIC or not isinstance(each.get("kid"), str):
            continue
        if each["kty"] == "RSA" and len(str(each.get("n"))) < _SHORTEST_MODULUS:
            continue
        try:
            yield each["kid"], JWKRegistry.import_key(each)
        except (JoseError, ValueError, TypeError, KeyError):
            continue
