"""A row of the matrix: a call, how to make it, and what it takes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from assent.access.policy.levels import Permission
from security.actors import Actor

Expected = Callable[[Actor], int]


@dataclass(frozen=True)
class Row:
    """One call. Words in braces, in the path and in the fields, are the actor's own: see `world`.

    `expects` tells the status that an actor gets; whoever is not let in gets `unknown`.
    """

    face: str
    method: str
    path: str
    expects: Expected
    fields: Mapping[str, Any] = field(default_factory=dict)
    in_path: Mapping[str, str] = field(default_factory=dict)
    unknown: int = 401
    as_form: bool = False

    @property
    def key(self) -> tuple[str, str, str]:
        """What the row is of."""
        return self.face, self.method, self.path


def anyone(status: int = 200) -> Expected:
    """Everybody who is let in."""
    return lambda _actor: status


def administrators(status: int = 200) -> Expected:
    """Administrators, with what lets administration through."""
    return lambda actor: status if actor.administers else 403


def overseers(status: int = 200) -> Expected:
    """Administrators, with what lets administration through, and auditors."""
    return lambda actor: status if actor.administers or actor.audits else 403


def or_auditors(expects: Expected) -> Expected:
    """Auditors, besides those who are expected."""
    return lambda actor: 200 if actor.audits else expects(actor)


def who_lets_in(status: int = 200) -> Expected:
    """Administrators, with what has no limits."""
    return lambda actor: status if actor.lets_in else 403


def creators(status: int = 200) -> Expected:
    """Whoever may create models."""
    return lambda actor: status if actor.creates else 403


def on_the_model(*rights: Permission, status: int = 200) -> Expected:
    """Whoever has these rights on the model; for who may not read it, there is none."""

    def expected(actor: Actor) -> int:
        if Permission.MODEL_READ not in actor.may:
            return 404
        return status if actor.may >= set(rights) else 403

    return expected
