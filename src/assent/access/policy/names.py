"""What users, service accounts and groups may be called. Pure."""

import unicodedata
from typing import NamedTuple

from assent.kernel.errors import Invalid

NAME_LENGTH = 128


class Who(NamedTuple):
    """A user, a service account or a group, written `kind:name`."""

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}"


def must_be_a_name(name: str, what: str = "user") -> None:
    """Raise Invalid unless somebody or some group may be called so."""
    if not name or name != name.strip() or len(name) > NAME_LENGTH:
        raise Invalid(f"A {what}'s name has 1 to {NAME_LENGTH} characters and no blank at either end.")
    # HTTP Basic ends the name at the first colon, so such a user could never sign in.
    if ":" in name or any(unicodedata.category(character).startswith("C") for character in name):
        raise Invalid(f"A {what}'s name holds no colon and no control characters.")
    # Clients take these out of a path before they send it.
    if name in (".", ".."):
        raise Invalid(f"A {what} cannot be called {name!r}.")


def is_a_name(name: str) -> bool:
    """Whether somebody or some group may be called so: the database is not asked for what it could not hold."""
    try:
        must_be_a_name(name)
    except Invalid:
        return False
    return True
