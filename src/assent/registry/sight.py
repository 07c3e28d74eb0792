"""What somebody sees of the audit log.

In full: auditors and administrators all of it, everybody what they did themselves, and whoever has the right to read
the audit of a model what concerns that model. Who may read a model sees what became of it, of its versions and its
aliases, and by whom; but not from where, in which request or with which token, and neither grants nor refusals.
"""

from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, exists, false, literal, or_, select, true

from assent.access.granting.visibility import reachable
from assent.access.policy.levels import Permission
from assent.access.policy.principals import Principal
from assent.audit.actions import Action, Outcome
from assent.audit.queries import MODEL, Columns
from assent.kernel.dialects import is_among
from assent.registry.history import MODEL_NAMES
from assent.registry.views import MODELS

# What is told to whoever may read the model: of grants, publishers and refusals nothing.
TOLD_TO_READERS = frozenset(
    action
    for action in Action
    if action.partition(".")[0]
    in (
        "registered_model",
        "model_version",
        "alias",
        "lineage_node",
        "check",
        "comment",
        "model_card",
        "transition_request",
    )
)

# Their details name what else a recall touches, or what a version comes from, and so models that not everybody may
# know of. `lineage.story` tells of a version what of it may be told.
NAMING_OTHERS = frozenset(
    {
        Action.NODE_RECALLED,
        Action.RECALL_LIFTED,
        Action.PARENT_DECLARED,
        Action.PARENT_WITHDRAWN,
    }
)


class Sight(NamedTuple):
    """Conditions on events: whether one is seen, whether in full, and whether with its details."""

    seen: ColumnElement[bool]
    in_full: ColumnElement[bool]
    with_details: ColumnElement[bool]


def sees_all(by: Principal) -> bool:
    """Whether the caller sees the whole log in full."""
    return by.reads_everything and by.limits.allow(Permission.AUDIT_READ, "")


def sight(e: Columns, by: Principal, on: str) -> Sight:
    """What the caller sees of events that have these columns, in the dialect `on`."""
    if sees_all(by):
        return Sight(true(), true(), true())
    own = _own(e, by, on)
    in_full = or_(own, _of_a_model_with(Permission.AUDIT_READ, e, by, on), _aimed_at_mine(e, by, on))
    told = and_(e["outcome"] == Outcome.DONE.value, e["action"].in_(sorted(TOLD_TO_READERS)))
    in_part = and_(told, _of_a_model_with(Permission.MODEL_READ, e, by, on))
    return Sight(or_(in_full, in_part), in_full, or_(own, e["action"].not_in(sorted(NAMING_OTHERS))))


def mine(by: Principal, permission: Permission, on: str) -> tuple[ColumnElement[bool], ...]:
    """The conditions for models, deleted ones too, on which the caller has a right, in the dialect `on`."""
    return reachable(by, permission, model_id=MODELS.c.id, name=MODELS.c.name, on=on)


def _own(e: Columns, by: Principal, on: str) -> ColumnElement[bool]:
    if by.id is None:
        return false()
    # Of what a recall comes to elsewhere, whoever recalls learns where they may read the model.
    done = and_(e["actor_id"] == by.id, e["action"] != Action.VERSION_QUARANTINED)
    names = by.limits.names
    if names is None:
        return done
    called = exists().where(MODELS.c.id == e["model_id"], is_among(MODELS.c.name, names, on=on))
    return and_(done, called)


def _aimed_at_mine(e: Columns, by: Principal, on: str) -> ColumnElement[bool]:
    """A refused attempt, which names what it was aimed at: what a model was called then whose audit one may read."""
    # Joined in so many words: what is false altogether would leave the two tables beside each other.
    bearers = select(literal(1)).join_from(MODEL_NAMES, MODELS, MODELS.c.id == MODEL_NAMES.c.model_id)
    bore = bearers.where(
        MODEL_NAMES.c.name == e["subject"],
        MODEL_NAMES.c.valid_from <= e["at"],
        or_(MODEL_NAMES.c.valid_until.is_(None), MODEL_NAMES.c.valid_until > e["at"]),
        *mine(by, Permission.AUDIT_READ, on),
    )
    refused = and_(e["outcome"] == Outcome.REFUSED.value, e["subject_kind"] == MODEL, e["model_id"].is_(None))
    return and_(refused, bore.exists())


def _of_a_model_with(permission: Permission, e: Columns, by: Principal, on: str) -> ColumnElement[bool]:
    return exists().where(MODELS.c.id == e["model_id"], *mine(by, permission, on))
