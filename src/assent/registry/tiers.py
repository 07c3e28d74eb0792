"""What a stage is: its name and its tier, and what stages may be called. Pure."""

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from assent.kernel.errors import Invalid

LONGEST_STAGE = 64
# Each is looked up for each model that is told of, and none ever goes.
MOST_STAGES = 100

# What would mean something else to a client: the end of a name, an alias, a number, a query.
_FORBIDDEN = "/@:,?#%\\"
_RESERVED = {
    "latest": "models:/<name>/latest is the highest version",
    "deletion": "a gate of that target guards what is deleted",
}


class Tier(StrEnum):
    """What a stage is for; it decides the right needed to move into it or out of it."""

    NONE = "none"
    STAGING = "staging"
    PRODUCTION = "production"
    ARCHIVED = "archived"


class Stage(NamedTuple):
    """A stage and its tier, which is the same everywhere and for ever."""

    name: str
    tier: Tier

    @property
    def is_active(self) -> bool:
        """Whether versions are in use there, so that one that enters may send the others to the archive."""
        return self.tier in (Tier.STAGING, Tier.PRODUCTION)


NO_STAGE = "None"
ARCHIVED = "Archived"

# Those that there are in every registry.
MLFLOWS = (
    Stage(NO_STAGE, Tier.NONE),
    Stage("Staging", Tier.STAGING),
    Stage("Production", Tier.PRODUCTION),
    Stage(ARCHIVED, Tier.ARCHIVED),
)


def must_be_a_stage_name(name: str) -> None:
    """Raise Invalid unless a stage may be called so, and clients can name it in `models:/<name>/<stage>`."""
    if not 1 <= len(name) <= LONGEST_STAGE or not name.isprintable() or name != name.strip():
        raise Invalid(
            f"A stage is called by 1 to {LONGEST_STAGE} printable characters, with no blank before or after them."
        )
    if not set(_FORBIDDEN).isdisjoint(name):
        raise Invalid(f"The name of a stage holds none of {' '.join(_FORBIDDEN)}, as {name!r} does.")
    if _is_a_number(name):
        raise Invalid(f"A stage cannot be called {name!r}: models:/<name>/{name} is a version.")
    if name.lower() in _RESERVED:
        raise Invalid(f"No stage can be called {name!r}: {_RESERVED[name.lower()]}.")


def must_agree(stage: Stage, known: Iterable[Stage]) -> None:
    """Raise Invalid where a stage is known by the same name and another tier, or by a name that looks the same."""
    for other in known:
        if other.name == stage.name and other.tier is not stage.tier:
            raise Invalid(f"The stage {other.name} has the tier {other.tier}, and a stage keeps its tier for ever.")
        if other.name != stage.name and other.name.lower() == stage.name.lower():
            raise Invalid(f"The stage is called {other.name}: stages do not differ by upper and lower case alone.")


def _is_a_number(name: str) -> bool:
    try:
        int(name)
    except ValueError:
        return name.isdigit()
    return True
