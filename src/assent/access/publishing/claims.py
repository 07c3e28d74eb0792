"""What a trusted publisher asks of an issuer's tokens, and what such a token has of it. Pure."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from assent.kernel.addresses import is_plain
from assent.kernel.errors import Invalid
from assent.kernel.patterns import matches

LONGEST_ISSUER = 512
LONGEST_PATTERN = 512
LONGEST_CLAIM_NAME = 128
MOST_CLAIMS = 20

# Of every token these are checked anyway, and none of them says whose it is.
_OF_EVERY_TOKEN = frozenset({"iss", "aud", "exp", "nbf", "iat", "jti"})
_WILD = re.compile(r"[*?]")
_LONGEST_VALUE = 4096


def must_be_an_issuer(issuer: str) -> None:
    """Raise Invalid unless tokens can come from there."""
    if len(issuer) > LONGEST_ISSUER or not is_plain(issuer):
        raise Invalid(
            "issuer: Give the URL that the tokens name as their iss, such as "
            "https://token.actions.githubusercontent.com: https (http on this machine alone), no query, no user."
        )


def must_tell_who(issuer: str, claims: Mapping[str, str]) -> None:
    """Raise Invalid unless the claims pick out some of an issuer's tokens, and not everybody's."""
    if not 0 < len(claims) <= MOST_CLAIMS:
        raise Invalid(f"claims: Name 1 to {MOST_CLAIMS} claims and their values, such as a repository or a sub.")
    for name, pattern in claims.items():
        _must_be_a_claim(name, pattern)
    if all(_is_only_wild(pattern) for pattern in claims.values()):
        raise Invalid("claims: These match every token of the issuer; spell out one of them at least.")
    wanted, example = _telling(issuer)
    if wanted and not any(_names_an_owner(claims.get(name, "")) for name in wanted):
        raise Invalid(
            f"claims: Everybody can get tokens of {issuer}, so say whose are meant: {' or '.join(wanted)}, spelled "
            f"out up to the first '/' at least, such as {example}."
        )


def unmatched(wanted: Mapping[str, str], claims: Mapping[str, Any]) -> list[str]:
    """The names of the claims that a token does not make as they are wanted."""
    return [name for name, pattern in wanted.items() if not _is_as_wanted(claims.get(name), pattern)]


def as_text(value: object) -> str | None:
    """A claim's value as patterns see it: true, 17 and main; None for a list or an object, and for control codes."""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value) if isinstance(value, int | str) else None
    return text if text is not None and len(text) <= _LONGEST_VALUE and text.isprintable() else None


def _is_as_wanted(value: object, pattern: str) -> bool:
    text = as_text(value)
    return text is not None and matches(text, pattern)


def _must_be_a_claim(name: str, pattern: str) -> None:
    if not name or len(name) > LONGEST_CLAIM_NAME or not name.isprintable():
        raise Invalid(f"claims: A claim's name has 1 to {LONGEST_CLAIM_NAME} characters, all of them printable.")
    if name in _OF_EVERY_TOKEN:
        raise Invalid(f"claims: {name} is checked of every token; name claims that tell who it was given to.")
    if not pattern or len(pattern) > LONGEST_PATTERN or not pattern.isprintable():
        raise Invalid(f"claims: What {name} must be has 1 to {LONGEST_PATTERN} characters, all of them printable.")


def _is_only_wild(pattern: str) -> bool:
    return not pattern.strip("*?")


def _names_an_owner(pattern: str) -> bool:
    spelled_out = _WILD.split(pattern, maxsplit=1)[0]
    return bool(pattern) and (spelled_out == pattern or "/" in spelled_out)


def _telling(issuer: str) -> tuple[tuple[str, ...], str]:
    """The claims of which one must be wanted of an issuer that serves the whole world, and an example."""
    parts = urlsplit(issuer)
    host = (parts.hostname or "").rstrip(".")
    # GitHub's own, those of its customers on ghe.com, and servers that a customer runs.
    if host.startswith("token.actions.") or parts.path.rstrip("/").endswith("/_services/token"):
        return ("repository", "sub"), "repository: acme/churn or sub: repo:acme/churn:environment:production"
    if host == "gitlab.com":
        return ("project_path", "sub"), "project_path: acme/churn or sub: project_path:acme/churn:ref_type:*"
    return (), ""
