"""Rules are changed as a file says: planned, and made so in one transaction."""

import secrets
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import bindparam, func, insert, or_, select, update
from sqlalchemy.orm import Session

from assent.access.people.accounts import ACCOUNTS
from assent.access.people.named import nobody, there
from assent.access.policy.names import Who
from assent.access.policy.principals import Principal, authorize_administrator
from assent.audit.actions import Action
from assent.audit.events import Subject, record
from assent.governance.requirements.findings import moment
from assent.governance.requirements.kinds import kinds
from assent.governance.rules import declared as files
from assent.governance.rules import lifecycles
from assent.governance.rules.declared import Declared, Rule
from assent.governance.rules.differing import Change, Kept, applied, difference
from assent.governance.rules.lifecycles import Lifecycle
from assent.governance.rules.parts import RuleKind
from assent.governance.rules.standing import POLICY, RULES, value_of
from assent.governance.targets import Target
from assent.kernel.clock import now
from assent.kernel.dialects import Reader
from assent.kernel.errors import Conflict, Fault, Faulty, Invalid
from assent.registry import stages
from assent.registry.tiers import ARCHIVED, NO_STAGE, Stage, must_agree
from assent.registry.views import MODELS, VERSIONS

_SECTION = {kind: section for section, kind in files.SECTIONS.items()}
_STANDING = select(RULES).where(RULES.c.valid_until.is_(None)).order_by(RULES.c.kind, RULES.c.position, RULES.c.id)
_TOUCHED = (
    select(RULES.c.kind, RULES.c.name, ACCOUNTS.c.name.label("who"))
    .outerjoin(ACCOUNTS, ACCOUNTS.c.id == func.coalesce(RULES.c.ended_by_id, RULES.c.set_by_id))
    .where(or_(RULES.c.valid_until == bindparam("at"), RULES.c.valid_from == bindparam("at")))
    .distinct()
    .order_by(RULES.c.kind, RULES.c.name)
)
_IN_USE = (
    select(MODELS.c.name, VERSIONS.c.stage, func.min(VERSIONS.c.number).label("number"))
    .join(MODELS, MODELS.c.id == VERSIONS.c.model_id)
    .where(
        VERSIONS.c.deleted_at.is_(None),
        MODELS.c.deleted_at.is_(None),
        VERSIONS.c.stage.not_in([NO_STAGE, ARCHIVED]),
    )
    .group_by(MODELS.c.name, VERSIONS.c.stage)
    .order_by(MODELS.c.name, VERSIONS.c.stage)
)


def plan(session: Reader, content: object, *, by: Principal) -> list[Change]:
    """What applying a file would change. Raises Denied, and Faulty with all that is wrong in the file."""
    authorize_administrator(by, kind="rule")
    return _planned(session, files.read(content, kinds()))


def apply(session: Session, content: object, *, by: Principal, planned_at: int | None = None) -> list[Change]:
    """Make the rules as a file says, and tell what was changed. Raises what `plan` does.

    `planned_at` is the revision of all rules that somebody saw the changes to: raises Conflict where it is another.
    """
    authorize_administrator(by, kind="rule")
    wanted = files.read(content, kinds())
    # Whoever judges a move by the rules holds them, too: no change comes between what was found and the move.
    policy = session.execute(select(POLICY).with_for_update()).one()
    if planned_at is not None and planned_at != policy.revision:
        raise Conflict(_told_of_others(session, policy.changed_at))
    changes = _planned(session, wanted)
    if changes:
        at = max(now(), policy.changed_at)
        _add_stages(session, changes, by=by, at=at)
        for change in changes:
            _make(session, change, by=by, at=at)
        values = {"revision": policy.revision + 1, "changed_at": at, "stamp": secrets.token_hex(16)}
        session.execute(update(POLICY).values(values))
    return changes


def _told_of_others(session: Reader, changed_at: int) -> str:
    touched = session.execute(_TOUCHED, {"at": changed_at}).all()
    rules = ", ".join(f"the {row.kind} {row.name}" for row in touched)
    who = next((row.who for row in touched if row.who is not None), "somebody else")
    return (
        f"Since you planned this {who} changed {rules}, at {moment(changed_at)}. Plan again to see what differs now."
    )


