"""Stages of our own, brought to a registry as an administrator brings them: in a lifecycle."""

from typing import Any

import requests

from assent.registry.tiers import MLFLOWS, Stage
from support.databases import ADMINISTRATOR, PASSWORD
from support.server import Server


def of_every_model(*added: Stage) -> dict[str, Any]:
    """The content of a file: every model has MLflow's stages and some others, and every move is allowed."""
    stages = [{"name": stage.name, "tier": str(stage.tier)} for stage in (*MLFLOWS, *added)]
    return {"lifecycles": [{"name": "everything", "stages": stages}]}


def bring(server: Server, *added: Stage) -> None:
    """Let an administrator add stages through a server, for every model."""
    url, auth = f"{server.url}/api/v1/gates/apply", (ADMINISTRATOR, PASSWORD)
    requests.post(url, json=of_every_model(*added), auth=auth, timeout=10).raise_for_status()
