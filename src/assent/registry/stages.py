"""The stages a version can stand in. They are only ever added, and each keeps its tier."""

from collections.abc import Mapping

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from assent.kernel.dialects import Reader, table
from assent.kernel.errors import Invalid
from assent.registry import names, tables
from assent.registry.tiers import MLFLOWS, Stage, Tier, must_agree, must_be_a_stage_name

_TABLE = table(tables.Stage)
STAGES: Mapping[str, Tier] = dict(MLFLOWS)

_ACTIVE = [stage for stage, tier in STAGES.items() if tier in (Tier.STAGING, Tier.PRODUCTION)]
_CANONICAL = {stage.lower(): stage for stage in STAGES}


def canonical(stage: str) -> str:
    """A stage as it is stored, whatever the case it was written in. Raises Invalid."""
    try:
        return _CANONICAL[stage.lower()]
    except KeyError:
        raise Invalid(f"Invalid Model Version stage: {stage}. Value must be one of {', '.join(STAGES)}.") from None


def target(word: str) -> str:
    """Where versions may be moved to, as it is stored: a stage, in whatever case, or `@` and an alias.

    Raises Invalid.
    """
    if not word.startswith("@"):
        return canonical(word)
    names.must_be_an_alias(word[1:])
    return word


def must_be_active(stage: str) -> None:
    """Raise Invalid unless entering the stage may archive the versions that hold it."""
    if stage not in _ACTIVE:
        raise Invalid(
            "Model version transition cannot archive existing model versions because "
            f"'{stage}' is not an Active stage. Valid stages are {_ACTIVE}"
        )


def every(session: Reader) -> list[Stage]:
    """All stages there are now, in their order, which only grows. One statement."""
    rows = session.execute(select(_TABLE.c.name, _TABLE.c.tier).order_by(_TABLE.c.position))
    return [Stage(name, Tier(tier)) for name, tier in rows]


def add(session: Session, name: str, tier: Tier) -> None:
    """Make a stage known, after all others; nothing happens where it is. For whoever may, and records the event.

    Raises Invalid for a name that no stage can have, and where the stage has another tier.
    """
    must_be_a_stage_name(name)
    stage, known = Stage(name, Tier(tier)), every(session)
    must_agree(stage, known)
    if stage not in known:
        last = select(func.max(_TABLE.c.position) + 1).scalar_subquery()
        added = insert(_TABLE).values(name=name, folded=name.lower(), tier=str(stage.tier), position=last)
        session.execute(added)
