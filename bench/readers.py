"""Somebody who may read half of all models, by a thousand patterns that two hundred groups are granted."""

from collections.abc import Iterator

from assent.access.credentials import tokens
from assent.access.granting import grants
from assent.access.granting.grants import Place
from assent.access.people import accounts, groups
from assent.access.policy.levels import Level
from assent.access.policy.principals import SYSTEM
from assent.database import unit_of_work
from assent.kernel.patterns import Names
from bench.requests import Ask
from bench.shape import Shape, model_name
from support.databases import TEST, engine_for

NAME = "reader"
GROUPS = 200
PATTERNS = 1_000


def let_in(url: str, shape: Shape) -> dict[str, str]:
    """Create the reader. The header that shows their token."""
    patterns = list(_patterns(shape))
    engine = engine_for(url)
    with unit_of_work(engine, TEST) as session:
        reader = accounts.create(session, NAME, by=SYSTEM)
        for number in range(GROUPS):
            group = groups.create(session, f"group {number}", by=SYSTEM)
            groups.add(session, group, reader, by=SYSTEM)
            for pattern in patterns[number::GROUPS]:
                grants.give(session, group, Level.CAN_READ, on=Place(pattern=pattern), by=SYSTEM)
        secret = tokens.create(session, reader, by=SYSTEM).secret
    engine.dispose()
    return {"Authorization": f"Bearer {secret}"}


def of_what_they_read(shape: Shape, ask: Ask) -> Ask:
    """The same, of models alone that the reader may read."""
    readable = Names(_patterns(shape))
    turns = [turn for turn in range(shape.few_models) if shape.few_model(turn) in readable]
    return lambda turn: ask(turns[turn % len(turns)])


def _patterns(shape: Shape) -> Iterator[str]:
    """Every second ten of the models, or every second one of few; what is left of the thousand matches nothing."""
    wide = shape.models >= 10 * PATTERNS
    matching = shape.models // (20 if wide else 2)
    for number in range(PATTERNS):
        name = model_name(20 * number if wide else 2 * number)
        yield (name[:-1] if wide else name) + "*" if number < matching else f"other-{number}-*"
