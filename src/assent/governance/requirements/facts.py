"""All that requirements look at, gathered into one value. Times are milliseconds. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from assent.governance.targets import Target

USER = "user"

# Why somebody's approval may not count: who they are to what they would approve.
REQUESTER = "requester"
REGISTRAR = "registrar"
RUN_USER = "run_user"
CHECK_AUTHOR = "check_author"
ROLES = (REQUESTER, REGISTRAR, RUN_USER, CHECK_AUTHOR)


@dataclass(frozen=True, slots=True)
class Person:
    """A principal, with the names of all groups that hold them."""

    id: int
    name: str
    kind: str = USER
    groups: frozenset[str] = frozenset()

    @property
    def reference(self) -> str:
        """What a gate calls them."""
        return f"{self.kind}:{self.name}"

    def is_one_of(self, references: frozenset[str]) -> bool:
        """Whether a gate that names these means them, by their own name or by a group's."""
        return self.reference in references or any(f"group:{name}" in references for name in self.groups)


@dataclass(frozen=True, slots=True)
class Approval:
    """What somebody approved, `in_place_of` somebody else where they are their delegate.

    `may_decide` is whether who speaks has the right now, and `may_move` whether they have that to make the move.
    `changed` tells what is no more as it was reviewed. `favoured_by` is who gave them, after the request was
    opened, what their right rests on.
    """

    by: Person
    at: int
    in_place_of: Person | None = None
    signature: str = ""
    may_decide: bool = True
    may_move: bool = True
    changed: tuple[str, ...] = ()
    favoured_by: frozenset[int] = frozenset()

    @property
    def speaker(self) -> Person:
        """Whose approval it is."""
        return self.in_place_of or self.by

    @property
    def people(self) -> tuple[Person, ...]:
        """Everybody who stands behind it."""
        return (self.by,) if self.in_place_of is None else (self.by, self.in_place_of)


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The result of a check that counts: `pending`, `passed` or `failed`."""

    state: str
    posted_at: int
    posted_by_id: int
    metrics: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A version, with what is known of it: the one that is to move, or an incumbent."""

    id: int
    number: int
    stage: str
    description: str = ""
    source: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    artifacts: str | None = None
    snapshot: str | None = None
    code_commit: str = ""
    # By their names the digests of the data that went into it; empty where one has none.
    datasets: Mapping[str, str] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)
    checks: Mapping[str, CheckResult] = field(default_factory=dict)

    def measured(self, check: str, key: str) -> float | None:
        """A metric of its run or, where a check is named, of that check's result."""
        if not check:
            return self.metrics.get(key)
        return self.checks[check].metrics.get(key) if check in self.checks else None


@dataclass(frozen=True, slots=True)
class Facts:
    """One guarded move: what would move where, and all that is known about it at the moment `at`."""

    at: int
    target: Target
    model_id: int
    model: str
    model_description: str = ""
    model_tags: Mapping[str, str] = field(default_factory=dict)
    card: str = ""
    # None where it is the model that would be deleted.
    version: Candidate | None = None
    # Who serves the target now, so far as it is not the version itself.
    incumbent: Candidate | None = None
    # The numbers of those that would be archived.
    archived: tuple[int, ...] = ()
    # How long the version has stood in each stage, all times together.
    stays: Mapping[str, int] = field(default_factory=dict)
    is_rollback: bool = False
    unresolved_comments: int = 0
    requester: Person | None = None
    requester_may_move: bool = False
    approvals: tuple[Approval, ...] = ()
    # By role the ids of those who have it.
    roles: Mapping[str, frozenset[int]] = field(default_factory=dict)
    # What takes the right to decide, and the level that gives it.
    decided_by: str = "CAN_MANAGE_PRODUCTION_VERSIONS"
    moved_by: str = "CAN_MANAGE_PRODUCTION_VERSIONS"
    # By name, and why it is, until when a freeze lasts.
    freezes: Mapping[str, int] = field(default_factory=dict)
    # Why the lifecycle of the model does not allow the move; empty where it does.
    against_lifecycle: str = ""
    # The ids of the recalls of something that the version comes from.
    recalls: tuple[int, ...] = ()
    # Requests of the same target that were overridden and that nobody has reviewed since.
    unreviewed: tuple[int, ...] = ()
    not_before: int | None = None

    @property
    def description(self) -> str:
        """That of the version, or of the model where it is the model that would be deleted."""
        return self.version.description if self.version else self.model_description

    @property
    def tags(self) -> Mapping[str, str]:
        """Those of the version, and those of its model that it has not itself."""
        return {**self.model_tags, **self.version.tags} if self.version else self.model_tags
