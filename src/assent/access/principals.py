"""A principal: whoever acts, as a value that needs no database."""

from dataclasses import dataclass

from assent.access.levels import LEVELS, Level, Permission, lowest_with
from assent.kernel.errors import Denied


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is asking. `token_id` is the token they showed, None when they signed in by password."""

    id: int | None
    name: str
    level: Level
    is_administrator: bool = False
    token_id: int | None = None

    def may(self, permission: Permission) -> bool:
        """Whether the principal has a right."""
        return self.is_administrator or permission in LEVELS[self.level]


# Acts at first starts and from the server's own command line, where nobody signs in.
SYSTEM = Principal(id=None, name="system", level=Level.CAN_MANAGE, is_administrator=True)


def authorize(by: Principal, permission: Permission, *, on: str = "", **wanted: object) -> None:
    """Raise Denied unless the principal has the right; `on` and `wanted` tell the audit log what for."""
    if not by.may(permission):
        raise Denied(
            f"{by.name} lacks the right {permission}: it takes the level {lowest_with(permission)}, "
            f"and {by.name} has {by.level}.",
            subject=on,
            details={"permission": permission.value, "level": by.level.value, **wanted},
        )


def authorize_administrator(by: Principal, *, on: str = "") -> None:
    """Raise Denied unless the principal is an administrator."""
    if not by.is_administrator:
        raise Denied(f"{by.name} is no administrator.", subject=on, details={"permission": "administrator"})
