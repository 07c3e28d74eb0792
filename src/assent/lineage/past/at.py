"""Point in time: who held which stage and alias at a moment, in one model, some, or all that one may read."""

from collections.abc import Mapping
from dataclasses import astuple, dataclass
from typing import Any, NamedTuple

from sqlalchemy import (
    CTE,
    ColumnElement,
    FromClause,
    Select,
    Subquery,
    Table,
    and_,
    literal,
    or_,
    select,
    true,
    union_all,
)

from assent.access.granting.visibility import reachable
from assent.access.policy.levels import Permission
from assent.access.policy.principals import Principal
from assent.kernel.dialects import Reader, dialect, like, table
from assent.kernel.errors import Invalid
from assent.kernel.orm import BIG
from assent.kernel.patterns import as_like, must_be_a_pattern
from assent.lineage.runs import snapshots
from assent.lineage.runs.snapshots import Essentials
from assent.registry import names, stages
from assent.registry.search import pages
from assent.registry.search.cutting import Page
from assent.registry.tables import ModelName, StageHistory
from assent.registry.tiers import Stage, Tier
from assent.registry.views import ACCOUNTS, ALIASES, MODELS, VERSIONS

LONGEST_PAGE = 1000
LATEST = 2**53

# The order within a model; where a version stands in no stage, it holds none, unless one asks for it.
_TIERS = (Tier.PRODUCTION, Tier.STAGING, Tier.ARCHIVED, Tier.NONE)
_OF_A_TIER = 1_000_000
_OF_ALIASES = len(_TIERS) * _OF_A_TIER

_NAMES = table(ModelName)
_STAGES = table(StageHistory)


@dataclass(frozen=True)
class Asked:
    """What somebody wants to know of a moment. With neither stage nor tier nor alias: all that was held.

    `model` and `pattern` are of names: of those that models bore then, or bear now.
    """

    model: str | None = None
    pattern: str | None = None
    stage: str | None = None
    tier: Tier | None = None
    alias: str | None = None


class Held(NamedTuple):
    """A version held a stage or an alias at the moment: since when, until when (None: it still does), through whom.

    `model` is what the model was called then, `model_now` what it is called now, or was when it was deleted.
    """

    model: str
    model_now: str
    model_id: int
    model_deleted: bool
    version: int
    version_deleted: bool
    version_id: int
    kind: str
    what: str
    since: int
    until: int | None
    by: str
    run_id: str
    snapshot: Essentials | None


def at(
    session: Reader, moment: int, asked: Asked, *, by: Principal, token: str = "", size: int | None = None
) -> Page[Held]:
    """Who held what at a moment (`since <= moment < until`): a page of 1,000 at most, by the models' ids.

    Models and versions that are deleted by now are told of, too. Raises Invalid for what nobody can ask, and for a
    token of another query.
    """
    if not 0 <= moment <= LATEST:
        raise Invalid(f"time: It is in milliseconds since 1970, from 0 to {LATEST}.")
    _must_make_sense(asked)
    size = min(size or LONGEST_PAGE, LONGEST_PAGE)
    query = pages.fingerprint("held", str(moment), [str(each) for each in astuple(asked)])
    after = _Place(*pages.values(token, query, [int] * len(_Place._fields))) if token else None
    sought = _Sought(moment, asked, _stages(session, asked), by, after, dialect(session), size)
    found_rows = session.execute(sought.told()).all()
    rows = found_rows[:size]
    facts = snapshots.essentials(session, {row.version_id for row in rows})
    found = [_held(row, facts.get(row.version_id)) for row in rows]
    if len(found_rows) <= size:
        return Page(found)
    return Page(found, pages.token(query, [getattr(rows[-1], each) for each in _Place._fields]))


class _Place(NamedTuple):
    """Where in the order a row is."""

    model_id: int
    rank: int
    version_id: int
    row_id: int


