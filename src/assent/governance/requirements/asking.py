"""What a requirement is told of the gate that asks for it, and what it makes a reviewer review. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Asking:
    """The gate that asks: what of it matters to a single requirement.

    `checks` are the names of the checks that the gate asks for.
    """

    gate: str
    signature: bool = False
    rollback_approvals: int | None = None
    checks: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Demands:
    """What of a version is reviewed because a requirement asks for it."""

    description: bool = False
    card: bool = False
    tags: frozenset[str] = frozenset()
    checks: frozenset[str] = frozenset()

    def __or__(self, other: "Demands") -> "Demands":
        return Demands(
            self.description or other.description,
            self.card or other.card,
            self.tags | other.tags,
            self.checks | other.checks,
        )


NOTHING = Demands()
