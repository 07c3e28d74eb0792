"""A way to a guarded target that somebody might find: a call, and the strongest that can be sent to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any

from assent.audit.actions import Action


class Reason(StrEnum):
    """Why a call cannot bring a version anywhere. There are no others: what changes anything is tried."""

    READS = "reads"  # It is given a connection that cannot write.
    SIGNS_IN = "signs in"  # It tells who somebody is, or forgets it.


@dataclass(frozen=True)
class Way:
    """One call, tried with each of its inputs, or the reason why it need not be.

    An input's keys in angle brackets are places in the path, all others are fields; words in braces are the
    attacker's own: see `gated`. `told_by` is the event that tells of it where an administrator, and nobody else,
    takes a model out of its gates by the call, as they may.
    """

    face: str
    method: str
    path: str
    inputs: tuple[Mapping[str, Any], ...] = ()
    reason: Reason | None = None
    told_by: Action | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """What the way is by."""
        return self.face, self.method, self.path


def attack(face: str, method: str, path: str, *inputs: Mapping[str, Any], told_by: Action | None = None) -> Way:
    """A call that is tried with each of some inputs."""
    return Way(face, method, path, inputs, told_by=told_by)


def by_face(face: str) -> Any:
    """The same, of one face."""
    return partial(attack, face)


def beside(face: str, method: str, path: str, reason: Reason) -> Way:
    """A call that cannot matter."""
    return Way(face, method, path, reason=reason)
