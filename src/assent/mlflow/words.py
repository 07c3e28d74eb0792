"""MLflow's words for permissions on models, and the levels that they are here."""

from collections.abc import Mapping

from assent.access.policy.levels import Level
from assent.kernel.errors import Invalid

# Whoever may read a model may load it: to read and to use are one.
LEVELS: Mapping[str, Level] = {
    "READ": Level.CAN_READ,
    "USE": Level.CAN_READ,
    "EDIT": Level.CAN_EDIT,
    "MANAGE": Level.CAN_MANAGE,
    "NO_PERMISSIONS": Level.NO_PERMISSIONS,
    "DENY": Level.NO_PERMISSIONS,
}

_WORDS: Mapping[Level, str] = {
    Level.NO_PERMISSIONS: "NO_PERMISSIONS",
    Level.CAN_CREATE_REGISTERED_MODEL: "NO_PERMISSIONS",
    Level.CAN_AUDIT: "READ",
    Level.CAN_READ: "READ",
    Level.CAN_EDIT: "EDIT",
    Level.CAN_MANAGE_STAGING_VERSIONS: "EDIT",
    Level.CAN_MANAGE_PRODUCTION_VERSIONS: "EDIT",
    Level.CAN_MANAGE: "MANAGE",
}


def level_of(word: str) -> Level:
    """The level that MLflow's word means. Raises Invalid with MLflow's sentence."""
    if word not in LEVELS:
        raise Invalid(f"Invalid permission '{word[:100]}'. Valid permissions are: {tuple(LEVELS)}")
    return LEVELS[word]


def word_of(level: Level) -> str:
    """MLflow's word for a level; between EDIT and MANAGE it has none, so that those two levels are EDIT."""
    return _WORDS[level]
