"""What is granted on a model: given and taken by who manages it, and explained."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, bindparam, or_, select
from sqlalchemy.orm import Session

from assent.access.granting import grants
from assent.access.granting.grants import GRANTS, Given, Grantee, Place
from assent.access.granting.visibility import Granted, Guarded, reachable
from assent.access.people import accounts, groups, memberships
from assent.access.policy.levels import LEVELS, Level, Permission, highest
from assent.access.policy.principals import Principal, authorize, authorize_overseer
from assent.access.signing_in.sign_in import SignIn
from assent.access.tables import LONGEST_PAGE, Group
from assent.kernel.dialects import Reader, dialect
from assent.kernel.errors import Invalid, NotFound
from assent.kernel.patterns import Names
from assent.registry import names
from assent.registry.reading import no_model
from assent.registry.views import MODELS, is_model


class Managed(NamedTuple):
    """A live model that the caller may read, and what was granted to the caller on it."""

    id: int
    name: str
    granted: Granted


class Reason(NamedTuple):
    """A grant that reaches a model, and whether it counts: what takes all permissions away shuts wider ones out.

    `shut_out_by` is the grant that does so; `through` is the way from who is asked about to the group that this one
    was given to, as names of groups.
    """

    grant: Given
    counts: bool
    shut_out_by: Given | None
    through: tuple[str, ...]


class Explanation(NamedTuple):
    """What somebody may do with a model, and why. `default` is what everybody has; null where it does not count.

    `may_create` tells of models of the same name, should this one be gone.
    """

    principal: str
    kind: str
    administrator: bool
    disabled: bool
    level: Level
    permissions: list[Permission]
    may_create: bool
    default: Level | None
    reasons: list[Reason]


_COLUMNS = select(MODELS.c.id, MODELS.c.name)
_NAMED = Guarded(_COLUMNS.where(is_model(bindparam("name"))), MODELS.c.id)
_NUMBERED = Guarded(_COLUMNS.where(MODELS.c.id == bindparam("id"), MODELS.c.deleted_at.is_(None)), MODELS.c.id)


def named(session: Reader, name: str, *, by: Principal) -> Managed:
    """The live model of that name. Raises NotFound where the caller may not read it."""
    names.must_be_a_model_name(name)
    found = _seen(session, _NAMED, {"name": name}, by)
    if found is None:
        raise no_model(name)
    return found


def numbered(session: Reader, model_id: int, *, by: Principal) -> Managed:
    """The live model with that id. Raises NotFound where the caller may not read it."""
    found = _seen(session, _NUMBERED, {"id": model_id}, by) if 0 < model_id < 2**63 else None
    if found is None:
        raise NotFound(f"There is no registered model with the id {model_id}.")
    return found


def may_see(by: Principal, model: Managed) -> None:
    """Raise Denied unless the caller may see who may do what with a model: may grant on it, or is an auditor."""
    if not (by.audits and by.may(Permission.AUDIT_READ, model.name)):
        _may_grant(by, model)


def listed(session: Reader, model: Managed, *, by: Principal) -> list[Given]:
    """The grants on a model itself, and those by names that reach it. Raises Denied."""
    may_see(by, model)
    return [given for given in grants.that(session, _near(model)) if _reaches(given, model)]


def of_account(session: Reader, principal_id: int, *, by: Principal) -> list[tuple[str, Level]]:
    """What is granted to an account on models themselves, of those that the caller may read: at most 1,000, by name.

    Everybody may ask of themselves, and administrators and auditors of anybody. Raises Denied.
    """
    if principal_id != by.id:
        authorize_overseer(by)
    wanted = (
        select(MODELS.c.name, GRANTS.c.level)
        .join_from(GRANTS, MODELS, MODELS.c.id == GRANTS.c.model_id)
        .where(GRANTS.c.principal_id == principal_id, MODELS.c.deleted_at.is_(None))
        .where(*reachable(by, Permission.MODEL_READ, model_id=MODELS.c.id, name=MODELS.c.name, on=dialect(session)))
        .order_by(MODELS.c.name)
        .limit(LONGEST_PAGE)
    )
    return [(row.name, row.level) for row in session.execute(wanted)]


def give(session: Session, model: Managed, to: Grantee, level: Level, *, by: Principal) -> None:
    """Grant a level on a model, in the place of the one that is there. Raises Denied and Invalid."""
    _may_grant(by, model)
    grants.put(session, to, level, on=Place(model.id), by=by)


def take(session: Session, model: Managed, of: Grantee, *, by: Principal) -> None:
    """Take away what is granted to somebody on a model; what is not there is no error. Raises Denied."""
    _may_grant(by, model)
    for level in grants.levels(session, of, on=Place(model.id)):
        grants.withdraw(session, of, level, on=Place(model.id), by=by)


def replace(
    session: Session,
    model: Managed,
    wanted: Sequence[tuple[Grantee, Level]],
    *,
    by: Principal,
    but: Collection[Level] = (),
) -> None:
    """Let these be all grants on a model itself; those by names stay, and for who is not named those of `but`.

    Raises Denied and Invalid.
    """
    _may_grant(by, model)
    # One list after the other: of two at once, both would keep what the other adds.
    session.execute(select(MODELS.c.id).where(MODELS.c.id == model.id).with_for_update()).all()
    must_be_named_once([(_kind(to), to.name) for to, _ in wanted])
    before = {(each.grantee_kind, each.grantee): each.level for each in grants.that(session, _on(model))}
    named = {(_kind(to), to.name) for to, _ in wanted}
    for (kind, name), level in before.items():
        if (kind, name) not in named and level not in but:
            grants.withdraw(session, grants.grantee(session, kind, name), level, on=Place(model.id), by=by)
    # Groups are held in the order in which all who hold several hold them.
    for to, level in sorted(wanted, key=lambda each: each[0].id):
        if before.get((_kind(to), to.name)) is not level:
            grants.put(session, to, level, on=Place(model.id), by=by)


def must_be_named_once(named: Sequence[tuple[str, str]]) -> None:
    """Raise Invalid where a list of kinds and names has somebody twice."""
    if len(set(named)) < len(named):
        raise Invalid("Somebody is named twice: there is one level for each.")


def somebody(session: Session, model: Managed, kind: str, name: str, *, by: Principal) -> Grantee:
    """A user, service account or group for whoever may grant: nobody else learns whether there is one.

    Raises Denied, NotFound.
    """
    _may_grant(by, model)
    return grants.grantee(session, kind, name)


def asked_about(
    session: Reader, model: Managed, kind: str | None = None, name: str | None = None, *, by: Principal
) -> grants.Known:
    """Whom an explanation may be asked for: oneself and, by who may grant or audits, anybody.

    Raises Denied, NotFound.
    """
    if kind is None and name is None:
        return accounts.seen(session, by.name, by=by)
    if kind is None or name is None:
        raise Invalid("Say who: a kind and a name.")
    if (kind, name) != (by.kind, by.name):
        may_see(by, model)
    return grants.found(session, kind, name)


def explain(
    session: Reader, model: Managed, of: Grantee | grants.Known, *, default: Level, by: Principal
) -> Explanation:
    """What somebody, or whoever is in a group, may do with a model, and which grants make it so.

    Everybody may ask of themselves, and whoever may grant and auditors of anybody. Raises Denied.
    """
    group = of if isinstance(of, Group | groups.Known) else None
    if group or of.id != by.id:
        may_see(by, model)
    them, disabled = _as_principal(session, of, default)
    # Never NULL: that would be every grant to a group.
    theirs = or_(GRANTS.c.principal_id == (them.id or 0), GRANTS.c.group_id.in_(them.groups))
    reaching = [given for given in grants.that(session, and_(_near(model), theirs)) if _reaches(given, model)]
    reaching.sort(key=lambda given: (_width(given), given.id))
    deciding = next((given for given in reaching if given.level is Level.NO_PERMISSIONS), None)
    levels = them.levels(model.name, [given.level for given in reaching if given.place.model_id is not None])
    rights = [] if disabled else [each for each in Permission if any(each in LEVELS[level] for level in levels)]
    ways = memberships.ways(session, them, group.id if group else None)
    return Explanation(
        principal=them.name,
        kind="group" if group else them.kind,
        administrator=them.is_administrator,
        disabled=disabled,
        level=highest(levels),
        permissions=rights,
        may_create=not disabled and them.may(Permission.MODEL_CREATE, model.name),
        default=default if deciding is None else None,
        reasons=[_reason(given, deciding, ways) for given in reaching],
    )


def _reason(given: Given, deciding: Given | None, ways: Mapping[str, tuple[str, ...]]) -> Reason:
    counts = _counts(given, deciding)
    through = ways.get(given.grantee, ()) if given.grantee_kind == "group" else ()
    return Reason(given, counts, None if counts else deciding, through)


def _as_principal(session: Reader, of: Grantee | grants.Known, default: Level) -> tuple[Principal, bool]:
    """Somebody as they would be if they signed in, and whether they are disabled."""
    if isinstance(of, Group | groups.Known):
        return SignIn(default).as_member(session, of), False
    return SignIn(default).as_if(session, of), of.disabled_at is not None


def _counts(given: Given, deciding: Given | None) -> bool:
    """Whether a grant counts, where `deciding` is the one nearest to the model that takes everything away."""
    if deciding is None or _width(given) < _width(deciding):
        return True
    if given.level is Level.CAN_AUDIT and _width(deciding) < _width(given):
        return True
    return _width(given) == _width(deciding) and given.level is Level.NO_PERMISSIONS


def _width(given: Given) -> int:
    """How wide the place of a grant is: a model, a pattern of names, or the whole registry."""
    if given.place.model_id is not None:
        return 0
    return 1 if given.place.pattern is not None else 2


def _may_grant(by: Principal, model: Managed) -> None:
    authorize(by, Permission.MODEL_GRANT, on=model.name, granted=model.granted)


def _seen(session: Reader, statement: Guarded, values: Mapping[str, Any], by: Principal) -> Managed | None:
    found = statement.first(session, by, values)
    if found is None or not by.may(Permission.MODEL_READ, found.row[1], found.granted):
        return None
    model_id, name = found.row
    return Managed(model_id, name, found.granted)


def _on(model: Managed) -> ColumnElement[bool]:
    return GRANTS.c.model_id == model.id


def _near(model: Managed) -> ColumnElement[bool]:
    """The grants on a model, and all those by names: which of these match is not for SQL to say."""
    return or_(_on(model), GRANTS.c.model_id.is_(None))


def _reaches(given: Given, model: Managed) -> bool:
    return given.place.pattern is None or model.name in Names([given.place.pattern])


def _kind(to: Grantee) -> str:
    return "group" if isinstance(to, Group) else to.kind.value
