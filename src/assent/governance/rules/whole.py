"""All rules that stand, as they are and as one file, with the revision that goes on with each change of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import select

from assent.access.policy.principals import Principal
from assent.governance.requirements.kinds import kinds
from assent.governance.rules import gates, queries
from assent.governance.rules.declared import Value
from assent.governance.rules.freezes import Freeze
from assent.governance.rules.gates import Gate
from assent.governance.rules.lifecycles import Lifecycle
from assent.governance.rules.queries import Told
from assent.governance.rules.standing import POLICY, value_of
from assent.kernel.dialects import Reader

V = TypeVar("V", Gate, Freeze, Lifecycle)

_ORDER = (
    *("name", "reason", "models", "tags", "target", "targets", "require", "signature", "expires_after", "rollback"),
    *("override", "from", "until", "zone", "stages", "moves"),
)
_REVISION = select(POLICY.c.revision)


@dataclass(frozen=True)
class Stands(Generic[V]):
    """A rule: what it comes to, and how it is told."""

    value: V
    told: Told


@dataclass(frozen=True)
class Whole:
    """All rules, each kind in its order, at one `revision` of them all."""

    revision: int
    gates: Sequence[Stands[Gate]]
    freezes: Sequence[Stands[Freeze]]
    lifecycles: Sequence[Stands[Lifecycle]]

    @property
    def content(self) -> dict[str, Any]:
        """What a file says that makes them so."""
        return {
            "gates": [in_order(each.told.content) for each in self.gates],
            "freezes": [in_order(each.told.content) for each in self.freezes],
            "lifecycles": [in_order(each.told.content) for each in self.lifecycles],
        }


def whole(session: Reader, *, by: Principal) -> Whole:
    """All rules that stand. Raises Denied for a token that is for some models alone."""
    queries.must_see_all(by)
    # First: whoever changes them in between is told when they apply what they made of this.
    at = int(session.execute(_REVISION).scalar_one())
    found: list[tuple[Value, Told]] = [
        (value_of(row), queries.told(row)) for row in session.execute(queries.STANDING)
    ]
    return Whole(
        at,
        [Stands(value, told) for value, told in found if isinstance(value, Gate)],
        [Stands(value, told) for value, told in found if isinstance(value, Freeze)],
        [Stands(value, told) for value, told in found if isinstance(value, Lifecycle)],
    )


def history(session: Reader, name: str, *, by: Principal) -> list[Stands[Gate]]:
    """What a gate said, the newest first. Raises NotFound, and what `whole` does."""
    return [
        Stands(gates.kept(told.content, kinds(), told.revision), told)
        for told in queries.revisions(session, name, by=by)
    ]


def in_order(content: Mapping[str, Any]) -> dict[str, Any]:
    """What was written of a rule, in the order in which people write it; PostgreSQL keeps none."""
    known = {name: content[name] for name in _ORDER if name in content}
    return {**known, **content}
