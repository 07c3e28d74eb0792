"""What the database knows of a move, but for the people behind it: read at one moment, in one statement."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, case, exists, null, select

from assent.annotations import cards, comments
from assent.governance.evidence import checks
from assent.governance.evidence.checks import Posted
from assent.governance.requests.evaluation.moving import Moving
from assent.governance.requests.records.rows import DECISIONS, REQUESTS
from assent.governance.requests.records.tables import RequestState, Verdict
from assent.kernel.batches import Batch
from assent.kernel.dialects import Reader, table
from assent.lineage.graph import nodes, recalls
from assent.lineage.runs import reading as runs
from assent.lineage.runs.reading import Origin
from assent.lineage.runs.snapshots import SNAPSHOTS
from assent.registry.tables import StageHistory
from assent.registry.views import VERSIONS

# Of the requests by which a version came to a target so many are looked at, the newest.
_MOST_LOOKED_BACK = 100


@dataclass(frozen=True, slots=True)
class Dossier:
    """What is known of the model, of the version and of the incumbent of a move.

    `registrars` are who registered the version and what it was copied from, `run_users` who made the runs of these.
    `stays` are the stages where it stood, with the moments from which until which; `approved_under` the names of the
    gates under which each of its requests for the target was approved. `origins` and `checks` are by version.
    """

    card: str
    unreviewed: tuple[int, ...]
    registrars: frozenset[int]
    run_users: frozenset[int]
    stays: Sequence[tuple[str, int, int | None]]
    approved_under: Sequence[frozenset[str]]
    unresolved_comments: int
    recalls: tuple[int, ...]
    origins: Mapping[int, Origin]
    checks: Mapping[int, Sequence[Posted]]


def opened(session: Reader, moving: Moving) -> Dossier:
    """The dossier of a move; where it is the model that would go, there is none of a version in it."""
    version, incumbent = moving.version, moving.incumbent
    read = _DOSSIER.read(
        session,
        {
            "model": moving.model.id,
            "kind": moving.target.kind,
            "target": moving.target.name,
            "version": version.id if version else None,
            "start": nodes.version(version.id) if version else "",
            "wanted": [each.id for each in (version, incumbent) if each],
        },
    )
    origins = runs.origins_from(read["origins"])
    posted: dict[int, list[Posted]] = {each.id: [] for each in (version, incumbent) if each}
    for result in map(checks.posted, read["checks"]):
        posted[result.version_id].append(result)
    return Dossier(
        card=next((text for (text,) in read["card"]), ""),
        unreviewed=tuple(number for (number,) in read["unreviewed"]),
        registrars=frozenset(by for _, by in read["registrars"] if by is not None),
        run_users=_run_users(origins[number] for number, _ in read["registrars"]),
        stays=[(stage, begins, ends) for stage, begins, ends in read["stays"]],
        approved_under=[frozenset(gates) for (gates,) in read["approved"]],
        unresolved_comments=read["unresolved"][0][0],
        recalls=tuple(number for (number,) in read["recalls"]),
        origins=origins,
        checks=posted,
    )


def _run_users(origins: Iterable[Origin]) -> frozenset[int]:
    return frozenset(each.run_user_id for each in origins if each.run_user_id is not None)


def _dossier() -> Batch:
    history = table(StageHistory)
    before = _for_the_target(REQUESTS.c.report["gates"]).where(
        REQUESTS.c.version_id == bindparam("version"),
        REQUESTS.c.state == RequestState.APPLIED,
        REQUESTS.c.overridden_by_id.is_(None),
        exists().where(
            DECISIONS.c.request_id == REQUESTS.c.id,
            DECISIONS.c.verdict == Verdict.APPROVED,
            DECISIONS.c.ended_at.is_(None),
        ),
    )
    unreviewed = _for_the_target(REQUESTS.c.id).where(
        REQUESTS.c.model_id == bindparam("model"),
        REQUESTS.c.review_due_at.is_not(None),
        REQUESTS.c.reviewed_at.is_(None),
    )
    # A version and what it was copied from, and that again: nobody sheds their name by copying.
    columns = (VERSIONS.c.id, VERSIONS.c.copied_from_id, VERSIONS.c.created_by_id)
    originals = select(*columns).where(VERSIONS.c.id == bindparam("version")).cte("originals", recursive=True)
    originals = originals.union(select(*columns).join(originals, VERSIONS.c.id == originals.c.copied_from_id))
    wanted: BindParameter[int] = bindparam("wanted", expanding=True)
    concerned = select(originals.c.id).union(select(VERSIONS.c.id).where(VERSIONS.c.id.in_(wanted)))
    # The facts of what it was copied from are long, and nobody asks for them.
    content = case((VERSIONS.c.id.in_(wanted), SNAPSHOTS.c.content), else_=null())
    return Batch(
        card=cards.STANDING.with_only_columns(cards.CARDS.c.text),
        unreviewed=unreviewed,
        registrars=select(originals.c.id, originals.c.created_by_id),
        stays=select(history.c.stage, history.c.valid_from, history.c.valid_until).where(
            history.c.version_id == bindparam("version")
        ),
        approved=before.order_by(REQUESTS.c.id.desc()).limit(_MOST_LOOKED_BACK),
        unresolved=comments.UNRESOLVED,
        recalls=recalls.OVER,
        origins=runs.origins_where(VERSIONS.c.id.in_(concerned), content),
        checks=checks.STANDING_OF_EACH,
    )


def _for_the_target(column: Any) -> Select[Any]:
    return select(column).where(REQUESTS.c.kind == bindparam("kind"), REQUESTS.c.target == bindparam("target"))


# Built once: building a statement costs more than running it.
_DOSSIER = _dossier()
