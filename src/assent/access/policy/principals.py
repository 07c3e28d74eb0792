"""A principal: whoever acts, as a value that needs no database."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from assent.access.policy.levels import Level, Permission, highest, is_read_by_auditors, lowest_with
from assent.access.policy.limits import UNLIMITED, Limits
from assent.access.policy.reach import NOWHERE, Reach
from assent.kernel.errors import Denied


class Kind(StrEnum):
    """What a principal is: somebody, or something that acts for somebody."""

    USER = "user"
    SERVICE_ACCOUNT = "service_account"


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is asking, and what they may do by the names of models; what on single models, statements tell.

    `groups` are the ids of all groups that hold the principal, directly or through another. `token_id` is the token
    they showed and `limits` are that token's; `session_id` is the session they are signed in to, and `signed_in_at`
    the moment when it began.
    """

    id: int | None
    name: str
    kind: Kind = Kind.USER
    is_administrator: bool = False
    reach: Reach = NOWHERE
    groups: tuple[int, ...] = ()
    limits: Limits = UNLIMITED
    token_id: int | None = None
    session_id: int | None = None
    signed_in_at: int | None = None

    def levels(self, name: str, granted: Collection[Level] = ()) -> frozenset[Level]:
        """The levels that count on a model of that name, where `granted` is what was granted on this very model."""
        return frozenset({Level.CAN_MANAGE}) if self.is_administrator else self.reach.levels(name, granted)

    def may(self, permission: Permission, name: str, granted: Collection[Level] = ()) -> bool:
        """Whether the principal has a right on a model of that name."""
        if not self.limits.allow(permission, name):
            return False
        return self.is_administrator or self.reach.gives(permission, name, granted)

    def may_everywhere(self, permission: Permission) -> bool:
        """Whether the principal has a right on every model there is, but for what limits their token."""
        return self.is_administrator or (self.audits and is_read_by_auditors(permission))

    def may_by_some_name(self, permission: Permission) -> bool:
        """Whether a model could be called so that the principal has a right on it; limits of a token aside."""
        by_reach = self.reach.everywhere(permission) or bool(self.reach.names_with(permission))
        return by_reach or self.may_everywhere(permission)

    @property
    def audits(self) -> bool:
        """Whether the principal is an auditor: reads everything, and changes nothing by that."""
        return self.reach.audits

    @property
    def reads_everything(self) -> bool:
        """Whether there is nothing in the registry that the principal may not read with what they showed."""
        return self.limits.names is None and self.may_everywhere(Permission.MODEL_READ)

    @property
    def oversees(self) -> bool:
        """Whether the principal may see what administrators see, of what belongs to no model."""
        audits = self.audits and self.limits.names is None and self.limits.allow(Permission.AUDIT_READ, "")
        return self.administers or audits

    @property
    def reads_most(self) -> bool:
        """Whether there is little that the principal may not read, so far as one can tell without looking."""
        everywhere = self.is_administrator or self.reach.everywhere(Permission.MODEL_READ)
        return self.limits.names is None and everywhere

    @property
    def administers(self) -> bool:
        """Whether the principal may administer with what they showed."""
        return self.is_administrator and self.limits.allow_administration


# Acts at first starts and from the server's own command line, where nobody signs in.
SYSTEM = Principal(id=None, name="system", is_administrator=True)


def authorize(
    by: Principal,
    permission: Permission,
    *,
    on: str,
    granted: Collection[Level] = (),
    target: str | None = None,
    **wanted: object,
) -> None:
    """Raise Denied unless the principal has the right on the model of the name `on`.

    `granted` is what statements found granted on this very model, `target` where a version is to go: a stage, or `@`
    and an alias. These and `wanted` tell the audit log what for.
    """
    if by.may(permission, on, granted) and (target is None or by.limits.allow_target(target)):
        return
    level = highest(by.levels(on, granted))
    details = {"permission": permission.value, "level": level.value, "target": target, **wanted}
    if by.limits.allow(permission, on) and not (by.is_administrator or by.reach.gives(permission, on, granted)):
        least = lowest_with(permission)
        why = f"{by.name} lacks the right {permission}: it takes the level {least}, and {by.name} has {level}."
    else:
        why = f"The token that {by.name} showed {by.limits.why_not(permission, on)}."
        details |= {"limited_by_token": by.token_id}
    raise Denied(why, subject=on, details={name: value for name, value in details.items() if value is not None})


def authorize_everywhere(by: Principal, permission: Permission, *, on: str = "", kind: str) -> None:
    """Raise Denied unless the principal has a right on the whole registry, as what belongs to no model takes.

    What patterns of names or single models take away from them does not count.
    """
    details: dict[str, object] = {"permission": permission.value}
    if not (by.is_administrator or by.reach.everywhere(permission)):
        why = (
            f"{by.name} lacks the right {permission} on the whole registry: it takes {lowest_with(permission)} there."
        )
        raise Denied(why, kind=kind, subject=on, details=details)
    limits = by.limits
    if limits.names is not None or not limits.allow(permission, ""):
        why = f"The token that {by.name} showed {limits.why_not(permission, '')}."
        raise Denied(why, kind=kind, subject=on, details=details | {"limited_by_token": by.token_id})


def authorize_administrator(by: Principal, *, on: str = "", kind: str = "principal") -> None:
    """Raise Denied unless the principal is an administrator, and showed what lets that through."""
    if not by.administers:
        why = "showed a token that is no administrator's" if by.is_administrator else "is no administrator"
        raise Denied(f"{by.name} {why}.", kind=kind, subject=on, details={"permission": "administrator"})


def authorize_overseer(by: Principal, *, on: str = "", kind: str = "principal") -> None:
    """Raise Denied unless the principal is an administrator or an auditor, and showed what lets that through."""
    if not by.oversees:
        authorize_administrator(by, on=on, kind=kind)


def authorize_letting_in(by: Principal, *, on: str = "", kind: str = "principal") -> None:
    """Raise Denied unless the principal is an administrator, and showed what has no limits.

    Whoever sets a password, makes an administrator or trusts a publisher could otherwise leave those limits behind.
    """
    authorize_administrator(by, on=on, kind=kind)
    if not by.limits.are_none:
        why = f"The token that {by.name} showed has limits, and so lets nobody else in."
        details: dict[str, object] = {"permission": "administrator", "limited_by_token": by.token_id}
        raise Denied(why, kind=kind, subject=on, details=details)
