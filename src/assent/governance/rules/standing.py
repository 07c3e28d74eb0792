"""The rules that stand: all gates, freezes and lifecycles as one value, which is read from the database once."""

from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from assent.governance.requirements.kinds import kinds
from assent.governance.rules import freezes, gates, lifecycles
from assent.governance.rules.declared import Value
from assent.governance.rules.freezes import Freeze
from assent.governance.rules.gates import Gate
from assent.governance.rules.lifecycles import Lifecycle
from assent.governance.rules.parts import RuleKind
from assent.governance.rules.tables import Policy, RuleRevision
from assent.governance.targets import Target
from assent.kernel.dialects import Reader, table

POLICY = table(Policy)
RULES = table(RuleRevision)

_STAMP = select(POLICY.c.stamp)
_HELD = _STAMP.with_for_update(read=True)
# What stands, and its stamp, in one statement: another stamp would be that of other rules.
_ALL = (
    select(POLICY.c.stamp, POLICY.c.revision.label("policy_revision"), POLICY.c.changed_at, RULES)
    .outerjoin_from(POLICY, RULES, RULES.c.valid_until.is_(None))
    .order_by(RULES.c.position, RULES.c.id)
)


@dataclass(frozen=True)
class Standing:
    """All rules at one `revision` of them. It never changes."""

    revision: int = 0
    changed_at: int = 0
    gates: tuple[Gate, ...] = ()
    freezes: tuple[Freeze, ...] = ()
    lifecycles: tuple[Lifecycle, ...] = ()

    def guarding(self, model_name: str, model_tags: Mapping[str, str], target: Target) -> tuple[Gate, ...]:
        """The gates that guard a move of a model that is called so and has these tags."""
        return tuple(gate for gate in self.gates if gate.matches(model_name, model_tags, target))

    def could_guard(self, model_name: str, target: Target) -> bool:
        """Whether a gate guards a move of a model that is called so, unless its tags are others."""
        return any(gate.could_guard(model_name, target) for gate in self.gates)

    def applying_to(self, model_name: str, model_tags: Mapping[str, str]) -> tuple[Gate, ...]:
        """The gates that guard any move of such a model."""
        return tuple(gate for gate in self.gates if gate.applies_to(model_name, model_tags))

    def frozen_by(self, model_name: str, target: Target, at: int) -> tuple[Freeze, ...]:
        """The freezes that hold such a move at a moment."""
        return tuple(each for each in self.freezes if each.matches(model_name, target) and each.holds_at(at))

    def lifecycle_of(self, model_name: str) -> Lifecycle:
        """The lifecycle of a model that is called so."""
        return lifecycles.of(self.lifecycles, model_name)


def held(session: Session) -> Standing:
    """What stands, and stands until the transaction ends: nobody changes a rule meanwhile.

    Whoever changes rules waits for it, so it is held before anything else is locked.
    """
    return _standing(session, session.execute(_HELD).scalar_one())


def seen(session: Reader) -> Standing:
    """What stands at this moment."""
    return _standing(session, session.execute(_STAMP).scalar_one())


def _standing(session: Reader, stamp: str) -> Standing:
    return _REMEMBERED.get(stamp) or _read(session)


def _read(session: Reader) -> Standing:
    rows = session.execute(_ALL).all()
    first = rows[0]
    values = [value_of(row) for row in rows if row.kind is not None]
    standing = Standing(
        revision=first.policy_revision,
        changed_at=first.changed_at,
        gates=tuple(value for value in values if isinstance(value, Gate)),
        freezes=tuple(value for value in values if isinstance(value, Freeze)),
        lifecycles=tuple(value for value in values if isinstance(value, Lifecycle)),
    )
    _remember(first.stamp, standing)
    return standing


def value_of(row: Row[Any]) -> Value:
    """What the row of a rule says."""
    if row.kind is RuleKind.GATE:
        return gates.kept(row.content, kinds(), row.revision)
    return freezes.kept(row.content, row.revision) if row.kind is RuleKind.FREEZE else lifecycles.kept(row.content)


# By stamp, which no two states of the rules share, not even one that was undone. The last few: who reads without a
# lock may be a little behind.
_REMEMBERED: dict[str, Standing] = {}
_MOST_REMEMBERED = 8
_TURN = Lock()


def _remember(stamp: str, standing: Standing) -> None:
    with _TURN:
        _REMEMBERED[stamp] = standing
        while len(_REMEMBERED) > _MOST_REMEMBERED:
            del _REMEMBERED[next(iter(_REMEMBERED))]
