"""The rules as they are told: those that stand, those for one model, and every revision of a gate."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Row, select

from assent.access.people.accounts import ACCOUNTS
from assent.access.policy.principals import Principal
from assent.governance.rules import lifecycles
from assent.governance.rules.freezes import Freeze
from assent.governance.rules.gates import Gate
from assent.governance.rules.lifecycles import Lifecycle
from assent.governance.rules.parts import LONGEST_NAME, RuleKind
from assent.governance.rules.standing import RULES, value_of
from assent.governance.rules.telling import words
from assent.kernel.dialects import Reader
from assent.kernel.errors import Denied, NotFound
from assent.registry.views import Model

MOST_REVISIONS = 1000

_setter, _ender = ACCOUNTS.alias("setter"), ACCOUNTS.alias("ender")
_TOLD = (
    select(RULES, _setter.c.name.label("set_by"), _ender.c.name.label("ended_by"))
    .outerjoin(_setter, _setter.c.id == RULES.c.set_by_id)
    .outerjoin(_ender, _ender.c.id == RULES.c.ended_by_id)
)
STANDING = _TOLD.where(RULES.c.valid_until.is_(None)).order_by(RULES.c.position, RULES.c.id)
_REVISIONS = _TOLD.order_by(RULES.c.revision.desc()).limit(MOST_REVISIONS)


class Told(NamedTuple):
    """A revision of a rule: what was written, the same in words, and since when, until when and by whom it holds."""

    name: str
    revision: int
    content: Mapping[str, Any]
    text: str
    valid_from: int
    valid_until: int | None
    set_by: str | None
    ended_by: str | None


class OfModel(NamedTuple):
    """The rules for one model."""

    gates: Sequence[Told]
    freezes: Sequence[Told]
    lifecycle: Lifecycle


def every(session: Reader, kind: RuleKind, *, by: Principal) -> list[Told]:
    """The rules of a kind that stand, in their order. Raises Denied for a token that is for some models alone."""
    must_see_all(by)
    return [told(row) for row in session.execute(STANDING.where(RULES.c.kind == kind))]


def revisions(session: Reader, name: str, *, by: Principal) -> list[Told]:
    """What a gate said, the newest first. Raises NotFound where there never was one, and what `every` does."""
    must_see_all(by)
    found = []
    if len(name) <= LONGEST_NAME and name.isprintable():
        of_it = _REVISIONS.where(RULES.c.kind == RuleKind.GATE, RULES.c.name == name)
        found = [told(row) for row in session.execute(of_it)]
    if not found:
        raise NotFound(f"There is no gate {name[:LONGEST_NAME]}.")
    return found


def of_model(session: Reader, model: Model) -> OfModel:
    """The gates and freezes for a model, whatever the move, and its lifecycle: one statement.

    Access is the caller's to check.
    """
    rows = [(row, value_of(row)) for row in session.execute(STANDING)]
    return OfModel(
        gates=_those(row for row, each in rows if isinstance(each, Gate) and each.applies_to(model.name, model.tags)),
        freezes=_those(row for row, each in rows if isinstance(each, Freeze) and each.applies_to(model.name)),
        lifecycle=lifecycles.of([each for _, each in rows if isinstance(each, Lifecycle)], model.name),
    )


def _those(rows: Iterable[Row[Any]]) -> list[Told]:
    return [told(row) for row in rows]


def must_see_all(by: Principal) -> None:
    """Raise Denied for a token that is for some models alone."""
    # A gate may be for a model by its name, which such a token must not learn.
    if by.limits.names is not None:
        why = f"The token that {by.name} showed is for some models alone: ask for the rules of each of them."
        raise Denied(why, kind="rule", details={"limited_by_token": by.token_id})


def told(row: Row[Any]) -> Told:
    """A rule as it is told, from a row of STANDING."""
    return Told(
        name=row.name,
        revision=row.revision,
        content=row.content,
        text=words(value_of(row)),
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        set_by=row.set_by,
        ended_by=row.ended_by,
    )