@dataclass(frozen=True)
class _Sought:
    """The statement that finds a page, in the dialect `on`."""

    moment: int
    asked: Asked
    stages: Mapping[int, str]
    by: Principal
    after: _Place | None
    on: str
    size: int

    def told(self) -> Select[Any]:
        """The page, cut before anything else is looked up, so that this is done for its rows alone."""
        models = self._models_seen()
        parts = [self._part(models, _STAGES, rank, _STAGES.c.stage == stage) for rank, stage in self.stages.items()]
        if _asks_for_aliases(self.asked):
            named = ALIASES.c.alias == self.asked.alias if self.asked.alias is not None else true()
            parts.append(self._part(models, ALIASES, _OF_ALIASES, named))
        held = union_all(*parts).subquery("held") if len(parts) > 1 else parts[0].subquery("held")
        place = [held.c[each] for each in _Place._fields]
        return self._with_facts(select(held).order_by(*place).limit(self.size + 1).subquery("page"))

    def _models_seen(self) -> CTE | None:
        """The models that somebody may read who reads few: asked for once, and not by each part of all it finds."""
        if self.by.reads_most or self.by.reads_everything:
            return None
        return select(MODELS.c.id).where(*self._mine()).cte("models_seen").prefix_with("MATERIALIZED")

    def _mine(self) -> tuple[ColumnElement[bool], ...]:
        return reachable(self.by, Permission.MODEL_READ, model_id=MODELS.c.id, name=MODELS.c.name, on=self.on)

    def _part(self, models: CTE | None, intervals: Table, rank: int, which: ColumnElement[bool]) -> Select[Any]:
        """A page's worth of one stage, or of aliases: an index has it in this order, so that no more is read."""
        what, row_id, by_id = _COLUMNS[intervals]
        held = select(
            intervals.c.model_id,
            literal(rank).label("rank"),
            intervals.c.version_id,
            row_id.label("row_id"),
            what.label("what"),
            intervals.c.valid_from,
            intervals.c.valid_until,
            by_id.label("by_id"),
        ).where(which, self._holds(intervals))
        if self.after is not None:
            held = held.where(_comes_after(self.after, intervals, rank, row_id))
        if self.asked.model is not None or self.asked.pattern is not None:
            held = held.where(intervals.c.model_id.in_(self._called()))
        if models is not None:
            held = held.join(models, models.c.id == intervals.c.model_id)
        elif mine := self._mine():
            held = held.join(MODELS, MODELS.c.id == intervals.c.model_id).where(*mine)
        tie = [] if intervals is _STAGES else [row_id]
        cut = held.order_by(intervals.c.model_id, intervals.c.version_id, *tie).limit(self.size + 1)
        return select(cut.subquery())

    def _holds(self, intervals: FromClause) -> ColumnElement[bool]:
        ended = intervals.c.valid_until
        return and_(intervals.c.valid_from <= self.moment, or_(ended.is_(None), ended > self.moment))

    def _called(self) -> Select[Any]:
        """The ids of the models that bore such a name then, or bear it now; of a deleted one that is its last."""
        model, pattern = self.asked.model, self.asked.pattern
        so = _NAMES.c.name == model if pattern is None else like(_NAMES.c.name, as_like(pattern), on=self.on)
        then_or_now = or_(self._holds(_NAMES), MODELS.c.name == _NAMES.c.name)
        return select(_NAMES.c.model_id).join(MODELS, MODELS.c.id == _NAMES.c.model_id).where(so, then_or_now)

    def _with_facts(self, page: Subquery) -> Select[Any]:
        then = select(_NAMES.c.name).where(_NAMES.c.model_id == page.c.model_id, self._holds(_NAMES)).limit(1)
        columns = [
            MODELS.c.name,
            MODELS.c.deleted_at.is_not(None),
            VERSIONS.c.number,
            VERSIONS.c.deleted_at.is_not(None),
            VERSIONS.c.run_id,
            ACCOUNTS.c.name.label("by"),
        ]
        whole = (
            select(page, then.scalar_subquery().label("called"), *columns)
            .join(VERSIONS, VERSIONS.c.id == page.c.version_id)
            .join(MODELS, MODELS.c.id == page.c.model_id)
            .join(ACCOUNTS, ACCOUNTS.c.id == page.c.by_id)
        )
        return whole.order_by(*(page.c[each] for each in _Place._fields))


# What is held, what tells one row of a version from another, and through whom.
_COLUMNS: Mapping[Table, tuple[ColumnElement[Any], ColumnElement[int], ColumnElement[int]]] = {
    _STAGES: (_STAGES.c.stage, literal(0, BIG), _STAGES.c.entered_by_id),
    ALIASES: (ALIASES.c.alias, ALIASES.c.id, ALIASES.c.set_by_id),
}


def _held(row: Any, snapshot: Essentials | None) -> Held:
    # Unpacked, since to look a column up by name takes longer than all the rest.
    model_id, rank, version_id, _, what, since, until, _, then, now, gone, number, number_gone, run_id, by = row
    kind = "alias" if rank == _OF_ALIASES else "stage"
    model, version = (then or now, now, model_id, bool(gone)), (number, bool(number_gone), version_id)
    return Held(*model, *version, kind, what, since, until, by, run_id, snapshot)


def _must_make_sense(asked: Asked) -> None:
    if asked.model is not None:
        names.must_be_a_model_name(asked.model, "model")
    if asked.pattern is not None:
        must_be_a_pattern(asked.pattern)
    if asked.alias is not None:
        names.must_be_an_alias(asked.alias)
    if asked.model is not None and asked.pattern is not None:
        raise Invalid("pattern: Ask for one model or for a pattern of names.")
    if asked.stage is not None and asked.tier is not None:
        raise Invalid("tier: Ask for one stage or for those of a tier.")


def _stages(session: Reader, asked: Asked) -> dict[int, str]:
    """The stages that are asked for, by their ranks, which are the same on the next page. Raises Invalid."""
    if asked.stage is not None:
        return {0: stages.canonical(session, asked.stage)}
    if asked.tier is None and asked.alias is not None:
        return {}
    # What another process added a moment ago is among them.
    ranked = {_rank(stage, place): stage for place, stage in enumerate(stages.every(session))}
    wanted = {asked.tier} if asked.tier is not None else set(_TIERS) - {Tier.NONE}
    return {rank: ranked[rank].name for rank in sorted(ranked) if ranked[rank].tier in wanted}


def _rank(stage: Stage, place: int) -> int:
    return _TIERS.index(stage.tier) * _OF_A_TIER + place


def _asks_for_aliases(asked: Asked) -> bool:
    return asked.alias is not None or (asked.stage is None and asked.tier is None)


def _comes_after(last: _Place, intervals: Table, rank: int, row_id: ColumnElement[int]) -> ColumnElement[bool]:
    model_id, version_id = intervals.c.model_id, intervals.c.version_id
    if rank != last.rank:
        return model_id >= last.model_id if rank > last.rank else model_id > last.model_id
    later = or_(version_id > last.version_id, and_(version_id == last.version_id, row_id > last.row_id))
    # Implied by the rest, but only said so can an index begin where the page does.
    return and_(model_id >= last.model_id, or_(model_id > last.model_id, later))
