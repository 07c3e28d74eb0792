"""The contest: both registries on one shape of data, operation by operation."""

import itertools
import json
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from bench import crowd, readers, requests, seed, servers
from bench.driving import Contestant, Effort, Entry, Measured, in_turns
from bench.processes import Memory, memory
from bench.requests import PAGE, Ask, Kind, Operation
from bench.servers import Server
from bench.shape import Shape
from bench.statements import logged
from support.postgres import Postgres

ASSENT = "Assent"
MLFLOW = "MLflow"
BARE = "bare view"
BARE_BESIDE_BASIC = "bare view, again"
ASSENT_BASIC = "Assent, Basic"
ASSENT_READER = "Assent, 1,000 patterns"
MLFLOW_BASIC = "MLflow, Basic"
MLFLOW_CACHED = "MLflow, Basic, cache on"


@dataclass
class Outcome:
    """What was measured on one shape of data: by operation, then by contestant."""

    shape: Shape
    titles: dict[str, str] = field(default_factory=dict)
    measured: dict[str, dict[str, Measured]] = field(default_factory=dict)
    memory: dict[str, Memory] = field(default_factory=dict)

    def add(self, operation: Operation, name: str, found: Measured) -> None:
        """Keep what an operation cost a contestant."""
        self.titles[operation.key] = operation.title
        self.measured.setdefault(operation.key, {})[name] = found
        tell(f"  {operation.title}: {name} {found.cpu_ms:.2f} ms CPU, {found.p50_ms:.2f} ms")


def tell(line: str) -> None:
    """Say how far it is, beside the result."""
    print(line, file=sys.stderr, flush=True)


class Contest:
    """The servers on one shape of data, and what was measured of them."""

    def __init__(self, postgres: Postgres, shape: Shape, folder: Path, effort: Effort) -> None:
        self.outcome = Outcome(shape)
        self._postgres, self._shape, self._folder, self._effort = postgres, shape, folder, effort
        self._operations = requests.operations(shape)

    def hold(self, *, with_login: bool) -> Outcome:
        """Load the data into both, and measure everything."""
        tell(f"{self._shape.name}: {self._shape.models:,} models, {self._shape.versions:,} versions")
        with ExitStack() as stack:
            assent, mlflow, bare = self._start(stack)
            reader = replace(assent, name=ASSENT_READER, headers=readers.let_in(self._url(ASSENT), self._shape))
            hot = [operation.ask for operation in self._hot_reads()]
            for contestant in (assent, mlflow, bare):
                crowd.ask_at_once(contestant, hot, most=100, seconds=10)
            for together in self._operations:
                others = {Kind.HOT_READ: [bare, reader], Kind.SEARCH: [reader]}.get(together[0].kind, [])
                self._measure(together, [assent, mlflow, *others])
            self.outcome.memory = {each.name: memory(each.pid) for each in (assent, mlflow)}
            self._count_statements(assent, mlflow, reader)
            if with_login:
                self._measure_logins(stack, assent, bare)
        return self.outcome

    def _start(self, stack: ExitStack) -> tuple[Contestant, Contestant, Contestant]:
        for name in (ASSENT, MLFLOW):
            self._postgres.create_database(self._database(name))
        mine, theirs = self._url(ASSENT), self._url(MLFLOW)
        assent = stack.enter_context(servers.assent(mine, self._folder))
        mlflow = stack.enter_context(servers.mlflow(theirs, self._folder))
        seed.fill_assent(mine, self._shape)
        seed.fill_mlflow(theirs, self._shape)
        bare = stack.enter_context(servers.bare(mine, self._folder))
        return self._contestant(ASSENT, assent), self._contestant(MLFLOW, mlflow), self._contestant(BARE, bare)

    def _measure(self, together: Sequence[Operation], contestants: Sequence[Contestant]) -> None:
        entries = {
            (operation, contestant.name): Entry(contestant, self._ask(operation, contestant))
            for operation in together
            for contestant in contestants
            # Of half as many versions there is no page as deep.
            if (operation.kind, contestant.name) != (Kind.DEEP_SEARCH, ASSENT_READER)
        }
        measured = in_turns(list(entries.values()), self._effort)
        for (operation, name), found in zip(entries, measured, strict=True):
            self.outcome.add(operation, name, found)

    def _ask(self, operation: Operation, contestant: Contestant) -> Ask:
        if operation.kind is Kind.HOT_READ and contestant.name == ASSENT_READER:
            return readers.of_what_they_read(self._shape, operation.ask)
        if operation.kind is not Kind.DEEP_SEARCH:
            return operation.ask
        # MLflow's token is an offset, which can be made up; that of Assent is had from the page before.
        pages = requests.deep_page(self._shape) - 1
        if contestant.name == MLFLOW:
            return requests.with_token(operation.ask, requests.offset_token(PAGE * pages))
        return requests.with_token(operation.ask, _token_after(contestant, operation.ask, pages))

    def _count_statements(self, *contestants: Contestant) -> None:
        with logged(self._postgres) as log:
            for contestant in contestants:
                client = contestant.connect()
                for operation in itertools.chain.from_iterable(self._operations):
                    if operation.kind is Kind.DEEP_SEARCH:
                        continue  # the same as the first page
                    if contestant.name not in self.outcome.measured[operation.key]:
                        continue
                    counted = log.of_one_request(contestant.database, client, self._ask(operation, contestant))
                    self.outcome.measured[operation.key][contestant.name].statements = counted
                client.close()

    def _measure_logins(self, stack: ExitStack, assent: Contestant, bare: Contestant) -> None:
        """The hot reads again, where every request shows name and password; the bare view beside them, twice."""
        start = partial(servers.mlflow, self._url(MLFLOW), self._folder, login=True)
        plain = self._contestant(MLFLOW_BASIC, stack.enter_context(start()), of=MLFLOW)
        cached = self._contestant(MLFLOW_CACHED, stack.enter_context(start(cache_seconds=300)), of=MLFLOW)
        basic = replace(assent, name=ASSENT_BASIC, headers=servers.basic())
        for operation in self._hot_reads():
            self._measure([operation], [basic, plain, cached, replace(bare, name=BARE_BESIDE_BASIC)])

    def _hot_reads(self) -> list[Operation]:
        return [operation for operation, *_ in self._operations if operation.kind is Kind.HOT_READ]

    def _contestant(self, name: str, server: Server, of: str = "") -> Contestant:
        database = self._database(MLFLOW if MLFLOW in (name, of) else ASSENT)
        return Contestant(name, server.port, server.pid, self._postgres.pid, database, server.headers)

    def _database(self, name: str) -> str:
        return f"{name.lower()}_{self._shape.name}"

    def _url(self, name: str) -> str:
        return self._postgres.url(self._database(name))


def _token_after(contestant: Contestant, ask: Ask, pages: int) -> str:
    """The token of the page after so many."""
    client, token = contestant.connect(), ""
    for _ in range(pages):
        token = json.loads(client.send(requests.with_token(ask, token)(0)))["next_page_token"]
    client.close()
    return token
