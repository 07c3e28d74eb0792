"""One client, one connection that stays open, one request after the other; the servers take turns."""

import http.client
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bench.processes import cpu_seconds
from bench.requests import Ask, Request

_CLIENT = "bench"


class Client:
    """A connection that stays open."""

    def __init__(self, port: int, headers: Mapping[str, str]) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
        self._headers = {"User-Agent": _CLIENT, "Content-Type": "application/json", **headers}

    def send(self, request: Request) -> bytes:
        """The body of the answer. Raises RuntimeError unless it is the answer that was hoped for."""
        self._connection.request(request.method, request.path, request.body, self._headers)
        answer = self._connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{request.method} {request.path}: {answer.status} {body[:500]!r}")
        return body

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


@dataclass(frozen=True, eq=False)
class Contestant:
    """A server as it is asked: with which headers, and on which database. `pid` and `database_pid` work for it."""

    name: str
    port: int
    pid: int
    database_pid: int
    database: str
    headers: Mapping[str, str]

    def connect(self) -> Client:
        """A new connection."""
        return Client(self.port, self.headers)


@dataclass(frozen=True)
class Entry:
    """Something that is asked of somebody."""

    contestant: Contestant
    ask: Ask


@dataclass(frozen=True)
class Statements:
    """How many SQL statements a request takes, and how many BEGINs, COMMITs and the like besides."""

    plain: int
    of_transactions: int


@dataclass
class Measured:
    """What an operation cost."""

    seconds: list[float] = field(default_factory=list)
    cpu_seconds: float = 0.0
    statements: Statements | None = None

    @property
    def per_second(self) -> float:
        """Requests a second, of one client."""
        return len(self.seconds) / sum(self.seconds)

    @property
    def cpu_ms(self) -> float:
        """Processor time of a request, of the server's processes and of the database's."""
        return 1000 * self.cpu_seconds / len(self.seconds)

    @property
    def p50_ms(self) -> float:
        """What half of the requests took at most."""
        return 1000 * statistics.median(self.seconds)

    @property
    def p99_ms(self) -> float:
        """What all but a hundredth of the requests took at most."""
        return 1000 * percentile(self.seconds, 99)


@dataclass(frozen=True)
class Effort:
    """How long one operation is asked of one server: in so many rounds, each of so many seconds at most."""

    rounds: int
    seconds: float
    most: int = 400


def percentile(values: Sequence[float], percent: int) -> float:
    """The value that so many percent do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def in_turns(entries: Sequence[Entry], effort: Effort) -> list[Measured]:
    """Give each entry its turn in each round, so that what disturbs the machine disturbs all of them alike."""
    clients = [entry.contestant.connect() for entry in entries]
    measured = [Measured() for _ in entries]
    for entry, client in zip(entries, clients, strict=True):
        _repeat(client, entry.ask, Effort(1, 2 * effort.seconds, 50), start=0)
    for _ in range(effort.rounds):
        for entry, client, found in zip(entries, clients, measured, strict=True):
            processes = (entry.contestant.pid, entry.contestant.database_pid)
            before = cpu_seconds(*processes)
            found.seconds += _repeat(client, entry.ask, effort, start=len(found.seconds))
            found.cpu_seconds += cpu_seconds(*processes) - before
    for client in clients:
        client.close()
    return measured


def _repeat(client: Client, ask: Ask, effort: Effort, *, start: int) -> list[float]:
    taken: list[float] = []
    deadline = time.perf_counter() + effort.seconds
    while len(taken) < effort.most and (not taken or time.perf_counter() < deadline):
        request = ask(start + len(taken))
        began = time.perf_counter()
        client.send(request)
        taken.append(time.perf_counter() - began)
    return taken
