"""Signed tokens of OpenID Connect issuers: who a person or a CI job is, in the words of somebody trusted."""

import json
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from joserfc.errors import ClaimError, JoseError, MissingClaimError, UnsupportedAlgorithmError
from joserfc.jwa import JWSAlgModel
from joserfc.jwk import Key
from joserfc.jws import CompactSignature, JWSRegistry, extract_compact, validate_compact
from joserfc.jwt import JWTClaimsRegistry

from assent.http.issuers import Issuers
from assent.kernel.errors import Unauthenticated

LARGEST = 16 * 1024

# Signatures with a key that is known to both sides are not among them: anybody could make one with a public key.
# Ed25519 is the newer name of what providers still call EdDSA.
_ALGORITHMS = frozenset({"RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA", "Ed25519"})
_WRONG = {
    "iss": "The token comes from another issuer.",
    "exp": "The token has expired.",
    "nbf": "The token is not valid yet.",
    "iat": "The token was issued in the future.",
}


class _Signatures(JWSRegistry):
    max_header_length = 4096

    def get_alg(self, name: str) -> JWSAlgModel:
        """The algorithm. joserfc's own look-up warns of every EdDSA."""
        if name not in _ALGORITHMS:
            raise UnsupportedAlgorithmError
        return self.algorithms[name]


# Header fields that nobody knows are to be ignored, says RFC 7515; those marked critical are refused below.
_SIGNATURES = _Signatures(strict_check_header=False)


@dataclass(frozen=True, slots=True)
class Assertions:
    """Verifies tokens. Clocks may differ by `leeway` seconds, and no token may be valid for more than `longest`."""

    issuers: Issuers
    leeway: int = 60
    longest: int = 24 * 60 * 60

    def verified(self, token: str, *, issuer: str, audiences: AbstractSet[str]) -> Mapping[str, Any]:
        """The claims of a token that the issuer signed for one of the audiences, and that is valid now.

        Whether it was shown before, the caller finds out by its `jti`. Raises Unauthenticated, whose message has
        nothing of the token in it, and Unavailable when the issuer's keys cannot be had.
        """
        signature, claims = _read(token)
        keys = self.issuers.keys(issuer, _key_id(signature.headers()))
        if not keys:
            raise Unauthenticated("The token is signed with a key that its issuer does not have.")
        if not any(_is_signed_with(key, signature) for key in keys):
            raise Unauthenticated("The token's signature is wrong.")
        self._must_hold(claims, issuer, audiences)
        return claims

    def _must_hold(self, claims: dict[str, Any], issuer: str, audiences: AbstractSet[str]) -> None:
        rules = JWTClaimsRegistry(
            leeway=self.leeway,
            iss={"essential": True, "value": issuer},
            aud={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
        )
        try:
            rules.validate(claims)
        except MissingClaimError as missing:
            raise Unauthenticated(f"The token does not tell its {missing.claim}.") from None
        except ClaimError as wrong:
            raise Unauthenticated(_WRONG.get(wrong.claim, f"The token's {wrong.claim} cannot be read.")) from None
        named = claims["aud"]
        if audiences.isdisjoint([named] if isinstance(named, str) else named):
            raise Unauthenticated("The token is meant for another audience.")
        if claims["exp"] > claims["iat"] + self.longest:
            raise Unauthenticated(f"The token is valid for longer than {self.longest} seconds.")


def issuer_of(token: str) -> str:
    """Who a token says issued it, to find what is configured for them; nothing of it is verified.

    Raises Unauthenticated.
    """
    _, claims = _read(token)
    if not isinstance(issuer := claims.get("iss"), str):
        raise Unauthenticated("The token does not tell its iss.")
    return issuer


def _read(token: str) -> tuple[CompactSignature, dict[str, Any]]:
    if len(token) > LARGEST:
        raise Unauthenticated(f"The token is larger than {LARGEST} bytes.")
    try:
        signature = extract_compact(token.encode("ascii"), registry=_SIGNATURES)
        header, claims = signature.headers(), json.loads(signature.payload, parse_constant=_refuse)
    except (JoseError, ValueError, TypeError, RecursionError):
        raise Unauthenticated("The token is no signed JWT.") from None
    if not all(isinstance(each, dict) for each in (header, claims)):
        raise Unauthenticated("The token is no signed JWT.")
    return signature, claims


def _refuse(constant: str) -> None:
    # A token whose exp is no number (NaN) would never expire.
    raise ValueError(constant)


def _key_id(header: Mapping[str, Any]) -> str:
    algorithm, key_id = header.get("alg"), header.get("kid")
    if not isinstance(algorithm, str) or algorithm not in _ALGORITHMS:
        raise Unauthenticated("The token is signed in a way that is not accepted.")
    if header.keys() & {"crit", "b64"}:
        raise Unauthenticated("The token asks for an extension of JWT that is not known.")
    if not isinstance(key_id, str):
        raise Unauthenticated("The token does not tell the id of its key.")
    return key_id


def _is_signed_with(key: Key, signature: CompactSignature) -> bool:
    # Raised when the key is for another algorithm, or not for signatures.
    try:
        return validate_compact(signature, key, registry=_SIGNATURES)
    except (JoseError, ValueError):
        return False
