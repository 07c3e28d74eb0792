"""What callers see of the capture of a version's run, and of its artifacts' digest."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, bindparam, select

from assent.access.granting.visibility import Guarded
from assent.access.policy.principals import Principal
from assent.kernel.dialects import Reader
from assent.lineage.graph import references
from assent.lineage.runs import digests, snapshots
from assent.lineage.runs.captured import CaptureState
from assent.lineage.runs.digests import DIGESTS, Given
from assent.lineage.runs.facts import Facts
from assent.lineage.runs.snapshots import CAPTURES, SNAPSHOTS, Snapshot
from assent.registry import names, reading
from assent.registry.views import ACCOUNTS, VERSION_COLUMNS, VERSIONS, Version, is_version, version


class Capture(NamedTuple):
    """How far the capture of a version's run got; no state where there is nothing to capture.

    `counts` is the snapshot that counts: none where they contradict each other.
    """

    state: CaptureState | None
    attempts: int
    next_attempt_at: int | None
    problem: str
    differences: list[dict[str, Any]]
    snapshots: list[Snapshot]
    artifact_digest: Given | None

    @property
    def counts(self) -> Snapshot | None:
        """The snapshot that counts: the pulled one, which is the first, else the pushed one."""
        return None if self.state is CaptureState.CONTRADICTED else next(iter(self.snapshots), None)


class Brief(NamedTuple):
    """A version with how far the capture of its run got, and the digest of its artifacts."""

    version: Version
    snapshot: CaptureState | None
    artifact_digest: str | None


class Origin(NamedTuple):
    """What counts of the origin of a version: the facts of its run and their digest, and that of its artifacts.

    There are no facts where there is no snapshot, or where two contradict each other. `run_user_id` is the account
    that is called like the user of the run.
    """

    state: CaptureState | None
    facts: Facts | None
    snapshot: str | None
    artifact_digest: str | None
    run_user_id: int | None


_BRIEF = Guarded(
    select(
        *VERSION_COLUMNS,
        select(CAPTURES.c.state).where(CAPTURES.c.version_id == VERSIONS.c.id).scalar_subquery(),
        select(DIGESTS.c.digest).where(DIGESTS.c.version_id == VERSIONS.c.id).scalar_subquery(),
    ).where(is_version(bindparam("name"), bindparam("number"))),
    VERSIONS.c.model_id,
)
_CAPTURE = select(
    CAPTURES.c.state,
    CAPTURES.c.attempts,
    CAPTURES.c.next_attempt_at,
    CAPTURES.c.problem,
    CAPTURES.c.differences,
).where(CAPTURES.c.version_id == bindparam("version_id"))


def origins_where(
    wanted: ColumnElement[bool], content: ColumnElement[str | None] = SNAPSHOTS.c.content
) -> Select[Any]:
    """A query for the origins of versions, for `origins_from` to read; `content` is the facts, so far as wanted."""
    run_user = select(ACCOUNTS.c.id).where(ACCOUNTS.c.name == SNAPSHOTS.c.run_user).scalar_subquery()
    return (
        select(VERSIONS.c.id, CAPTURES.c.state, content, SNAPSHOTS.c.digest, DIGESTS.c.digest, run_user)
        .outerjoin_from(VERSIONS, CAPTURES, CAPTURES.c.version_id == VERSIONS.c.id)
        .outerjoin(SNAPSHOTS, SNAPSHOTS.c.version_id == VERSIONS.c.id)
        .outerjoin(DIGESTS, DIGESTS.c.version_id == VERSIONS.c.id)
        .where(wanted)
        # What was pulled comes last of each version, and stays.
        .order_by(SNAPSHOTS.c.way.desc())
    )


_ORIGINS = origins_where(VERSIONS.c.id.in_(bindparam("wanted", expanding=True)))


def brief(session: Reader, name: str, number: int, *, by: Principal) -> Brief:
    """A version, in one statement. Raises NotFound."""
    names.must_be_a_model_name(name)
    reading.must_be_possible(name, number)
    for row in _BRIEF.seen(session, by, name, {"name": name, "number": number}):
        return Brief(version(row[:-2]), *row[-2:])
    raise reading.no_version(name, number)


def capture(session: Reader, name: str, number: int, *, by: Principal) -> Capture:
    """How far the capture of a version's run got, even of a deleted one, with every snapshot. Raises NotFound."""
    version_id = references.version_named(session, name, number, by=by)
    row = session.execute(_CAPTURE, {"version_id": version_id}).first()
    state, attempts, next_attempt_at, problem, differences = row if row is not None else (None, 0, None, "", None)
    return Capture(
        state,
        attempts,
        next_attempt_at,
        problem,
        differences or [],
        snapshots.of(session, version_id),
        digests.of(session, version_id),
    )


def origins(session: Reader, version_ids: Iterable[int]) -> dict[int, Origin]:
    """What counts of the origins of some versions, in one statement. Access is the caller's to check."""
    return origins_from(session.execute(_ORIGINS, {"wanted": list(version_ids)}))


def origins_from(rows: Iterable[Sequence[Any]]) -> dict[int, Origin]:
    """The origins by the ids of their versions."""
    found: dict[int, Origin] = {}
    for version_id, state, content, snapshot, artifacts, run_user in rows:
        if snapshot is None or state is CaptureState.CONTRADICTED:
            found[version_id] = Origin(state, None, None, artifacts, None)
        else:
            found[version_id] = Origin(state, content and json.loads(content), snapshot, artifacts, run_user)
    return found
