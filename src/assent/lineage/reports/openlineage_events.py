"""OpenLineage events that come in: kept whole, and what they say of runs put into the graph."""

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import orjson
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from assent.access.policy.levels import Permission
from assent.access.policy.principals import Principal, authorize_everywhere
from assent.audit.actions import Action
from assent.audit.events import Subject, record
from assent.kernel.clock import now
from assent.kernel.dialects import dialect, insert, table
from assent.kernel.errors import Invalid
from assent.lineage.graph import edges, nodes
from assent.lineage.graph.edges import Edge
from assent.lineage.graph.tables import EdgeType, OpenLineageEvent, Through
from assent.lineage.reports import openlineage
from assent.lineage.reports.openlineage import Event
from assent.lineage.runs import canonical

EVENTS = table(OpenLineageEvent)
LARGEST_EVENT = 1024 * 1024
_MOST_TOLD = 100


class Accepted(NamedTuple):
    """What became of an event. `known` tells that it was here already, and changed nothing.

    `left_out` are the edges that would have closed a circle.
    """

    digest: str
    known: bool
    left_out: list[Edge]


def accept(session: Session, event: object, *, by: Principal) -> Accepted:
    """Keep an event, and put what it says of a run into the graph.

    Runs and datasets belong to no model, so it takes the right to declare lineage on the whole registry.
    Raises Denied and Invalid.
    """
    authorize_everywhere(by, Permission.LINEAGE_DECLARE, kind="openlineage_event")
    found = openlineage.read(event)
    content = _written(event)
    digest = canonical.digest(content)
    row = {
        "digest": digest,
        "run_id": found.run_id,
        "event_type": found.type,
        "event_time": found.at,
        "received_at": now(),
        "received_by_id": by.id,
        "content": content.decode(),
    }
    added = session.execute(_insert(dialect(session)), row).first()
    if added is None:
        return Accepted(digest, known=True, left_out=[])
    stated = list(dict.fromkeys(_edges(found)))
    left_out = edges.link(session, stated, through=Through.OPENLINEAGE, by=by)
    details = {
        "digest": digest,
        "event_type": found.type,
        "run": found.run_id,
        "edges": len(stated) - len(left_out),
        "left_out": [edge._asdict() for edge in left_out[:_MOST_TOLD]],
    }
    on = Subject("openlineage_event", added.id, found.subject)
    record(session, Action.OPENLINEAGE_ACCEPTED, by=by, on=on, details=details)
    return Accepted(digest, known=False, left_out=left_out)


def _edges(event: Event) -> Iterator[Edge]:
    if event.run_id:
        run = nodes.run(event.run_id)
        yield from (Edge(dataset, run, EdgeType.INPUT) for dataset in event.inputs)
        yield from (Edge(run, dataset, EdgeType.OUTPUT) for dataset in event.outputs)
        if event.commit is not None:
            yield Edge(event.commit, run, EdgeType.CODE)


def _written(event: object) -> bytes:
    """The event with its names in order, so that the same event is the same bytes. Raises Invalid."""
    try:
        content = orjson.dumps(event, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError as problem:
        raise Invalid(f"The event cannot be kept: {problem}.") from None
    if len(content) > LARGEST_EVENT:
        raise Invalid(f"The event is {len(content)} bytes long; {LARGEST_EVENT} are the most.")
    return content


@cache
def _insert(on: str) -> ReturningInsert[tuple[int]]:
    into = insert(on, EVENTS)
    return into.on_conflict_do_nothing(index_elements=[EVENTS.c.digest]).returning(EVENTS.c.id)
