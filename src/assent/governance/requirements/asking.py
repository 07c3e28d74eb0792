"""What a requirement is told of the gate that asks for it, and what it makes a reviewer review. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Asking:
    """The gate that asks: what of it matters to a single requirement.

    `checks` are the names of the checks that the gate asks for, and `against` of those whose results for the
    incumbent it compares with.
    """

    gate: str
    signature: bool = False
    rollback_approvals: int | None = None
    checks: frozenset[str] = frozenset()
    against: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Demands:
    """What of a version is reviewed because a requirement asks for it.

    `against` names metrics of the incumbent, each with the check that it was posted with, or nothing before it.
    """

    description: bool = False
    card: bool = False
    tags: frozenset[str] = frozenset()
    checks: frozenset[str] = frozenset()
    against: frozenset[tuple[str, str]] = frozenset()

    def __or__(self, other: "Demands") -> "Demands":
        return Demands(
            self.description or other.description,
            self.card or other.card,
            self.tags | other.tags,
            self.checks | other.checks,
            self.against | other.against,
        )

    @property
    def checks_against(self) -> frozenset[str]:
        """The checks that those metrics come from: who posted one for the incumbent is an author, too."""
        return frozenset(check for check, _ in self.against if check)


NOTHING = Demands()
