"""Everybody who could try a call, and what they may do with the model that the call is about."""

from dataclasses import dataclass

from assent.access.policy.levels import Level, Permission, Scope
from support.rules import MANAGING, MAY, WITHIN


@dataclass(frozen=True)
class Actor:
    """Somebody who is let in. `may` is on the model of their own that the world holds for them.

    `creates` is whether they may create models of any name; `administers` whether they manage users and groups, and
    `lets_in` whether they also set passwords, make administrators and trust publishers; `audits` whether they see all
    that, and change nothing.
    """

    name: str
    may: frozenset[Permission] = frozenset()
    creates: bool = False
    administers: bool = False
    lets_in: bool = False
    audits: bool = False

    @property
    def model(self) -> str:
        """The model that this actor tries the calls on."""
        return f"model-{self.name}"


# Granted on the model itself.
OF_A_LEVEL = {
    level: Actor(level.value, MAY[level])
    for level in Level
    if level not in (Level.CAN_CREATE_REGISTERED_MODEL, Level.CAN_AUDIT)
}

STRANGER = Actor("stranger")
CREATOR = Actor("creator", creates=True)
# Reads everything, though shut out of this model.
AUDITOR = Actor("auditor", MAY[Level.CAN_AUDIT], audits=True)
# Reads everything but this model.
SHUT_OUT = Actor("shut-out")
# Manages another model.
OTHER_MANAGER = Actor("other-manager")

# An administrator, with tokens that let less through.
OF_A_SCOPE = {
    scope: Actor(
        f"scope-{scope}",
        WITHIN[scope],
        creates=Permission.MODEL_CREATE in WITHIN[scope],
        administers=scope is Scope.MANAGE,
    )
    for scope in Scope
}
# The same, with a token for the names of other models, and with one for no target that a row names.
ELSEWHERE = Actor("pattern-elsewhere")
AIMLESS = Actor(
    "targets-elsewhere",
    MANAGING
    - {Permission.VERSION_MOVE, Permission.VERSION_MOVE_PRODUCTION, Permission.ALIAS_SET}
    - {Permission.REQUEST_OPEN, Permission.REQUEST_DECIDE, Permission.REQUEST_DECIDE_PRODUCTION}
    - {Permission.VERSION_DELETE, Permission.MODEL_MANAGE, Permission.MODEL_GRANT},
    creates=True,
)
ADMINISTRATOR = Actor("administrator", MANAGING, creates=True, administers=True, lets_in=True)

LET_IN = (
    *OF_A_LEVEL.values(),
    STRANGER,
    CREATOR,
    AUDITOR,
    SHUT_OUT,
    OTHER_MANAGER,
    *OF_A_SCOPE.values(),
    ELSEWHERE,
    AIMLESS,
    ADMINISTRATOR,
)

# Whoever signs in with a browser has no token that would limit them.
WITH_BROWSERS = (*OF_A_LEVEL.values(), STRANGER, CREATOR, AUDITOR, SHUT_OUT, OTHER_MANAGER, ADMINISTRATOR)

# What people show who are not let in; the world knows how each looks.
SHOWN_IN_VAIN = (
    "nothing",
    "a wrong password",
    "an unknown user",
    "an unknown token",
    "a revoked token",
    "an expired token",
    "the token of somebody disabled",
    "the password of somebody disabled",
    "a scheme that nobody speaks",
)
