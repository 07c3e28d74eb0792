"""What is known of a version, as an event of the OpenLineage standard for others to keep."""

from typing import Any

import orjson
from sqlalchemy import select

from assent.access.policy.principals import Principal
from assent.kernel.dialects import Reader
from assent.lineage.graph import nodes
from assent.lineage.graph.edges import EDGES, STANDING
from assent.lineage.graph.tables import EdgeType
from assent.lineage.reports import openlineage_shapes
from assent.lineage.reports.openlineage_shapes import Told
from assent.lineage.runs import reading
from assent.registry.reading import version_numbered

_MOST_INPUTS = 1000


def event_of(session: Reader, name: str, number: int, *, by: Principal) -> dict[str, Any]:
    """The event of the run that made a version. Raises NotFound."""
    version = version_numbered(session, name, number, by=by)
    capture = reading.capture(session, name, number, by=by)
    snapshot, digest = capture.counts, capture.artifact_digest
    run_id = version.run_id or (snapshot.run_id if snapshot else "")
    return openlineage_shapes.event(
        Told(
            id=version.id,
            model=version.name,
            number=version.number,
            stage=version.stage,
            source=version.source,
            description=version.description,
            registered_at=version.created_at,
            run_id=run_id,
            snapshot_digest=snapshot.digest if snapshot else "",
            artifact_digest=digest.digest if digest else "",
            facts=orjson.loads(snapshot.content) if snapshot else {},
            inputs=_inputs(session, run_id),
        )
    )


def _inputs(session: Reader, run_id: str) -> list[str]:
    """The datasets that went into a run, whoever told; one who reads a version sees all that it comes from."""
    if not run_id:
        return []
    went_in = select(EDGES.c.source).where(
        EDGES.c.target == nodes.run(run_id), EDGES.c.type == EdgeType.INPUT, STANDING
    )
    return list(session.scalars(went_in.order_by(EDGES.c.id).limit(_MOST_INPUTS)))
