"""What there is of what a file of grants manages, and what the file names that is not there."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from sqlalchemy import or_, select

from assent.access.declaring.declared import REGISTRY, Declared, Membership, Slot, State, Where
from assent.access.granting import grants
from assent.access.granting.grants import GRANTS, Given
from assent.access.people import memberships
from assent.access.people.groups import GROUPS
from assent.access.people.memberships import Member
from assent.access.people.named import nobody
from assent.access.people.named import there as there_are
from assent.access.policy.levels import Level
from assent.access.policy.names import Who
from assent.kernel.dialects import Reader
from assent.kernel.errors import Fault, Invalid
from assent.kernel.parts import in_parts
from assent.registry.names import must_be_a_model_name
from assent.registry.views import MODELS


class Standing(NamedTuple):
    """What there is, and the ids of the models that the file names."""

    state: State
    models: Mapping[str, int]


def standing(session: Reader, declared: Declared) -> Standing:
    """What there is of what a file manages."""
    models = _models(session, declared.models)
    members: list[Member] = memberships.whole(session) if declared.groups is not None else []
    state = State(
        groups=frozenset(session.scalars(select(GROUPS.c.name).where(GROUPS.c.deleted_at.is_(None)))),
        members=frozenset(_membership(each) for each in members if each.issuer is None),
        kept=frozenset(_membership(each) for each in members if each.issuer is not None),
        grants=_levels(session, declared, models),
    )
    return Standing(state, models)


def unknown(session: Reader, declared: Declared, there: Standing) -> Iterator[Fault]:
    """Whoever and whatever a file names that is not there."""
    for name in sorted(declared.models - there.models.keys()):
        yield Fault(("grants", "models", name), f"There is no registered model {name}.")
    new = {Who("group", name) for name in declared.groups or ()}
    known = new | there_are(session, (who for _, who in declared.named))
    for path, who in declared.named:
        if who not in known:
            yield Fault(path, nobody(who))


def _models(session: Reader, wanted: Iterable[str]) -> dict[str, int]:
    live = select(MODELS.c.name, MODELS.c.id).where(MODELS.c.deleted_at.is_(None))
    found: dict[str, int] = {}
    for part in in_parts(filter(_could_be_a_model, wanted)):
        found |= {row.name: row.id for row in session.execute(live.where(MODELS.c.name.in_(part)))}
    return found


def _could_be_a_model(name: str) -> bool:
    try:
        must_be_a_model_name(name)
    except Invalid:
        return False
    return True


def _levels(session: Reader, declared: Declared, models: Mapping[str, int]) -> dict[Slot, Level]:
    found: list[Given] = []
    conditions = {
        REGISTRY: GRANTS.c.model_id.is_(None) & GRANTS.c.pattern.is_(None),
        Where("pattern"): GRANTS.c.pattern.is_not(None),
    }
    by_name = [condition for where, condition in conditions.items() if where in declared.places]
    if by_name:
        found += grants.that(session, or_(*by_name))
    for ids in in_parts(models.values()):
        found += grants.that(session, GRANTS.c.model_id.in_(ids))
    called = {model_id: name for name, model_id in models.items()}
    return {_slot(given, called): given.level for given in found}


def _slot(given: Given, called: Mapping[int, str]) -> Slot:
    where = REGISTRY
    if given.place.model_id is not None:
        where = Where("model", called[given.place.model_id])
    elif given.place.pattern is not None:
        where = Where("pattern", given.place.pattern)
    return Slot.of(where, Who(given.grantee_kind, given.grantee), given.level)


def _membership(member: Member) -> Membership:
    return Membership(member.group, Who(member.kind, member.name))
