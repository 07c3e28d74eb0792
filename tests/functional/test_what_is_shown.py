"""The registry that pages are looked at with holds what a page can show."""

from sqlalchemy import select

from assent.governance.requests.records.rows import REQUESTS
from assent.governance.requests.records.tables import RequestState
from assent.kernel.clock import now
from assent.lineage.graph import recalls
from assent.registry.views import VERSIONS
from support.databases import engine_for
from support.showing import show


def test_there_is_something_of_everything(database_url: str) -> None:
    show(database_url)
    engine = engine_for(database_url)
    with engine.connect().execution_options(reading=True) as reading:
        asked = reading.execute(select(REQUESTS.c.state, REQUESTS.c.overridden_by_id, REQUESTS.c.review_due_at)).all()
        versions = list(reading.scalars(select(VERSIONS.c.id)))
        quarantined = recalls.quarantined(reading, versions)
        stages = set(reading.scalars(select(VERSIONS.c.stage)))
    engine.dispose()
    assert {each.state for each in asked} == {*RequestState} - {RequestState.SUPERSEDED}
    assert [each.state for each in asked if each.overridden_by_id and each.review_due_at < now()] == ["applied"]
    assert len(quarantined) == 2
    assert stages == {"None", "Staging", "Production", "Archived", "UAT", "Shadow"}
