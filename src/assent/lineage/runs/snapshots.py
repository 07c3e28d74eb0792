"""Run snapshots: the facts of a version's run as canonical JSON, kept for ever, and linked into the graph."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from assent.access.policy.principals import Principal
from assent.audit.events import Subject
from assent.kernel.dialects import Reader, dialect, insert, table
from assent.kernel.errors import Invalid
from assent.lineage.graph import edges, nodes
from assent.lineage.graph.edges import Edge
from assent.lineage.graph.tables import EdgeType, Through
from assent.lineage.runs import canonical
from assent.lineage.runs.captured import CaptureState, RunCapture, RunSnapshot, Way
from assent.lineage.runs.facts import Facts, run_of
from assent.registry.views import ACCOUNTS, VERSIONS

SNAPSHOTS = table(RunSnapshot)
CAPTURES = table(RunCapture)


class Of(NamedTuple):
    """The version that a snapshot is of, whose row the transaction holds."""

    id: int
    model_id: int
    name: str
    number: int
    run_id: str
    logged_model_id: str

    @property
    def subject(self) -> Subject:
        """The version, as an audit event names it."""
        return Subject("model_version", self.id, self.name, model_id=self.model_id, version=self.number)


class Snapshot(NamedTuple):
    """A snapshot; `taken_by` is who pushed it, `server` where it was pulled from."""

    version_id: int
    way: Way
    digest: str
    content: str
    run_id: str
    run_user: str
    code_commit: str
    datasets: list[dict[str, Any]]
    taken_at: int
    taken_by: str | None
    server: str


class Essentials(NamedTuple):
    """What a snapshot says of the origin of its version."""

    way: Way
    digest: str
    code_commit: str
    datasets: list[dict[str, str]]


class Written(NamedTuple):
    """Facts as they are kept."""

    facts: Facts
    content: str
    digest: str


_COLUMNS = (
    SNAPSHOTS.c.version_id,
    SNAPSHOTS.c.way,
    SNAPSHOTS.c.digest,
    SNAPSHOTS.c.content,
    SNAPSHOTS.c.run_id,
    SNAPSHOTS.c.run_user,
    SNAPSHOTS.c.code_commit,
    SNAPSHOTS.c.datasets,
    SNAPSHOTS.c.taken_at,
    select(ACCOUNTS.c.name).where(ACCOUNTS.c.id == SNAPSHOTS.c.taken_by_id).scalar_subquery(),
    SNAPSHOTS.c.server,
)
_CONTRADICTED = select(CAPTURES.c.version_id).where(
    CAPTURES.c.version_id == SNAPSHOTS.c.version_id, CAPTURES.c.state == CaptureState.CONTRADICTED
)
_ESSENTIALS = (
    select(
        SNAPSHOTS.c.version_id,
        SNAPSHOTS.c.way,
        SNAPSHOTS.c.digest,
        SNAPSHOTS.c.code_commit,
        SNAPSHOTS.c.datasets,
    )
    .where(SNAPSHOTS.c.version_id.in_(bindparam("wanted", expanding=True)), ~_CONTRADICTED.exists())
    # What was pulled comes last of each version, and stays.
    .order_by(SNAPSHOTS.c.way.desc())
)
_OF_VERSION = select(*_COLUMNS).where(SNAPSHOTS.c.version_id == bindparam("version_id")).order_by(SNAPSHOTS.c.way)
_LOCK = (
    select(
        VERSIONS.c.id,
        VERSIONS.c.model_id,
        VERSIONS.c.model_name,
        VERSIONS.c.number,
        VERSIONS.c.run_id,
        VERSIONS.c.logged_model_id,
    )
    .where(VERSIONS.c.id == bindparam("version_id"))
    .with_for_update(of=VERSIONS, key_share=True)
)
# Whoever searches for a run finds the version from now on; but nobody changed it, so its time stamp stays.
_FIND_RUN = (
    update(VERSIONS)
    .where(VERSIONS.c.id == bindparam("version_id"), VERSIONS.c.run_id == "")
    .values(run_id=bindparam("found"))
)


def lock(session: Session, version_id: int) -> Of:
    """The version of that id, deleted or not, whose row this transaction holds from now on."""
    return Of._make(session.execute(_LOCK, {"version_id": version_id}).one())


def written(facts: Facts, *, largest: int) -> Written:
    """Facts as they are kept. Raises Invalid where they are longer than so many bytes."""
    content = canonical.written(facts)
    if len(content) > largest:
        raise Invalid(f"The facts are {len(content)} bytes long; ASSENT_LARGEST_SNAPSHOT allows {largest}.")
    return Written(facts, content.decode(), canonical.digest(content))


def must_be_of(version: Of, facts: Facts) -> None:
    """Raise Invalid where facts tell of another run or another logged model than the version."""
    for what, told, known in (
        ("run", run_of(facts), version.run_id),
        ("logged model", facts.get("model", {}).get("id", ""), version.logged_model_id),
    ):
        if told and known and told != known:
            raise Invalid(f"The facts are of the {what} {told}; version {version.number} is of {known}.")


def keep(
    session: Session, version: Of, what: Written, way: Way, *, at: int, by: Principal, server: str = ""
) -> list[Edge] | None:
    """Keep a snapshot, fill in the version's run where it had none, and link what the facts name.

    Gives the edges that were left out, since they would close a circle; None where nothing was kept: of each way a
    version has one snapshot, the first.
    """
    facts, run_id = what.facts, run_of(what.facts)
    row = {
        "version_id": version.id,
        "way": way,
        "digest": what.digest,
        "content": what.content,
        "run_id": run_id,
        "run_user": facts.get("run", {}).get("user", ""),
        "code_commit": facts.get("code", {}).get("commit", ""),
        "datasets": [_told(each) for each in facts.get("datasets", [])],
        "taken_at": at,
        "taken_by_id": by.id,
        "server": server,
    }
    if session.execute(_insert(dialect(session)), row).first() is None:
        return None
    if run_id and not version.run_id:
        session.execute(_FIND_RUN, {"version_id": version.id, "found": run_id})
    return edges.link(session, _edges(facts, version, way), through=Through.SNAPSHOT, by=by)


def of(session: Reader, version_id: int) -> list[Snapshot]:
    """The snapshots of a version, at most one of each way. Access is the caller's to check."""
    return [_snapshot(row) for row in session.execute(_OF_VERSION, {"version_id": version_id})]


