"""Those who asked and decided, as they are now: who they are, in what groups, and with what rights on a model."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from assent.access.policy.levels import Level, Permission
from assent.access.policy.principals import Principal
from assent.access.policy.reach import ByName, Reach
from assent.access.signing_in import profiles
from assent.access.signing_in.profiles import Given, Profile
from assent.governance.requirements.facts import Person
from assent.kernel.dialects import Reader


@dataclass(frozen=True, slots=True)
class Somebody:
    """A principal as they would be if they signed in now, and what is granted to them on one model and by names."""

    person: Person
    principal: Principal
    is_enabled: bool
    grants: tuple[Given, ...]

    @property
    def granted(self) -> tuple[Level, ...]:
        """The levels on the very model."""
        return _on_the_model(self.grants)

    def may(self, permission: Permission, name: str) -> bool:
        """Whether they have a right on the model, which has that name."""
        return self.is_enabled and self.principal.may(permission, name, self.granted)

    def favoured_by(self, permission: Permission, name: str, since: int) -> frozenset[int]:
        """Who gave them, from a moment on, what that right rests on; nobody where it does not."""
        older = [each for each in self.grants if each.at < since]
        by_name = (ByName(each.level, each.pattern) for each in older if not each.on_model)
        before = replace(self.principal, reach=Reach(by_name, default=self.principal.reach.default))
        if before.may(permission, name, _on_the_model(older)):
            return frozenset()
        return frozenset(each.by_id for each in self.grants if each.at >= since and each.by_id is not None)


def found(session: Reader, ids: Iterable[int], *, model_id: int, default: Level) -> dict[int, Somebody]:
    """Some principals by their ids: one statement. `default` is the level that everybody has on every model."""
    known = profiles.found(session, ids, model_id=model_id, default=default)
    return {number: _somebody(profile) for number, profile in known.items()}


def _somebody(profile: Profile) -> Somebody:
    account = profile.account
    person = Person(account.id, account.name, account.kind.value, profile.groups)
    return Somebody(person, profile.principal, account.disabled_at is None, profile.given)


def _on_the_model(grants: Iterable[Given]) -> tuple[Level, ...]:
    return tuple(each.level for each in grants if each.on_model)
