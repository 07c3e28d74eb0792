"""One of several processes that do at random what people do, on one database: its URL, a seed and how many steps.

It ends with 1, and tells why, where the service has a fault of its own.
"""

import sys
from typing import Any

from sqlalchemy import Engine, text

from assent.database import db
from assent.kernel import clock
from support.calling import Caller
from support.databases import ADMINISTRATOR
from support.serving import serving
from support.walking import BEGAN, JUMPS, PEOPLE, Choices, Clock, Service, snapshot

EVERYBODY = [*PEOPLE, ADMINISTRATOR]


def main(url: str, seed: int, steps: int) -> int:
    """Take the steps; how many of them met with a fault of the service."""
    own, choices = Clock(), Choices(seed)
    # Clocks of several machines are never alike.
    own.at = BEGAN + 20_000 * seed
    setattr(clock, "time", own)  # noqa: B010 (the module is typed; the clock is not its own any more)
    with serving(url, recheck_seconds=3600) as app:
        with app.app_context():
            engine = db.engine
        service, faults = Service(app, engine), 0
        for number in range(steps):
            own.at += choices.among(JUMPS)
            _look_round(engine, choices)
            ruling = number % 40 == 0
            what, given = choices.ruling(own.at) if ruling else choices.step(own.at, EVERYBODY)
            found: Any = getattr(service, what)(*given)
            if isinstance(found, int) and found >= 500:
                faults += 1
                print(f"{what}{given}: {found} {service.said}")
    return faults


def _look_round(engine: Engine, choices: Choices) -> None:
    """See what is there, so that most steps have something to do."""
    with engine.connect() as connection:
        there = snapshot(connection)
        choices.requests = _some_of(
            connection.scalars(text("SELECT id FROM transition_requests WHERE state = 'open'"))
        )
    choices.is_something_open = len(choices.requests) > 1
    names = {number: name for number, (name, deleted) in there["models"].items() if not deleted}
    live = [
        (names[of], number) for (of, number), stage in there["versions"].items() if stage != "deleted" and of in names
    ]
    choices.versions = live or choices.versions


def _some_of(still_open: Any) -> list[int]:
    found = list(still_open)
    return 8 * found[-4:] + [max(found, default=0) + 1]


def prepare(caller: Caller) -> None:
    """Models to do something with."""
    for name in ("a1", "a2"):
        caller.model(name)
        for who in ("alice", "edith"):
            caller.by(who).version(name)


if __name__ == "__main__":
    sys.exit(1 if main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])) else 0)
