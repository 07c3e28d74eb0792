"""Whatever is granted to whomever: what the service lets happen is what a naive model of the rules says."""

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from assent.access.granting import grants
from assent.access.granting.grants import Grantee, Place
from assent.access.people import groups
from assent.access.policy.levels import Level, Permission, Scope
from assent.access.policy.limits import Limits, limits
from assent.access.policy.principals import SYSTEM, Principal
from assent.access.signing_in.sign_in import SignIn
from assent.governance import moves
from assent.kernel.errors import Denied, NotFound
from assent.registry import models, permissions, reading, tags, versions
from assent.registry.search import finding
from assent.registry.sources import SourceRules
from assent.registry.versions import Registration
from factories.access import account
from support.rules import AUDITING, MAY, SEEING, WITHIN

NAMES = ("a", "ab", "abc", "b", "ba")
PRODUCED = ("ab", "b")
PEOPLE = ("ann", "ben")
GROUPS = ("inner", "middle", "outer")
STAGES = ("Staging", "Production", "Archived")
PATTERNS = ("*", "a*", "?b*", "*c", "b", "a?", "z*")


@dataclass(frozen=True)
class Granted:
    """A level for somebody, on a model, on a pattern or, with neither, on the registry."""

    to: str
    level: Level
    model: str | None
    pattern: str | None

    def reaches(self, name: str) -> bool:
        """Whether it says anything of a model of that name."""
        if self.model is not None:
            return self.model == name
        return self.pattern is None or fnmatchcase(name, self.pattern)


@dataclass(frozen=True)
class World:
    """Who is in which groups, what is granted, what everybody has, and what token is shown."""

    memberships: frozenset[tuple[str, str]]
    granted: tuple[Granted, ...]
    default: Level
    limits: Limits

    def may(self, who: str, permission: Permission, name: str) -> bool:
        """The rules, told as plainly as they can be."""
        token = self.limits
        if token.pattern is not None and not fnmatchcase(name, token.pattern):
            return False
        if token.scopes is not None and not any(permission in WITHIN[scope] for scope in token.scopes):
            return False
        mine = [each for each in self.granted if each.to in self._called(who) and each.reaches(name)]
        registry = [each.level for each in mine if each.model is None and each.pattern is None]
        if Level.CAN_AUDIT in registry and Level.NO_PERMISSIONS not in registry and permission in AUDITING:
            return True
        places = [
            [each.level for each in mine if each.model is not None],
            [each.level for each in mine if each.pattern is not None],
            registry,
        ]
        for place in places:
            if Level.NO_PERMISSIONS in place:
                return False
            if any(permission in MAY[level] for level in place):
                return True
        return permission in MAY[self.default]

    def _called(self, who: str) -> set[str]:
        found = {who}
        for _ in GROUPS:
            found |= {group for group, member in self.memberships if member in found}
        return found


def _granted(draw: Any) -> Granted:
    place = draw(st.sampled_from(("model", "pattern", "registry")))
    nowhere_else = {"model": {Level.CAN_CREATE_REGISTERED_MODEL, Level.CAN_AUDIT}, "pattern": {Level.CAN_AUDIT}}
    levels = [level for level in Level if level not in nowhere_else.get(place, ())]
    return Granted(
        draw(st.sampled_from(PEOPLE + GROUPS)),
        draw(st.sampled_from(levels)),
        draw(st.sampled_from(NAMES)) if place == "model" else None,
        draw(st.sampled_from(PATTERNS)) if place == "pattern" else None,
    )


@st.composite
def worlds(draw: Any) -> World:
    """Some world. A group holds only groups before it, so that none holds itself."""
    nested = [(outer, inner) for n, outer in enumerate(GROUPS) for inner in GROUPS[:n]]
    held = nested + [(group, who) for group in GROUPS for who in PEOPLE]
    one_each = {
        (each.to, each.model, each.pattern, each.level is Level.CAN_CREATE_REGISTERED_MODEL): each
        for each in (_granted(draw) for _ in range(draw(st.integers(0, 8))))
    }
    token = draw(
        st.builds(
            limits,
            st.none() | st.sets(st.sampled_from(list(Scope)), min_size=1, max_size=2),
            st.none() | st.sampled_from(PATTERNS),
        )
    )
    default = draw(st.sampled_from([Level.NO_PERMISSIONS, Level.NO_PERMISSIONS, Level.CAN_READ, Level.CAN_EDIT]))
    memberships = frozenset(draw(st.lists(st.sampled_from(held), max_size=5)))
    return World(memberships, tuple(one_each.values()), default, token)


def _build(session: Session, world: World) -> dict[str, Principal]:
    """The world in the database; who is in it, as they would be signed in."""
    accounts = {who: account(session, name=who) for who in PEOPLE}
    parties: dict[str, Grantee] = {**accounts}
    for group in GROUPS:
        parties[group] = groups.create(session, group, by=SYSTEM)
    for group, member in world.memberships:
        groups.add(session, groups.named(session, group), parties[member], by=SYSTEM)
    for each in world.granted:
        if each.model is not None:
            model = permissions.named(session, each.model, by=SYSTEM)
            permissions.give(session, model, parties[each.to], each.level, by=SYSTEM)
        else:
            grants.give(session, parties[each.to], each.level, on=Place(pattern=each.pattern), by=SYSTEM)
    session.flush()
    return {who: _with(SignIn(world.default).as_if(session, accounts[who]), world.limits) for who in PEOPLE}


def _with(somebody: Principal, token: Limits) -> Principal:
    return Principal(somebody.id, somebody.name, reach=somebody.reach, groups=somebody.groups, limits=token)


