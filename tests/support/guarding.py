"""A live registry with gates, and the command in the hands of its people."""

from dataclasses import dataclass
from itertools import count
from typing import Any

from support.commands import Assent
from support.databases import PASSWORD
from support.gating import gate
from support.live import Client
from support.server import Server

_NAMES = count(1)


@dataclass(frozen=True)
class Place:
    """A registry, and what the command does there."""

    server: Server
    assent: Assent

    @property
    def client(self) -> Client:
        """The administrator, who also registers."""
        return Client(self.server.url, self.server.token())

    def by(self, name: str) -> Assent:
        """The command in the hands of one of the people."""
        return self.assent.by(name, PASSWORD)

    def guarded(self, *require: dict[str, Any], **more: Any) -> str:
        """A model with a version, whose way into Production takes an approval or what is asked for."""
        name = f"m{next(_NAMES)}"
        self.client.post("/registered-models/create", name=name)
        self.client.register(name)
        self.govern(gate("Production", *require, models=[name]), **more)
        return name

    def govern(self, *gates: dict[str, Any], **more: Any) -> None:
        """Let these be all gates and freezes."""
        self.client.native("POST", "/gates/apply", gates=list(gates), **{"freezes": [], **more})

    def open_request(self, name: str) -> str:
        """The number of the open request for a model's first version."""
        explained = self.client.native("GET", f"/models/{name}/versions/1/explain", to="Production")
        return str(explained["request"]["id"])
