"""Whatever is done, in whatever order, by however many and whatever their clocks say: log and histories agree."""

import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from itertools import islice
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assent.access.people import accounts
from assent.access.policy.principals import Principal
from assent.access.signing_in.sign_in import SignIn
from assent.database import unit_of_work
from assent.governance import moves
from assent.kernel.errors import AssentError
from assent.registry import history, models, versions
from assent.registry.sources import SourceRules
from assent.registry.tiers import MLFLOWS
from assent.registry.versions import Registration
from support.databases import TEST, engine_for
from support.retelling import must_agree

NAMES = ("a", "b", "c")
ALIASES = ("champion", "challenger")
NUMBERS = (1, 2, 3, 4)
ACTIVE = ("Staging", "Production")
BEGAN = 2_000_000_000_000
JUMPS = (0, 0, 1, 3, 40, -2, -30)

Step = tuple[Any, ...]


class Clock:
    """A clock for each thread, which goes where it is told to."""

    def __init__(self) -> None:
        self._own = threading.local()

    def set(self, at: int) -> None:
        """Be at a moment."""
        self._own.at = at

    def jump(self, by: int) -> None:
        """Go on, or back."""
        self._own.at += by

    def time_ns(self) -> int:
        """What the service sees; elsewhere time is as ever."""
        at = getattr(self._own, "at", None)
        return time.time_ns() if at is None else at * 1_000_000


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of the service, in the hands of the test."""
    made = Clock()
    monkeypatch.setattr("assent.kernel.clock.time", made)
    return made


# What there is to do, and with what.
STEPS: dict[str, tuple[Sequence[Any], ...]] = {
    "create": (NAMES,),
    "register": (NAMES,),
    "rename": (NAMES, NAMES),
    "move": (NAMES, NUMBERS, [stage.name for stage in MLFLOWS], (True, False)),
    "point": (NAMES, ALIASES, NUMBERS),
    "unpoint": (NAMES, ALIASES),
    "describe": (NAMES, NUMBERS),
    "delete version": (NAMES, NUMBERS),
    "restore version": (NAMES, NUMBERS),
    "delete": (NAMES,),
    "restore": ((0, 1, 2), (None, *NAMES)),
}
# More of what makes something to have than of what takes it away.
LIKELY = [*STEPS, "restore version", *3 * ["register", "move", "point"]]


@st.composite
def steps(draw: Any) -> Step:
    """How far the clock goes, what is then done, and with what."""
    what = draw(st.sampled_from(LIKELY))
    return (draw(st.sampled_from(JUMPS)), what, *(draw(st.sampled_from(each)) for each in STEPS[what]))


def _steps_at_random(seed: int) -> Iterator[Step]:
    """The same, for ever, where nobody could make less of what fails."""
    chosen = random.Random(seed)  # noqa: S311 (a test, no secret)
    while True:
        what = chosen.choice(LIKELY)
        yield (chosen.choice(JUMPS), what, *(chosen.choice(each) for each in STEPS[what]))


def _take(session: Session, by: Principal, what: str, *given: Any) -> object:
    """Take one step."""
    taken: dict[str, Callable[..., object]] = {
        "create": models.create,
        "register": lambda session, name, by: versions.register(
            session, name, Registration("s3://b/m"), by=by, rules=SourceRules()
        ),
        "rename": models.rename,
        "move": lambda session, name, number, stage, archive, by: moves.transition(
            session, name, number, stage, archive_existing=archive and stage in ACTIVE, by=by
        ),
        "point": moves.point_alias,
        "unpoint": moves.remove_alias,
        "describe": lambda session, name, number, by: versions.describe(session, name, number, "d", by=by),
        "delete version": moves.delete_version,
        "restore version": moves.restore_version,
        "delete": moves.delete_model,
        "restore": _restore,
    }
    return taken[what](session, *given, by=by)


def _restore(session: Session, place: int, new_name: str | None, *, by: Principal) -> None:
    gone = [deleted.id for deleted in history.deleted_models(session, by=by)]
    if place < len(gone):
        moves.restore_model(session, gone[place], new_name=new_name, by=by)


@pytest.fixture
def beginning(session: Session, alice: Principal, clock: Clock) -> Session:
    """Something to begin with, so that most steps have something to do."""
    clock.set(BEGAN)
    for name in NAMES[:2]:
        models.create(session, name, by=alice)
        for _ in range(2):
            _take(session, alice, "register", name)
    return session


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(taken=st.lists(steps(), min_size=15, max_size=50))
def test_whatever_one_does_the_log_tells_the_history(
    beginning: Session, alice: Principal, clock: Clock, taken: list[Step]
) -> None:
    clock.set(BEGAN)
    with beginning.begin_nested() as example:
        for jump, *step in taken:
            clock.jump(jump)
            with suppress(AssentError), beginning.begin_nested():
                _take(beginning, alice, *step)
        must_agree(beginning)
        example.rollback()


@pytest.mark.parametrize("seed", range(4))
def test_whatever_several_do_at_once_the_log_tells_the_history(database_url: str, clock: Clock, seed: int) -> None:
    engine = engine_for(database_url)
    with unit_of_work(engine, TEST) as session:
        alice = SignIn().as_if(session, accounts.named(session, "alice"))
        models.create(session, "a", by=alice)
    with ThreadPoolExecutor(4) as several:
        list(several.map(partial(_many, engine, alice, clock), range(4 * seed, 4 * seed + 4)))
    with engine.connect() as connection:
        must_agree(connection)
    engine.dispose()


def _many(engine: Engine, by: Principal, clock: Clock, seed: int) -> None:
    clock.set(BEGAN + 50 * (seed % 4))
    for jump, *step in islice(_steps_at_random(seed), 200):
        clock.jump(jump)
        with suppress(AssentError), unit_of_work(engine, TEST) as session:
            _take(session, by, *step)