Attempt = Callable[[Session, str, Principal], object]

# Attempts, and the rights that each takes. Moves out of and into Production take more than others.
ATTEMPTS: Mapping[str, tuple[Attempt, Set[Permission]]] = {
    "read a model": (lambda s, name, by: reading.model(s, name, by=by), SEEING),
    "read a version": (lambda s, name, by: reading.version_numbered(s, name, 1, by=by), SEEING),
    "read by alias": (lambda s, name, by: reading.version_by_alias(s, name, "champion", by=by), SEEING),
    "read the latest": (lambda s, name, by: reading.latest_versions(s, name, [], by=by), SEEING),
    "read where it is": (lambda s, name, by: reading.download_uri(s, name, 1, by=by), SEEING),
    "register": (
        lambda s, name, by: versions.register(s, name, Registration("s3://b/2"), by=by, rules=SourceRules()),
        {Permission.VERSION_REGISTER},
    ),
    "describe": (lambda s, name, by: models.describe(s, name, "new", by=by), {Permission.MODEL_EDIT}),
    "describe a version": (
        lambda s, name, by: versions.describe(s, name, 1, "new", by=by),
        {Permission.VERSION_EDIT},
    ),
    "tag": (lambda s, name, by: tags.set_on_model(s, name, "k", "v", by=by), {Permission.MODEL_EDIT}),
    "tag a version": (
        lambda s, name, by: tags.set_on_version(s, name, 1, "k", "v", by=by),
        {Permission.VERSION_EDIT},
    ),
    "point": (lambda s, name, by: moves.point_alias(s, name, "other", 1, by=by), {Permission.ALIAS_SET}),
    "unpoint": (lambda s, name, by: moves.remove_alias(s, name, "champion", by=by), {Permission.ALIAS_SET}),
    "stage": (lambda s, name, by: moves.transition(s, name, 1, "Staging", by=by), {Permission.VERSION_MOVE}),
    "produce": (
        lambda s, name, by: moves.transition(s, name, 1, "Production", by=by),
        {Permission.VERSION_MOVE, Permission.VERSION_MOVE_PRODUCTION},
    ),
    "rename": (lambda s, name, by: models.rename(s, name, name, by=by), {Permission.MODEL_MANAGE}),
    "delete a version": (lambda s, name, by: moves.delete_version(s, name, 1, by=by), {Permission.VERSION_DELETE}),
    "delete": (lambda s, name, by: moves.delete_model(s, name, by=by), {Permission.MODEL_MANAGE}),
}


def _outcome(session: Session, attempt: Attempt, name: str, by: Principal) -> str:
    with session.begin_nested() as attempted:
        try:
            attempt(session, name, by)
        except NotFound:
            return "not there"
        except Denied:
            return "denied"
        finally:
            attempted.rollback()
    return "done"


@pytest.fixture
def registry(session: Session) -> Session:
    """Models that nobody but the system has anything to do with."""
    root = SignIn().as_if(session, account(session, name="root", is_administrator=True))
    for name in NAMES:
        models.create(session, name, by=root)
        versions.register(session, name, Registration("s3://b/1"), by=root, rules=SourceRules())
        moves.point_alias(session, name, "champion", 1, by=root)
        if name in PRODUCED:
            moves.transition(session, name, 1, "Production", by=root)
    session.flush()
    return session


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(world=worlds())
def test_lists_hold_just_what_may_be_read(registry: Session, world: World) -> None:
    with registry.begin_nested() as example:
        for who, by in _build(registry, world).items():
            expected = [name for name in NAMES if world.may(who, Permission.MODEL_READ, name)]
            page = finding.models(registry, "", [], size=2, by=by)
            found = [model.name for model in page.found]
            assert len(found) == min(2, len(expected)), "a page that is not the last is full"
            while page.next_token:
                page = finding.models(registry, "", [], size=2, token=page.next_token, by=by)
                found += [model.name for model in page.found]
            assert found == expected
            of_versions = finding.versions(registry, "", ["name ASC"], size=100, by=by).found
            assert [version.name for version in of_versions] == expected
        example.rollback()


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(world=worlds(), name=st.sampled_from(NAMES), tried=st.sampled_from(sorted(ATTEMPTS)))
def test_attempts_come_to_pass_just_where_they_may(registry: Session, world: World, name: str, tried: str) -> None:
    attempt, rights = ATTEMPTS[tried]
    if tried == "stage" and name in PRODUCED:
        rights = rights | {Permission.VERSION_MOVE_PRODUCTION}  # to leave Production takes as much as to enter it
    with registry.begin_nested() as example:
        for who, by in _build(registry, world).items():
            if not world.may(who, Permission.MODEL_READ, name):
                expected = "not there"
            else:
                expected = "done" if all(world.may(who, right, name) for right in rights) else "denied"
            assert _outcome(registry, attempt, name, by) == expected
        example.rollback()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(world=worlds(), name=st.sampled_from(NAMES))
def test_an_explanation_says_what_is_so(registry: Session, world: World, name: str) -> None:
    unlimited = World(world.memberships, world.granted, world.default, limits())
    with registry.begin_nested() as example:
        for who in _build(registry, unlimited):
            somebody = grants.grantee(registry, "user", who)
            model = permissions.named(registry, name, by=SYSTEM)
            found = permissions.explain(registry, model, somebody, default=world.default, by=SYSTEM)
            assert set(found.permissions) == {right for right in Permission if unlimited.may(who, right, name)}
            counting = {reason.grant.level for reason in found.reasons if reason.counts}
            assert set(found.permissions) == {
                right for level in (*counting, found.default) if level for right in MAY[level]
            }
        example.rollback()