def essentials(session: Reader, version_ids: Iterable[int]) -> dict[int, Essentials]:
    """By version what counts of its snapshots: the pulled one, else the pushed one; none where they contradict.

    Access is the caller's to check.
    """
    return {
        row.version_id: Essentials(row.way, row.digest, row.code_commit, row.datasets or [])
        for row in session.execute(_ESSENTIALS, {"wanted": list(version_ids)})
    }


@cache
def _insert(on: str) -> ReturningInsert[tuple[int]]:
    into = insert(on, SNAPSHOTS)
    return into.on_conflict_do_nothing(index_elements=[SNAPSHOTS.c.version_id, SNAPSHOTS.c.way]).returning(
        SNAPSHOTS.c.id
    )


def _snapshot(row: Sequence[Any]) -> Snapshot:
    found = Snapshot._make(row)
    return found._replace(datasets=found.datasets or [])


def _told(dataset: Mapping[str, Any]) -> dict[str, str]:
    return {name: dataset.get(name, "") for name in ("name", "digest", "context")}


def _edges(facts: Facts, version: Of, way: Way) -> Iterator[Edge]:
    """What the facts name. What a server told goes into the run or, where no run made it, into the logged model.

    What was pushed goes into the version alone: whoever pushes says nothing of versions that others made of a run.
    """
    run_id = run_of(facts) or version.run_id
    model_id = facts.get("model", {}).get("id") or version.logged_model_id
    made = nodes.run(run_id) if run_id else nodes.logged_model(model_id)
    if way is Way.PUSHED or not (run_id or model_id):
        made = nodes.version(version.id)
    for each in facts.get("datasets", []):
        yield Edge(nodes.dataset(each["name"], each["digest"]), made, EdgeType.INPUT)
    if commit := facts.get("code", {}).get("commit"):
        yield Edge(nodes.commit(commit), made, EdgeType.CODE)
    if run_id and model_id and way is Way.PULLED:
        yield Edge(nodes.run(run_id), nodes.logged_model(model_id), EdgeType.LOGGED)
