"""The tiers of stages, by which pages give them their colours."""

from flask import g

from assent import database
from assent.http.calls import reading
from assent.registry import stages


def tier_of(stage: str) -> str:
    """The tier of a stage; nothing of what is none.

    No statement, unless a page is the first of this process to tell of the stage: then one, for all of them.
    """
    engine = database.db.engines[database.READING]
    found = stages.remembered(engine, stage)
    if found is None and "stages_were_read" not in g:
        g.stages_were_read = True
        with reading()() as session:
            stages.every(session)
        found = stages.remembered(engine, stage)
    return found.tier.value if found else ""
