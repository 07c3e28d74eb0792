"""Lifecycles: which stages there are for some models, and the moves between them. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from assent.governance.rules.parts import name_of, patterns
from assent.kernel.content import Content
from assent.kernel.errors import Invalid
from assent.kernel.patterns import Names
from assent.registry.tiers import ARCHIVED, MLFLOWS, NO_STAGE, Stage, Tier, must_agree, must_be_a_stage_name

_OF_EVERY = {stage.name: stage for stage in MLFLOWS if stage.name in (NO_STAGE, ARCHIVED)}


@dataclass(frozen=True)
class Lifecycle:
    """The stages of the models that some patterns match, in order, and from which a version goes to which.

    `None` and `Archived` are among the stages of all. With no `moves`, every move between its stages is allowed.
    """

    name: str
    models: tuple[str, ...]
    stages: tuple[Stage, ...]
    moves: Mapping[str, tuple[str, ...]] | None = None

    def matches(self, model_name: str) -> bool:
        """Whether it is for a model of that name."""
        return model_name in self._models

    def allows(self, from_stage: str, to_stage: str) -> bool:
        """Whether a version may go from one stage to another; to stay where it is, it always may."""
        return from_stage == to_stage or to_stage in self.after(from_stage)

    def after(self, stage: str) -> tuple[str, ...]:
        """Where a version may go from a stage.

        From one that is no stage of this lifecycle, which came after the version did, it is put down or begins anew.
        """
        if stage not in self._names:
            return (NO_STAGE, ARCHIVED)
        if self.moves is None:
            return tuple(each for each in self._names if each != stage)
        return self.moves.get(stage, ())

    def has(self, stage: str) -> bool:
        """Whether it is one of its stages."""
        return stage in self._names

    @cached_property
    def _models(self) -> Names:
        return Names(self.models)

    @cached_property
    def _names(self) -> tuple[str, ...]:
        return tuple(stage.name for stage in self.stages)


# That of every model that no other is for.
MLFLOWS_LIFECYCLE = Lifecycle("MLflow", ("*",), MLFLOWS)


def of(lifecycles: Sequence[Lifecycle], model_name: str) -> Lifecycle:
    """The lifecycle of a model: the first that matches it; MLflow's four stages and every move where none does."""
    return next((each for each in lifecycles if each.matches(model_name)), MLFLOWS_LIFECYCLE)


def must_allow(lifecycle: Lifecycle, from_stage: str, to_stage: str, *, archives: bool = False) -> None:
    """Raise Invalid, with what is allowed, unless a version may go from one stage to another.

    `archives` tells that others, which stand there, go to the archive for it.
    """
    if why := why_not(lifecycle, from_stage, to_stage, archives=archives):
        raise Invalid(why)


def why_not(lifecycle: Lifecycle, from_stage: str, to_stage: str, *, archives: bool = False) -> str:
    """Why a version may not go from one stage to another, with where it may go; empty where it may."""
    if not lifecycle.allows(from_stage, to_stage):
        return _why_not(lifecycle, from_stage, to_stage)
    if archives and not lifecycle.allows(to_stage, ARCHIVED):
        return _why_not(lifecycle, to_stage, ARCHIVED)
    return ""


def _why_not(lifecycle: Lifecycle, from_stage: str, to_stage: str) -> str:
    if not lifecycle.has(to_stage):
        # The words of MLflow for a stage that there is not; for this model there is not.
        return (
            f"Invalid Model Version stage: {to_stage}. Value must be one of "
            f"{', '.join(stage.name for stage in lifecycle.stages)}: the lifecycle '{lifecycle.name}' has no others."
        )
    goals = ", ".join(lifecycle.after(from_stage)) or "nowhere"
    return (
        f"The lifecycle '{lifecycle.name}' allows no move from {from_stage} to {to_stage}. "
        f"From {from_stage} a version goes to: {goals}."
    )


def read(content: Content) -> Lifecycle:
    """The lifecycle that somebody wrote. What is wrong with it becomes faults of the content.

    Whether its stages, which are noted, agree with those that there are is for whoever knows these.
    """
    parts = content.fields(("name", "models", "stages", "moves"), required=("name", "stages"))
    stages = _with_those_of_every(_stages(parts["stages"])) if "stages" in parts else ()
    moves = _moves(parts["moves"], stages) if "moves" in parts else None
    return Lifecycle(name_of(parts), patterns(parts), stages, moves)


def kept(content: Mapping[str, Any]) -> Lifecycle:
    """A lifecycle that was written before."""
    whole = Content(content)
    lifecycle = read(whole)
    whole.must_be_right()
    return lifecycle


def _stages(content: Content) -> list[Stage]:
    found: list[Stage] = []
    for part in content.each(at_least=1):
        stage = _stage(part)
        if stage is None:
            continue
        if stage in found:
            part.fault(f"{stage.name} is written twice.")
        part.must(must_agree, stage, [*MLFLOWS, *found])
        part.note(stage)
        found.append(stage)
    return found


def _stage(content: Content) -> Stage | None:
    parts = content.fields(("name", "tier"), required=("name", "tier"))
    tier = parts["tier"].one_of(tuple(Tier)) if "tier" in parts else ""
    name = parts["name"].text() if "name" in parts else ""
    if name:
        parts["name"].must(must_be_a_stage_name, name)
    return Stage(name, Tier(tier)) if name and tier in set(Tier) else None


def _with_those_of_every(written: list[Stage]) -> tuple[Stage, ...]:
    named = {stage.name for stage in written}
    before = [_OF_EVERY[NO_STAGE]] if NO_STAGE not in named else []
    after = [_OF_EVERY[ARCHIVED]] if ARCHIVED not in named else []
    return (*before, *written, *after)


def _moves(content: Content, stages: Sequence[Stage]) -> dict[str, tuple[str, ...]] | None:
    if content.value is None:
        return None
    known = {stage.name.lower(): stage.name for stage in stages}
    moves: dict[str, tuple[str, ...]] = {}
    for written, goals in content.named().items():
        left = _among(known, written, goals)
        if left in moves:
            goals.fault(f"{left} is written twice.")
        moves[left] = tuple(dict.fromkeys(_among(known, goal.text(), goal) for goal in goals.each(or_one=True)))
    return moves


def _among(known: Mapping[str, str], written: str, at: Content) -> str:
    if written.lower() not in known:
        at.fault(f"{written or 'Nothing'} is no stage of this lifecycle; they are {', '.join(known.values())}.")
    return known.get(written.lower(), written)
