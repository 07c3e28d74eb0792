"""What names, keys, values and texts may look like; the rules and the wording are MLflow's."""

import posixpath
import re
import unicodedata

from assent.kernel.errors import Invalid

LONGEST_NAME = 256
LONGEST_DESCRIPTION = 5000
LONGEST_SOURCE = 500
LONGEST_RUN_ID = 32
LONGEST_KEY = 250
LONGEST_VALUE = 100_000
LONGEST_ALIAS = 255
LARGEST_NUMBER = 2**31 - 1

_ALIAS = re.compile(r"[\w\-]+")
_VERSION_LIKE_ALIAS = re.compile(r"[vV]\d+")
_KEY = re.compile(r"[/\w.\- :]+")


def must_be_text(what: str, text: str, longest: int) -> None:
    """Raise Invalid when a text is too long or holds what PostgreSQL cannot store."""
    if "\x00" in text:
        raise Invalid(f"Invalid value for parameter '{what}' supplied: it holds a NUL character.")
    if len(text) > longest:
        raise Invalid(f"'{what}' exceeds the maximum length of {longest} characters")


def must_be_a_model_name(name: str, what: str = "name") -> None:
    """Raise Invalid unless a model may be called so."""
    if not name.strip():
        raise Invalid(f"Registered model name cannot be empty. Give a value for parameter '{what}'.")
    if "/" in name or ":" in name:
        raise Invalid(f"Invalid model name '{name}'. Names cannot contain '/' or ':'.")
    if not _is_a_plain_path(name):
        raise Invalid(f"Invalid model name '{name}'. Names may not be '.' or start with '..'.")
    if any(unicodedata.category(character) == "Cc" for character in name):
        raise Invalid(f"Invalid model name {name!r}. Names cannot contain control characters.")
    must_be_text(what, name, LONGEST_NAME)


def must_be_a_key(key: str) -> None:
    """Raise Invalid unless a tag may have that key."""
    if not _KEY.fullmatch(key):
        raise Invalid(
            f"Invalid value \"{key}\" for parameter 'key' supplied: Names may only contain alphanumerics, "
            "underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/)."
        )
    if not _is_a_plain_path(key):
        raise Invalid(
            f"Invalid value \"{key}\" for parameter 'key' supplied: Names may be treated as files in certain "
            "cases, and must not resolve to other names when treated as such."
        )
    must_be_text("key", key, LONGEST_KEY)


def must_be_an_alias(alias: str) -> None:
    """Raise Invalid unless something can be called by that alias."""
    if not _ALIAS.fullmatch(alias):
        raise Invalid(
            f"Invalid alias name: '{alias}'. Names may only contain alphanumerics, underscores (_), and dashes (-)."
        )
    must_be_text("Registered model alias name", alias, LONGEST_ALIAS)


def must_be_a_free_alias(alias: str) -> None:
    """Raise Invalid unless an alias may be set: some words mean something already."""
    must_be_an_alias(alias)
    if alias.lower() == "latest":
        raise Invalid("'latest' alias name (case insensitive) is reserved.")
    if _VERSION_LIKE_ALIAS.fullmatch(alias):
        raise Invalid(f"Version alias name '{alias}' is reserved.")


def version_number(text: str) -> int:
    """The number that a text means, as Python reads it. Raises Invalid."""
    try:
        return int(text)
    except ValueError:
        raise Invalid(f"Parameter 'version' must be an integer, got '{text}'.") from None


def _is_a_plain_path(name: str) -> bool:
    """Whether the name, taken as a path, leads nowhere else: a client may make a file of it."""
    normal = posixpath.normpath(name)
    return name == normal and name != "." and not name.startswith("..") and not name.startswith("/")
