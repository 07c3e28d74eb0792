"""Those who asked and decided, as they are now: who they are, in what groups, and with what rights on a model."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

from sqlalchemy import bindparam, or_, select

from assent.access.granting.grants import GRANTS
from assent.access.people.groups import GROUPS
from assent.access.policy.levels import Level, Permission
from assent.access.policy.principals import Principal
from assent.access.policy.reach import ByName, Reach
from assent.access.signing_in.sign_in import SignIn
from assent.governance.requirements.facts import Person
from assent.kernel.dialects import Reader

_NAMES = select(GROUPS.c.id, GROUPS.c.name).where(GROUPS.c.id.in_(bindparam("ids", expanding=True)))

_GIVEN = select(
    GRANTS.c.principal_id,
    GRANTS.c.group_id,
    GRANTS.c.level,
    GRANTS.c.given_at,
    GRANTS.c.given_by_id,
    GRANTS.c.model_id.is_not(None),
    GRANTS.c.pattern,
).where(
    or_(GRANTS.c.model_id == bindparam("model"), GRANTS.c.model_id.is_(None)),
    or_(
        GRANTS.c.principal_id.in_(bindparam("ids", expanding=True)),
        GRANTS.c.group_id.in_(bindparam("groups", expanding=True)),
    ),
)


class Given(NamedTuple):
    """A level that somebody has on the very model, or by a pattern of names or everywhere; since when, by whom."""

    level: Level
    at: int
    by_id: int | None
    on_model: bool
    pattern: str | None


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
    """Some principals by their ids. `default` is the level that everybody has on every model."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    accounts = SignIn(default=default).as_they_are(session, wanted)
    groups = {group for _, principal in accounts for group in principal.groups}
    names = _group_names(session, groups)
    grants = _grants(session, model_id, wanted, groups)
    people: dict[int, Somebody] = {}
    for account, principal in accounts:
        held_by = frozenset(names[group] for group in principal.groups if group in names)
        to = {(account.id, None), *((None, group) for group in principal.groups)}
        people[account.id] = Somebody(
            Person(account.id, account.name, account.kind.value, held_by),
            principal,
            account.disabled_at is None,
            tuple(given for grantee, given in grants if grantee in to),
        )
    return people


def _group_names(session: Reader, ids: Collection[int]) -> dict[int, str]:
    return {row.id: row.name for row in session.execute(_NAMES, {"ids": sorted(ids)})} if ids else {}


def _grants(
    session: Reader, model_id: int, ids: Collection[int], groups: Collection[int]
) -> list[tuple[tuple[int | None, int | None], Given]]:
    """What is granted to some principals and groups, each with whom it is granted to: the one or the other."""
    wanted = {"model": model_id, "ids": sorted(ids), "groups": sorted(groups)}
    return [((row[0], row[1]), Given._make(row[2:])) for row in session.execute(_GIVEN, wanted)]


def _on_the_model(grants: Iterable[Given]) -> tuple[Level, ...]:
    return tuple(each.level for each in grants if each.on_model)
