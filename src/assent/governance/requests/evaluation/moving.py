"""What is to move where, with what stands in its place now."""

from dataclasses import dataclass, replace

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from assent.access.granting.visibility import Granted
from assent.access.policy.principals import Principal
from assent.audit.events import Subject
from assent.governance import targets
from assent.governance.rules.standing import Standing
from assent.governance.targets import DELETION_OF_MODEL, DELETION_OF_VERSION, Target, TargetKind
from assent.kernel.clock import now
from assent.kernel.dialects import Reader
from assent.kernel.errors import Invalid
from assent.registry import models, reading, stages, versions
from assent.registry.names import must_be_a_free_alias
from assent.registry.views import VERSIONS, Model, Version

_STANDING_THERE = (
    select(VERSIONS.c.number)
    .where(
        VERSIONS.c.model_id == bindparam("model"),
        VERSIONS.c.stage == bindparam("stage"),
        VERSIONS.c.deleted_at.is_(None),
        VERSIONS.c.number != bindparam("number"),
    )
    .order_by(VERSIONS.c.number)
)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants moved where. `number` is None where it is the model that shall be deleted."""

    name: str
    number: int | None
    target: Target
    archive_existing: bool = False


def wish(session: Reader, name: str, number: int | None, to: str, *, archive_existing: bool = False) -> Wish:
    """What somebody wants who wrote a stage, in whatever case, `@` and an alias, or `deletion`. Raises Invalid."""
    meant = target(session, to)
    if meant == DELETION_OF_VERSION and number is None:
        return Wish(name, None, DELETION_OF_MODEL)
    if number is None:
        raise Invalid(f"to: A model is moved nowhere; it can be deleted: {targets.DELETED}.")
    if archive_existing and meant.kind is TargetKind.STAGE:
        stages.must_be_active(session, stages.named(session, meant.name))
    return Wish(name, number, meant, archive_existing and meant.kind is TargetKind.STAGE)


def target(session: Reader, word: str) -> Target:
    """What a word means: a stage, in whatever case, `@` and an alias, or `deletion`. Raises Invalid."""
    if word.lower() == targets.DELETED:
        return DELETION_OF_VERSION
    if word.startswith("@"):
        must_be_a_free_alias(word[1:])
        return targets.alias(word[1:])
    return targets.stage(stages.named(session, word).name)


@dataclass(frozen=True, slots=True)
class Moving:
    """A model and a version of it on the way to a target, as they are at the moment `at`.

    `incumbent` is who serves the target, unless that is the version itself; `archived` are the numbers of all that
    would be archived.
    """

    wish: Wish
    model: Model
    version: Version | None
    incumbent: Version | None
    archived: tuple[int, ...]
    at: int

    @property
    def target(self) -> Target:
        """Where it goes."""
        return self.wish.target

    @property
    def stage(self) -> str:
        """Where the version stands; nowhere where it is a model that would go."""
        return self.version.stage if self.version else ""

    @property
    def is_there(self) -> bool:
        """Whether there is nothing to move: the version is where it is to go."""
        match self.target.kind:
            case TargetKind.STAGE:
                return self.stage == self.target.name
            case TargetKind.ALIAS:
                return self.version is not None and self.target.name in self.version.aliases
        return False

    @property
    def subject(self) -> Subject:
        """What moves, as an audit event names it."""
        if self.version is None:
            return Subject("registered_model", self.model.id, self.model.name, model_id=self.model.id)
        return versions.subject(self.version)


def held(session: Session, wish: Wish, standing: Standing, *, by: Principal) -> tuple[Moving, Granted]:
    """What is to move, whose rows this transaction holds from now on, and what the caller was granted on it.

    The model's row first: so that one thing happens to a model after the other. Raises NotFound.
    """
    locked = models.lock(session, wish.name, by=by)
    version = None
    if wish.number is not None:
        version, _ = versions.lock(session, wish.name, wish.number, by=by)
    at = max(locked.moment(), standing.changed_at)
    return _moving(session, wish, version, at, by), locked.granted


def seen(session: Reader, wish: Wish, *, by: Principal) -> Moving:
    """The same for somebody who only looks. Raises NotFound."""
    version = None
    if wish.number is not None:
        version = reading.version_numbered(session, wish.name, wish.number, by=by)
    return _moving(session, wish, version, now(), by)


def _moving(session: Reader, wish: Wish, version: Version | None, at: int, by: Principal) -> Moving:
    model = reading.model(session, wish.name, by=by)
    incumbent = _incumbent(session, model, version, wish.target, by)
    there = Moving(wish, model, version, incumbent, (), at)
    return archiving(session, there, archive_existing=wish.archive_existing)


def archiving(session: Reader, there: Moving, *, archive_existing: bool) -> Moving:
    """The same move, with or without the others that stand in its stage going to the archive for it."""
    archived: tuple[int, ...] = ()
    if archive_existing and there.version is not None and there.target.kind is TargetKind.STAGE:
        wanted = {"model": there.model.id, "stage": there.target.name, "number": there.version.number}
        archived = tuple(session.scalars(_STANDING_THERE, wanted))
    return replace(there, wish=replace(there.wish, archive_existing=archive_existing), archived=archived)


def _incumbent(
    session: Reader, model: Model, version: Version | None, target: Target, by: Principal
) -> Version | None:
    """Who serves: in a stage that is the highest number, as clients have it."""
    found: Version | None = None
    match target.kind:
        case TargetKind.STAGE:
            found = next((each for each in model.latest if each.stage == target.name), None)
        case TargetKind.ALIAS if target.name in model.aliases:
            found = reading.version_numbered(session, model.name, model.aliases[target.name], by=by)
    return None if found is None or version is None or found.id == version.id else found
