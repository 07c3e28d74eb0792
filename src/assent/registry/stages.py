"""The stages a version can stand in, and the tier of each."""

from collections.abc import Mapping
from enum import StrEnum

from assent.kernel.errors import Invalid
from assent.registry import names


class Tier(StrEnum):
    """What a stage is for; it decides the right needed to move into it or out of it."""

    NONE = "none"
    STAGING = "staging"
    PRODUCTION = "production"
    ARCHIVED = "archived"


NO_STAGE = "None"
ARCHIVED = "Archived"

STAGES: Mapping[str, Tier] = {
    NO_STAGE: Tier.NONE,
    "Staging": Tier.STAGING,
    "Production": Tier.PRODUCTION,
    ARCHIVED: Tier.ARCHIVED,
}

_ACTIVE = [stage for stage, tier in STAGES.items() if tier in (Tier.STAGING, Tier.PRODUCTION)]
_CANONICAL = {stage.lower(): stage for stage in STAGES}


def canonical(stage: str) -> str:
    """A stage as it is stored, whatever the case it was written in. Raises Invalid."""
    try:
        return _CANONICAL[stage.lower()]
    except KeyError:
        raise Invalid(f"Invalid Model Version stage: {stage}. Value must be one of {', '.join(STAGES)}.") from None


def target(word: str) -> str:
    """Where versions may be moved to, as it is stored: a stage, in whatever case, or `@` and an alias.

    Raises Invalid.
    """
    if not word.startswith("@"):
        return canonical(word)
    names.must_be_an_alias(word[1:])
    return word


def must_be_active(stage: str) -> None:
    """Raise Invalid unless entering the stage may archive the versions that hold it."""
    if stage not in _ACTIVE:
        raise Invalid(
            "Model version transition cannot archive existing model versions because "
            f"'{stage}' is not an Active stage. Valid stages are {_ACTIVE}"
        )
