"""What somebody may do with a model, and why not: for pages, which show what can be done before anybody tries it."""

from dataclasses import dataclass

from assent.access.granting.visibility import Granted
from assent.access.policy.levels import Permission
from assent.access.policy.principals import Principal, authorize
from assent.kernel.dialects import Reader
from assent.kernel.errors import Denied
from assent.registry import permissions, reading
from assent.registry.views import Version


@dataclass(frozen=True, slots=True)
class Rights:
    """The rights of somebody on a live model that they may read."""

    by: Principal
    name: str
    granted: Granted

    def may(self, permission: Permission) -> bool:
        """Whether they have a right."""
        return self.by.may(permission, self.name, self.granted)

    def why_not(self, permission: Permission) -> str:
        """Why they lack a right, as they would be told who tried; empty where they have it."""
        try:
            authorize(self.by, permission, on=self.name, granted=self.granted)
        except Denied as refused:
            return refused.message
        return ""


def of(session: Reader, name: str, *, by: Principal) -> Rights:
    """The caller's rights on a model. Raises NotFound."""
    return Rights(by, name, permissions.named(session, name, by=by).granted)


def of_version(session: Reader, name: str, number: int, *, by: Principal) -> tuple[Version, Rights]:
    """A version, and the caller's rights on its model: one statement. Raises NotFound."""
    version, granted = reading.version_and_granted(session, name, number, by=by)
    return version, Rights(by, name, granted)
