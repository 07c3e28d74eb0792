"""Clients that change one model without a pause, and remember which changes were acknowledged."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event

import requests

from support.live import Client

MODEL = "m"
ALIAS = "champion"
TAG = "checked"


@dataclass(frozen=True, order=True)
class Change:
    """One change of one version: it was registered, tagged, moved into a stage, or pointed to."""

    version: int
    what: str
    to: str = ""


@dataclass
class Load:
    """What the clients were told is done. Whatever else they asked for may have happened or not."""

    acknowledged: list[Change] = field(default_factory=list)
    _stopped: Event = field(default_factory=Event)

    @contextmanager
    def on(self, clients: list[Client]) -> Iterator[None]:
        """Let all of the clients work for as long as the block runs. Raises what a living server refused them."""
        with ThreadPoolExecutor(len(clients)) as crowd:
            working = [crowd.submit(self._work, client) for client in clients]
            try:
                yield
            finally:
                self._stopped.set()
        _raise_refusals(working)

    def _work(self, client: Client) -> None:
        try:
            while not self._stopped.is_set():
                self._register_and_promote(client)
        except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError):
            return  # the server is gone, before it answered or while it did

    def _register_and_promote(self, client: Client) -> None:
        number = client.register(MODEL)
        self.acknowledged.append(Change(number, "registered"))
        version = {"name": MODEL, "version": str(number)}
        client.post("/model-versions/set-tag", **version, key=TAG, value="yes")
        self.acknowledged.append(Change(number, "tagged", TAG))
        client.post("/registered-models/alias", **version, alias=ALIAS)
        self.acknowledged.append(Change(number, "pointed to", ALIAS))
        client.post("/model-versions/transition-stage", **version, stage="Production", archive_existing_versions=True)
        self.acknowledged.append(Change(number, "moved", "Production"))


def _raise_refusals(working: list[Future[None]]) -> None:
    for each in working:
        each.result()
