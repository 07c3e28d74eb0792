"""A rich registry to look at pages with: `python -m support.showing PORT` makes one, fills it and serves it."""

import signal
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from support import shown_models, shown_requests, shown_rules
from support.databases import ADMINISTRATOR, PASSWORD, PEOPLE, engine_for, prepare
from support.scenes import Stage
from support.server import Server

SCENES = (*shown_rules.SCENES, *shown_models.SCENES, *shown_requests.SCENES)


def show(url: str) -> None:
    """Fill a database that is prepared, with what a bank did in two months."""
    engine = engine_for(url)
    stage = Stage(engine)
    # Time runs forward in a registry, so what is told apart is played together.
    for days, scene in sorted(SCENES, key=lambda each: -each[0]):
        with stage.ago(days) as then:
            scene(then)
    engine.dispose()


def main(port: int) -> None:
    """Serve such a registry until somebody interrupts."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/showing.db"
        prepare(url)
        show(url)
        with Server.start(url, Path(folder), port=port) as server:
            names = ", ".join([*PEOPLE, "carol", "iris", ADMINISTRATOR])
            print(f"{server.url} until Ctrl-C. Sign in as {names}; the password is: {PASSWORD}", flush=True)
            for each in (signal.SIGINT, signal.SIGTERM):
                signal.signal(each, signal.default_int_handler)
            with suppress(KeyboardInterrupt):
                signal.pause()


if __name__ == "__main__":
    main(int(sys.argv[1]))
