"""Many clients at once, each on a connection of its own."""

import itertools
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from bench.driving import Contestant, percentile
from bench.requests import Ask, Request, post

CLIENTS = 8


@dataclass
class Crowd:
    """What came of it."""

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def p50_ms(self) -> float:
        """What half of the requests took at most."""
        return 1000 * percentile(self.seconds, 50)

    @property
    def p99_ms(self) -> float:
        """What all but a hundredth of the requests took at most."""
        return 1000 * percentile(self.seconds, 99)


def ask_at_once(contestant: Contestant, asks: Sequence[Ask], *, most: int, seconds: float) -> Crowd:
    """Let 8 clients ask in turn what there is to ask, until each has asked so often, or so long."""
    crowd = Crowd()
    turns = itertools.count()
    together = threading.Barrier(CLIENTS)

    def ask_on(_number: int) -> None:
        client = contestant.connect()
        together.wait()
        deadline = time.monotonic() + seconds
        for _ in range(most):
            if time.monotonic() > deadline:
                break
            turn = next(turns)
            request = asks[turn % len(asks)](turn)
            began = time.perf_counter()
            try:
                client.send(request)
            except RuntimeError as error:
                crowd.errors.append(str(error))
            crowd.seconds.append(time.perf_counter() - began)
        client.close()

    with ThreadPoolExecutor(CLIENTS) as clients:
        list(clients.map(ask_on, range(CLIENTS)))
    return crowd


def create_versions(contestant: Contestant) -> Crowd:
    """Let 8 clients create versions of one model."""
    client = contestant.connect()
    client.send(post("/registered-models/create", name="crowded"))
    client.close()

    def create(turn: int) -> Request:
        return post("/model-versions/create", name="crowded", source=f"s3://bench/{turn}")

    return ask_at_once(contestant, [create], most=50, seconds=60)
