"""Passwords, by argon2id."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from assent.kernel.errors import Invalid

SHORTEST = 8
LONGEST = 1024

# 19 MiB, two passes, one lane: OWASP's recommendation for argon2id. The library's own
# defaults take 64 MiB and a third of a second, which a burst of sign-ins turns into an outage.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def hash_of(password: str, *, of: str = "") -> str:  # noqa: ARG001
    """The hash to keep. Raises Invalid for a password too short or too long to take."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise Invalid(f"A password has {SHORTEST} to {LONGEST} characters.")
    return _hasher.hash(password)


def is_right(password: str, kept: str | None) -> bool:
    """Whether a password fits; takes the same time when there is nothing to compare with."""
    try:
        return _hasher.verify(kept or _decoy(), password) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _decoy() -> str:
    return _hasher.hash("the password of nobody")