def _planned(session: Reader, wanted: Declared) -> list[Change]:
    standing = [_kept(row) for row in session.execute(_STANDING)]
    changes = difference(wanted, standing)
    faults = [
        *_people_who_are_not_there(session, wanted),
        *_stages_that_are_not_there(session, wanted),
        *_versions_left_behind(session, wanted, changes, standing),
    ]
    if faults:
        raise Faulty(faults)
    return changes


def _kept(row: Any) -> Kept:
    return Kept(row.id, row.revision, row.position, Rule(row.kind, value_of(row), row.content))


def _people_who_are_not_there(session: Reader, wanted: Declared) -> Iterator[Fault]:
    named = [(at, each) for at, each in wanted.named if isinstance(each, Who)]
    known = there(session, (who for _, who in named))
    return (Fault(at, nobody(who)) for at, who in named if who not in known)


def _stages_that_are_not_there(session: Reader, wanted: Declared) -> Iterator[Fault]:
    known = stages.every(session)
    new = [named for _, named in wanted.named if isinstance(named, Stage)]
    names = list(dict.fromkeys(stage.name for stage in [*known, *new]))
    agreed = list(known)
    for at, named in wanted.named:
        if isinstance(named, Stage):
            try:
                must_agree(named, agreed)
                agreed.append(named)
            except Invalid as problem:
                yield Fault(at, problem.message)
        elif isinstance(named, Target) and named.name not in names:
            yield Fault(at, f"There is no stage {named.name}; there are {', '.join(names)}.")


def _versions_left_behind(
    session: Reader, wanted: Declared, changes: Sequence[Change], standing: Sequence[Kept]
) -> Iterator[Fault]:
    """Of a change of lifecycles, who would stand where the lifecycle of their model has no stage any more."""
    if not any(change.kind is RuleKind.LIFECYCLE for change in changes):
        return
    before = _lifecycles(each.rule.value for each in standing)
    after = _lifecycles(applied(changes, standing, RuleKind.LIFECYCLE))
    places = {rule.name: rule.at for rule in wanted.rules[RuleKind.LIFECYCLE]}
    for model, stage, number in session.execute(_IN_USE):
        lifecycle = lifecycles.of(after, model)
        if lifecycles.of(before, model).has(stage) and not lifecycle.has(stage):
            at = places.get(lifecycle.name, (_SECTION[RuleKind.LIFECYCLE],))
            told = (
                f"Version {number} of {model} stands in {stage}, which is no stage of the lifecycle {lifecycle.name}"
            )
            yield Fault(at, f"{told}: move it first, or keep the stage.")


def _lifecycles(values: Iterable[object]) -> list[Lifecycle]:
    return [value for value in values if isinstance(value, Lifecycle)]


def _add_stages(session: Session, changes: Sequence[Change], *, by: Principal, at: int) -> None:
    known = {stage.name for stage in stages.every(session)}
    for lifecycle in _lifecycles(change.after.value for change in changes if change.after):
        for stage in lifecycle.stages:
            if stage.name not in known:
                stages.add(session, stage.name, stage.tier)
                known.add(stage.name)
                subject = Subject("stage", None, stage.name)
                record(session, Action.STAGE_ADDED, by=by, on=subject, details={"tier": stage.tier}, at=at)


def _make(session: Session, change: Change, *, by: Principal, at: int) -> None:
    subject = Subject(change.kind, None, change.name)
    details: dict[str, Any] = {"before": None, "after": None}
    if change.before:
        details |= {"before": change.before.rule.content}
        ended = update(RULES).where(RULES.c.id == change.before.id)
        session.execute(ended.values(valid_until=at, ended_by_id=by.id))
    if change.after is None:
        record(session, Action.RULE_REMOVED, by=by, on=subject, details=details, at=at)
        return
    revision = _last_revision(session, change) + 1
    session.execute(
        insert(RULES).values(
            kind=change.kind,
            name=change.name,
            revision=revision,
            position=change.position,
            content=change.after.content,
            valid_from=at,
            set_by_id=by.id,
        )
    )
    details |= {"after": change.after.content, "revision": revision}
    record(session, Action.RULE_SET, by=by, on=subject, details=details, at=at)


def _last_revision(session: Session, change: Change) -> int:
    of_it = (RULES.c.kind == change.kind) & (RULES.c.name == change.name)
    return session.scalar(select(func.max(RULES.c.revision)).where(of_it)) or 0
