"""What a token may be used for at most. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

from assent.access.policy.levels import SCOPES, Permission, Scope
from assent.kernel.errors import Invalid
from assent.kernel.patterns import Names, must_be_a_pattern

# What takes a version away from where it stands, or lets others do so, goes nowhere that a target could name.
_BEYOND_TARGETS = {Permission.VERSION_DELETE, Permission.MODEL_MANAGE, Permission.MODEL_GRANT}


@dataclass(frozen=True)
class Limits:
    """What a token lets through of what its owner may do. None of a kind is no limit of that kind.

    `pattern` is of the models' names; `targets` are what versions may be moved to: a stage, or `@` and an alias.
    """

    scopes: frozenset[Scope] | None = None
    pattern: str | None = None
    targets: frozenset[str] | None = None

    @property
    def are_none(self) -> bool:
        """Whether everything is let through."""
        return self.scopes is None and self.pattern is None and self.targets is None

    @property
    def allow_administration(self) -> bool:
        """Whether rights are let through that belong to no model: users, groups, grants on the registry."""
        manages = self.scopes is None or Scope.MANAGE in self.scopes
        return manages and self.pattern is None and self.targets is None

    def allow(self, permission: Permission, name: str) -> bool:
        """Whether a right on a model of that name is let through."""
        if self.targets is not None and permission in _BEYOND_TARGETS:
            return False
        return (self.permissions is None or permission in self.permissions) and self.allow_name(name)

    def allow_name(self, name: str) -> bool:
        """Whether anything is let through on a model of that name."""
        return self.names is None or name in self.names

    def allow_target(self, target: str) -> bool:
        """Whether a version may be moved there."""
        return self.targets is None or target in self.targets

    def why_not(self, permission: Permission, name: str) -> str:
        """What holds a right on a model of that name back, told of the token that has these limits."""
        if self.permissions is not None and permission not in self.permissions:
            return f"has no scope for the right {permission}; its scopes are {', '.join(sorted(self.scopes or ()))}"
        if not self.allow_name(name):
            return f"is limited to models whose names match {self.pattern}"
        return f"is limited to moves to {', '.join(sorted(self.targets or ()))}"

    @cached_property
    def permissions(self) -> frozenset[Permission] | None:
        """The rights that the scopes let through."""
        return None if self.scopes is None else frozenset().union(*(SCOPES[scope] for scope in self.scopes))

    @cached_property
    def names(self) -> Names | None:
        """The names that the pattern lets through."""
        return None if self.pattern is None else Names([self.pattern])


UNLIMITED = Limits()


def limits(
    scopes: Collection[str] | None = None, pattern: str | None = None, targets: Collection[str] | None = None
) -> Limits:
    """Limits from words. Raises Invalid, naming the word."""
    if pattern is not None:
        must_be_a_pattern(pattern)
    for what, words in (("scope", scopes), ("target", targets)):
        if words is not None and not words:
            raise Invalid(f"Name one {what} at least, or leave them out where there is no limit.")
    return Limits(
        None if scopes is None else frozenset(map(_scope, scopes)),
        pattern,
        None if targets is None else frozenset(targets),
    )


def _scope(word: str) -> Scope:
    try:
        return Scope(word)
    except ValueError:
        raise Invalid(f"There is no scope {word!r}; the scopes are {', '.join(Scope)}.") from None
