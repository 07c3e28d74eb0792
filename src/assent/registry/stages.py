"""The stages a version can stand in. They are only ever added, and each keeps its tier."""

from collections.abc import Iterable, Mapping
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, Pool, Select, func, insert, select
from sqlalchemy.orm import Session

from assent.kernel.dialects import Reader, table
from assent.kernel.errors import Invalid
from assent.registry import names, tables
from assent.registry.tiers import MLFLOWS, MOST_STAGES, Stage, Tier, must_agree, must_be_a_stage_name

STAGES = table(tables.Stage)

# By what they are called in lower case, for each database. What is among them is never wrong, but others may have
# been added since by another process: whoever meets a word that is not looks again.
_REMEMBERED: WeakKeyDictionary[Pool, Mapping[str, Stage]] = WeakKeyDictionary()
_OF_EVERY_REGISTRY: Mapping[str, Stage] = {stage.name.lower(): stage for stage in MLFLOWS}

_LAST = 2**31 - 1

# In `Session.info`: it sees stages that may never come to be.
_HAS_ADDED = "has added stages"


def every(session: Reader) -> list[Stage]:
    """All stages there are now, in their order, which only grows. One statement."""
    rows = session.execute(select(STAGES.c.name, STAGES.c.tier).order_by(STAGES.c.position))
    found = [Stage(name, Tier(tier)) for name, tier in rows]
    if not (isinstance(session, Session) and session.info.get(_HAS_ADDED)):
        _REMEMBERED[_pool(session)] = _by_word(found)
    return found


def known(session: Reader) -> list[Stage]:
    """All stages that this process knows: no statement, but for the first time. Others may have been added since."""
    found = _REMEMBERED.get(_pool(session))
    return list(found.values()) if found else every(session)


def remembered(engine: Engine, name: str) -> Stage | None:
    """A stage that this process knows, without looking; None of one that it has not met yet."""
    return _REMEMBERED.get(engine.pool, _OF_EVERY_REGISTRY).get(name.lower())


def named(session: Reader, word: str) -> Stage:
    """The stage that a word means, in whatever case: no statement, unless this process does not know it yet.

    Raises Invalid.
    """
    folded = word.lower()
    if found := _REMEMBERED.get(_pool(session), _OF_EVERY_REGISTRY).get(folded):
        return found
    there = every(session)
    if found := _by_word(there).get(folded):
        return found
    known = ", ".join(stage.name for stage in there)
    raise Invalid(f"Invalid Model Version stage: {word}. Value must be one of {known}.")


def canonical(session: Reader, word: str) -> str:
    """A stage as it is stored, whatever the case it was written in. Raises Invalid."""
    return named(session, word).name


def target(session: Reader, word: str) -> str:
    """Where versions may be moved to, as it is stored: a stage, in whatever case, or `@` and an alias.

    Raises Invalid.
    """
    if not word.startswith("@"):
        return canonical(session, word)
    names.must_be_an_alias(word[1:])
    return word


def must_be_active(session: Reader, stage: Stage) -> None:
    """Raise Invalid unless entering the stage may archive the versions that hold it."""
    if not stage.is_active:
        active = [other.name for other in every(session) if other.is_active]
        raise Invalid(
            "Model version transition cannot archive existing model versions because "
            f"'{stage.name}' is not an Active stage. Valid stages are {active}"
        )


def add(session: Session, name: str, tier: Tier) -> None:
    """Make a stage known, after all others; nothing happens where it is. For whoever may, and records the event.

    Raises Invalid for a name that no stage can have, where the stage has another tier, and for one too many.
    """
    must_be_a_stage_name(name)
    stage, known = Stage(name, Tier(tier)), every(session)
    must_agree(stage, known)
    if stage not in known:
        if len(known) >= MOST_STAGES:
            raise Invalid(f"There are {len(known)} stages already, none of which ever goes; a registry has no more.")
        session.info[_HAS_ADDED] = True
        last = select(func.max(STAGES.c.position) + 1).scalar_subquery()
        added = insert(STAGES).values(name=name, folded=name.lower(), tier=str(stage.tier), position=last)
        session.execute(added)


def of_every_tier() -> Select[tuple[str]]:
    """A query for the names of all stages."""
    # Said to lie between bounds: of so small a table nobody gathers statistics, and the planner of PostgreSQL would
    # believe that it has hundreds of rows, and rather read all versions than look a few of them up.
    return select(STAGES.c.name).where(STAGES.c.position.between(0, _LAST))


def of_tier(tier: Tier) -> Select[tuple[str]]:
    """A query for the names of the stages of a tier."""
    return select(STAGES.c.name).where(STAGES.c.tier == str(tier))


def _by_word(stages: Iterable[Stage]) -> dict[str, Stage]:
    return {stage.name.lower(): stage for stage in stages}


def _pool(reader: Reader) -> Pool:
    """What all that read one database through one engine have in common."""
    bind = reader.get_bind() if isinstance(reader, Session) else reader
    return bind.engine.pool
