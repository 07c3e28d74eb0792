"""Passwords, by argon2id: how strong a new one must be, how it is hashed, and whether one fits."""

import re
import secrets
import unicodedata
from base64 import b64encode
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock

from argon2 import PasswordHasher, Type, extract_parameters
from argon2.exceptions import InvalidHashError, VerificationError

from assent.kernel.errors import Invalid

LONGEST = 1024

# How much of a password is judged: enough to tell whether it is strong, little enough to take no time.
_JUDGED = 72
_JUDGED_OF_SIGNS = 16
# What zxcvbn reads as letters, too, in every combination: 72 of them take it seconds.
_SIGNS = frozenset("4@8({[<3691!|70$5+%2")
_MOST_SIGNS = 6

# A shorter name is in many a good password by chance; zxcvbn still knows it.
_SHORTEST_NAME = 4

_WORDS = re.compile(r"[^\W_]+")

# zxcvbn keeps the words that it must not count in a global of its own.
_JUDGING = Lock()


@dataclass(frozen=True)
class Passwords:
    """How passwords are judged, hashed and compared.

    `shortest` is in characters; `strength` is from 0, whatever it is, to 4, very hard to guess, as zxcvbn counts.
    The default of 19 MiB, two passes and one lane is OWASP's recommendation for argon2id. The library's own takes
    64 MiB and a third of a second, which a burst of sign-ins turns into an outage.
    """

    shortest: int = 12
    strength: int = 3
    memory_kib: int = 19 * 1024
    passes: int = 2
    lanes: int = 1

    def new(self, text: str) -> "NewPassword":
        """A password that somebody chose, to be judged by these rules."""
        return NewPassword(text, self)

    def is_right(self, password: str, kept: str | None) -> bool:
        """Whether a password fits; takes the same time when there is nothing to compare with."""
        if len(password) > LONGEST:
            password, kept = "", None
        try:
            return self._hasher.verify(kept or self._decoy, _as_hashed(password)) and kept is not None
        except (VerificationError, InvalidHashError, UnicodeEncodeError):
            return False

    def is_outdated(self, kept: str) -> bool:
        """Whether a hash takes less of something than hashes take now.

        Not whether it differs: while servers are given other settings, they would replace each other's hashes.
        """
        was = extract_parameters(kept)
        wanted = (self.memory_kib, self.passes, self.lanes)
        return any(
            has < now for has, now in zip((was.memory_cost, was.time_cost, was.parallelism), wanted, strict=True)
        )

    def hash_again(self, password: str) -> str:
        """A hash of a password that was right, whatever the rules for new ones are."""
        return self._hasher.hash(_as_hashed(password))

    def must_be_good(self, password: str, *, of: str) -> None:
        """Raise Invalid, with what would be right, for a password that the user `of` may not have."""
        if not self.shortest <= len(password) <= LONGEST:
            raise Invalid(f"A password has {self.shortest} to {LONGEST} characters.")
        if any(unicodedata.category(character) in ("Cc", "Cs") for character in password):
            raise Invalid("A password holds no control characters.")
        if len(of) >= _SHORTEST_NAME and of.casefold() in password.casefold():
            raise Invalid("The password holds the user's name; take one that does not.")
        if (advice := self._advice(password, of)) is not None:
            raise Invalid(f"The password is too easy to guess. {advice}")

    def _advice(self, password: str, name: str) -> str | None:
        judged = password[:_JUDGED]
        if len(_SIGNS.intersection(judged)) > _MOST_SIGNS:
            judged = judged[:_JUDGED_OF_SIGNS]
        # Its lists of words take 12 MB, and few server processes ever judge a password.
        from zxcvbn import zxcvbn  # noqa: PLC0415 (as above)

        with _JUDGING:
            found = zxcvbn(judged, user_inputs=[name, *_WORDS.findall(name), "assent"])
        if found["score"] >= self.strength:
            return None
        said = found["feedback"]
        sentences = [said["warning"], *said["suggestions"]] if said["suggestions"] else []
        return " ".join(filter(None, sentences)) or "Add another word or two. Uncommon words are better."

    @cached_property
    def _hasher(self) -> PasswordHasher:
        return PasswordHasher(
            time_cost=self.passes, memory_cost=self.memory_kib, parallelism=self.lanes, type=Type.ID
        )

    @cached_property
    def _decoy(self) -> str:
        """A hash that no password fits, and that takes as long to compare with as those that are made now."""
        lengths = (self._hasher.salt_len, self._hasher.hash_len)
        salt, digest = (b64encode(secrets.token_bytes(length)).rstrip(b"=").decode() for length in lengths)
        return f"$argon2id$v=19$m={self.memory_kib},t={self.passes},p={self.lanes}${salt}${digest}"


@dataclass(frozen=True, slots=True)
class NewPassword:
    """A password that somebody chose, and the rules that it is judged by. It is shown nowhere."""

    text: str = field(repr=False)
    rules: Passwords = field(default_factory=Passwords, repr=False)

    def hash_for(self, name: str) -> str:
        """The hash to keep for the user of that name. Raises Invalid for a weak password."""
        self.rules.must_be_good(self.text, of=name)
        return self.rules.hash_again(self.text)


def _as_hashed(password: str) -> str:
    # What looks the same is the same, whichever keyboard composed it.
    return unicodedata.normalize("NFC", password)
