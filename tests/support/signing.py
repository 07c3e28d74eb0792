"""Keys that an identity provider signs with, and tokens that are signed as they should not be."""

import base64
import hmac
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache

from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

AnyKey = RSAKey | ECKey | OKPKey

_KINDS: Mapping[str, Callable[[], AnyKey]] = {
    "rsa": lambda: RSAKey.generate_key(2048),
    "p256": lambda: ECKey.generate_key("P-256"),
    "p384": lambda: ECKey.generate_key("P-384"),
    "ed25519": lambda: OKPKey.generate_key("Ed25519"),
}
_KIND_OF = {"ES256": "p256", "ES384": "p384", "EdDSA": "ed25519", "Ed25519": "ed25519"}
_NEVER_LISTED = -1
_HOUR = 3600


class Flaw(StrEnum):
    """What is wrong with a token; all else about it is right."""

    EXPIRED = "expired"
    WRONG_AUDIENCE = "wrong audience"
    WRONG_ISSUER = "wrong issuer"
    WRONG_NONCE = "wrong nonce"
    UNKNOWN_KEY = "signed with a key that is not listed"
    FORGED = "signed with another key than it names"
    ALTERED = "altered after it was signed"
    UNSIGNED = "not signed, algorithm none"
    PUBLIC_KEY_AS_SECRET = "signed with the public key as HS256's secret"


@dataclass
class SigningKeys:
    """A key of every kind. What it is called tells its kind, and how often keys were exchanged before.

    `parameters` are listed with each key, such as its use, and `others` beside them.
    """

    generation: int = 0
    parameters: Mapping[str, object] = field(default_factory=dict)
    others: Sequence[object] = ()

    def rotate(self) -> None:
        """Sign with new keys, and list the old ones no more."""
        self.generation += 1

    def listed(self) -> list[object]:
        """The key set."""
        return [
            *self.others,
            *(
                _key(kind, self.generation).as_dict(private=False, kid=self._id(kind), **self.parameters)
                for kind in _KINDS
            ),
        ]

    def signed(
        self,
        claims: Mapping[str, object],
        *,
        algorithm: str = "RS256",
        flaw: Flaw | None = None,
        header: Mapping[str, object] | None = None,
    ) -> str:
        """A token with these claims, and these fields in its header beside the usual; None leaves one out."""
        kind = _KIND_OF.get(algorithm, "rsa")
        is_listed = flaw not in (Flaw.UNKNOWN_KEY, Flaw.FORGED)
        key = _key(kind, self.generation if is_listed else _NEVER_LISTED)
        named = f"{kind}-unknown" if flaw is Flaw.UNKNOWN_KEY else self._id(kind)
        whole = {"alg": algorithm, "kid": named, "typ": "JWT"} | dict(header or {})
        held = dict(claims) | _flawed(flaw)
        match flaw:
            case Flaw.UNSIGNED:
                return compact(whole | {"alg": "none"}, held, lambda _: b"")
            case Flaw.PUBLIC_KEY_AS_SECRET:
                secret = key.as_pem(private=False)
                return compact(whole | {"alg": "HS256"}, held, lambda text: hmac.digest(secret, text, "sha256"))
        token = compact(whole, held, lambda text: JWSRegistry.algorithms[algorithm].sign(text, key))
        if flaw is Flaw.ALTERED:
            before, _, signature = token.split(".")
            return f"{before}.{_encoded(held | {'sub': 'somebody else'})}.{signature}"
        return token

    def _id(self, kind: str) -> str:
        return f"{kind}-{self.generation}"


def compact(header: Mapping[str, object], claims: object, sign: Callable[[bytes], bytes]) -> str:
    """A token of whatever is given, so that it can be one that no library would make."""
    text = f"{_encoded(header)}.{_encoded(claims)}"
    return f"{text}.{_base64(sign(text.encode()))}"


def from_now(lasts: int = 300) -> dict[str, int]:
    """The claims of a token that is valid for so many seconds from now."""
    now = int(time.time())
    return {"iat": now, "nbf": now, "exp": now + lasts}


@cache
def _key(kind: str, generation: int) -> AnyKey:  # noqa: ARG001 (each generation has its own)
    # Kept for the process: an RSA key takes a tenth of a second to make.
    return _KINDS[kind]()


def _flawed(flaw: Flaw | None) -> dict[str, object]:
    long_ago = {name: at - 2 * _HOUR for name, at in from_now().items()}
    changes: dict[Flaw, dict[str, object]] = {
        Flaw.EXPIRED: {**long_ago},
        Flaw.WRONG_AUDIENCE: {"aud": "somebody-else"},
        Flaw.WRONG_ISSUER: {"iss": "https://issuer.example"},
        Flaw.WRONG_NONCE: {"nonce": "of another sign-in"},
    }
    return changes.get(flaw, {}) if flaw else {}


def _encoded(part: object) -> str:
    told = {name: value for name, value in part.items() if value is not None} if isinstance(part, dict) else part
    return _base64(json.dumps(told).encode())


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
