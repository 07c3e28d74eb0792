"""What puts versions into stages. Only governance calls it: see `governance.moves`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, bindparam, case, or_, select, update
from sqlalchemy.orm import Session

from assent.access.granting.visibility import Granted, Guarded
from assent.access.policy.levels import Permission
from assent.access.policy.principals import Principal
from assent.audit.actions import Action
from assent.audit.events import Subject, record_each
from assent.kernel.clock import now
from assent.registry import reading
from assent.registry.tiers import ARCHIVED
from assent.registry.versions import subject
from assent.registry.views import MODELS, VERSION_COLUMNS, VERSIONS, Version, is_model, not_before_the_last, version

_TOUCHED: Mapping[str, BindParameter[Any]] = {
    "last_updated_at": bindparam("at"),
    "last_updated_by_id": bindparam("by"),
}

# Built once: building a statement costs more than running it.
_HOLD = Guarded(
    update(MODELS)
    .where(is_model(bindparam("named")))
    .values(last_updated_at=not_before_the_last(), last_updated_by_id=bindparam("by"))
    .returning(MODELS.c.id, MODELS.c.last_updated_at),
    MODELS.c.id,
)
_CONCERNED = select(*VERSION_COLUMNS).where(
    VERSIONS.c.model_id == bindparam("model"),
    VERSIONS.c.deleted_at.is_(None),
    or_(VERSIONS.c.number == bindparam("moving"), VERSIONS.c.stage == bindparam("making_room")),
)
_MOVE = (
    update(VERSIONS)
    .where(VERSIONS.c.id.in_(bindparam("everyone", expanding=True)))
    .values(stage=case((VERSIONS.c.id == bindparam("moved"), bindparam("entered")), else_=ARCHIVED), **_TOUCHED)
)


@dataclass(frozen=True, slots=True)
class Transition:
    """A version on its way into a stage, and those that it sends to the archive. Their model's row is held."""

    version: Version
    incumbents: list[Version]
    stage: str
    at: int
    granted: Granted


def begin(
    session: Session,
    name: str,
    number: int,
    stage: str,
    *,
    archive_existing: bool,
    by: Principal,
    at: int | None = None,
) -> Transition:
    """Hold the model's row, so that moves within one model come one after the other, and see who moves.

    `stage` is canonical, and `at` the moment where it was decided on before. Raises NotFound.
    """
    reading.must_be_possible(name, number)
    held = _HOLD.first(session, by, {"named": name, "at": now() if at is None else at, "by": by.id})
    if held is None or not by.may(Permission.MODEL_READ, name, held.granted):
        raise reading.no_version(name, number)
    model_id, at = held.row
    # No stage is called by an empty text.
    concerned = {"model": model_id, "moving": number, "making_room": stage if archive_existing else ""}
    found = {row.number: version(row) for row in session.execute(_CONCERNED, concerned)}
    if number not in found:
        raise reading.no_version(name, number)
    return Transition(found.pop(number), list(found.values()), stage, at, held.granted)


def apply(
    session: Session, transition: Transition, *, by: Principal, request: int | None = None, comment: str = ""
) -> Version:
    """Put the version into the stage and the incumbents into the archive, all with one time stamp.

    `request` is the transition request by which it comes to pass; `comment` is what the mover has to say.
    """
    moved, at = transition.version, transition.at
    everyone = [moved.id, *(incumbent.id for incumbent in transition.incumbents)]
    moving = {"everyone": everyone, "moved": moved.id, "entered": transition.stage, "at": at, "by": by.id}
    session.execute(_MOVE, moving)
    change: dict[str, Any] = {"before": {"stage": moved.stage}, "after": {"stage": transition.stage}}
    if request is not None:
        change["request"] = request
    if comment:
        change["comment"] = comment
    if transition.incumbents:
        change["archived"] = sorted(incumbent.number for incumbent in transition.incumbents)
    events: list[tuple[Subject, Mapping[str, Any]]] = [(subject(moved), change)]
    for incumbent in transition.incumbents:
        left = {"before": {"stage": incumbent.stage}, "after": {"stage": ARCHIVED}, "archived_for": moved.number}
        events.append((subject(incumbent), left))
    record_each(session, Action.VERSION_TRANSITIONED, by=by, on=events, at=at)
    return moved._replace(stage=transition.stage, last_updated_at=at)
