"""A bank's registry while it runs: its clock, its people and what they may, its tracking server, and its calls."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests

from assent.lineage.runs import digesting, facts
from support.databases import ADMINISTRATOR
from support.server import Server
from support.small_tracking import SmallTracking

MLMODEL = "flavors:\n  sklearn:\n    sklearn_version: 1.9.1\nmlflow_version: 3.17.2\n"

_DATED = Path(__file__).with_name("dated.py")
_FIRST_DAY = "2026-01-12 08:00"

# From where each of them asks, and what they may.
_ADDRESSES = {
    ADMINISTRATOR: "10.1.0.2",
    "ada": "10.1.0.23",
    "rita": "10.1.0.31",
    "dan": "192.0.2.77",
    "ci": "10.2.0.5",
    "cards": "10.3.0.9",
    "iris": "10.1.0.40",
}
_LEVELS = {
    "ada": ["CAN_EDIT", "CAN_CREATE_REGISTERED_MODEL"],
    "rita": ["CAN_MANAGE"],
    "dan": ["CAN_READ"],
    "ci": ["CAN_EDIT", "CAN_CREATE_REGISTERED_MODEL"],
    "cards": ["CAN_READ"],
}
_SERVICE_ACCOUNTS = ("ci", "cards")


def milliseconds(when: str) -> int:
    """A time in UTC."""
    return round(datetime.fromisoformat(when).replace(tzinfo=UTC).timestamp() * 1000)


@dataclass(frozen=True)
class Trained:
    """A run of the bank's tracking server."""

    run_id: str
    user: str
    day: str
    commit: str
    data: str
    digest: str
    auc: float
    params: dict[str, str]

    @property
    def source(self) -> str:
        """Where its model is."""
        return f"mlflow-artifacts:/7/{self.run_id}/artifacts/model"

    def told(self) -> dict[str, Any]:
        """What a tracking server answers of it."""
        began = milliseconds(f"{self.day} 06:10")
        tags = {
            "mlflow.source.name": "train.py",
            "mlflow.source.git.commit": self.commit,
            "mlflow.source.git.branch": "main",
            "mlflow.source.git.repoURL": "https://git.bank.example/models.git",
        }
        source = json.dumps({"uri": f"s3://bank/{self.data}.parquet"})
        dataset = {"name": self.data, "digest": self.digest, "source_type": "s3", "source": source}
        return {
            "info": {
                "run_id": self.run_id,
                "experiment_id": "7",
                "run_name": f"train {self.day}",
                "user_id": self.user,
                "status": "FINISHED",
                "start_time": began,
                "end_time": began + 2_400_000,
                "artifact_uri": f"mlflow-artifacts:/7/{self.run_id}/artifacts",
            },
            "data": {
                "params": [{"key": key, "value": value} for key, value in self.params.items()],
                "metrics": [{"key": "auc", "value": self.auc, "step": 0, "timestamp": began + 2_300_000}],
                "tags": [{"key": key, "value": value} for key, value in tags.items()],
            },
            "inputs": {
                "dataset_inputs": [
                    {"tags": [{"key": "mlflow.data.context", "value": "training"}], "dataset": dataset}
                ]
            },
        }


@dataclass
class Bank:
    """The registry, and those who use it."""

    server: Server
    tracking: SmallTracking
    folder: Path
    _at: int
    _tokens: dict[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    @contextmanager
    def open(cls, database_url: str, folder: Path) -> Iterator["Bank"]:
        """A registry on an empty database, in which people are let in."""
        folder.mkdir(parents=True, exist_ok=True)
        clock, began = folder / "clock", milliseconds(_FIRST_DAY)
        clock.write_text(str(began))
        program: list[str | Path] = [sys.executable, _DATED, clock]
        with (
            SmallTracking(experiment="cards") as tracking,
            Server.start(database_url, folder, program=program, trusted_proxies="1") as server,
        ):
            (folder / "tracking.yaml").write_text(f"servers:\n  - url: {tracking.url}\n")
            bank = cls(server, tracking, folder, began)
            bank._let_people_in()
            yield bank

    def at(self, when: str) -> None:
        """Let it be that time."""
        self._at = milliseconds(when)
        self._set_clock()

    def ask(self, method: str, path: str, token: str, who: str = "iris", **sent: Any) -> requests.Response:
        """A call with a token, from where somebody is, and a second after the one before."""
        self._at += 1000
        self._set_clock()
        headers = {
            "Authorization": f"Bearer {token}",
            "X-Forwarded-For": _ADDRESSES[who],
            "X-Request-Id": f"{self._at // 1000:x}",
        }
        return requests.request(method, self.server.url + path, headers=headers, timeout=60, **sent)

    def call(self, who: str, method: str, path: str, *, status: int = 200, **fields: Any) -> dict[str, Any]:
        """A native call of somebody's, or one of MLflow's protocol."""
        answer = self.ask(method, path, self._tokens[who], who, json=fields)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text}"
        told: dict[str, Any] = answer.json()
        return told

    def knock(self, who: str, name: str) -> None:
        """Try to get in as somebody else, with a wrong password."""
        answer = self.ask("GET", "/api/v1/me", "", who, auth=(name, "Winter 2026!"))
        assert answer.status_code == requests.codes.unauthorized

    def mlflow(self, who: str, path: str, **fields: Any) -> dict[str, Any]:
        """A POST of MLflow's protocol."""
        return self.call(who, "POST", f"/api/2.0/mlflow/{path}", **fields)

    def api(self, who: str, method: str, path: str, **fields: Any) -> dict[str, Any]:
        """A native call."""
        return self.call(who, method, f"/api/v1{path}", **fields)

    def token(self, who: str, **limits: Any) -> str:
        """A new token of somebody's."""
        secret: str = self.api(ADMINISTRATOR, "POST", "/tokens", **{"for": who}, **limits)["secret"]
        return secret

    def model(self, who: str, name: str) -> None:
        """Create a model."""
        self.mlflow(who, "registered-models/create", name=name)

    def version(self, who: str, model: str, source: str, run_id: str = "") -> None:
        """Register a version."""
        self.mlflow(who, "model-versions/create", name=model, source=source, run_id=run_id)

    def move(self, who: str, model: str, number: int, stage: str, *, alone: bool = False, status: int = 200) -> None:
        """Put a version into a stage, perhaps in the place of those that are there."""
        asked = {"name": model, "version": str(number), "stage": stage, "archive_existing_versions": alone}
        self.mlflow(who, "model-versions/transition-stage", status=status, **asked)

    def point(self, who: str, model: str, alias: str, number: int) -> None:
        """Let an alias point to a version."""
        self.mlflow(who, "registered-models/alias", name=model, alias=alias, version=str(number))

    def push(self, who: str, model: str, number: int, told: dict[str, Any]) -> None:
        """Push the facts of a run, as a client tells them that was there, and the digest of the files."""
        of_run = facts.of(told, mlmodel=MLMODEL, experiment={"name": self.tracking.experiment}, path="model")
        files = digesting.of(self.files(model, number))
        digest = {"digest": files.digest, "files": files.files, "bytes": files.bytes}
        path = f"/models/{model}/versions/{number}/snapshot"
        self.api(who, "PUT", path, facts=of_run, artifact_digest=digest)

    def pull(self) -> None:
        """Let a worker pull what is due."""
        self.server.command("worker", "--once", tracking_file=str(self.folder / "tracking.yaml"))

    def trained(self, run: Trained) -> None:
        """Let the tracking server know a run."""
        self.tracking.tells(run.told())
        self.tracking.stored(run.run_id, "model/MLmodel", MLMODEL)

    @property
    def downloads(self) -> Path:
        """Where somebody downloaded files of versions."""
        return self.folder / "downloads"

    def files(self, model: str, number: int, more: str = "") -> Path:
        """The files of a version, as they were downloaded; with something more they are others."""
        folder = self.downloads / (f"{model}-{number}-altered" if more else f"{model}-{number}")
        if not folder.exists():
            folder.mkdir(parents=True)
            (folder / "MLmodel").write_text(MLMODEL)
            (folder / "model.skops").write_text(f"the trees of {model} {number}{more}")
        return folder

    def report(self, deployment: str, *serves: str) -> None:
        """Report what a deployment serves."""
        versions = [
            {"model": model, "version": int(number)} for model, number in (each.split("/") for each in serves)
        ]
        url = f"https://{deployment.replace('/', '.')}.bank.example"
        self.api("cards", "PUT", f"/deployments/{deployment}", environment="production", url=url, serves=versions)

    def _let_people_in(self) -> None:
        self._tokens[ADMINISTRATOR] = self.server.token()
        for name, levels in _LEVELS.items():
            kind = "service_account" if name in _SERVICE_ACCOUNTS else "user"
            self.api(ADMINISTRATOR, "POST", f"/{kind.replace('_', '-')}s", name=name)
            for level in levels:
                self.api(ADMINISTRATOR, "PUT", "/grants", kind=kind, name=name, level=level)
            self._tokens[name] = self.token(name, label=f"{name}'s own")

    def _set_clock(self) -> None:
        clock, following = self.folder / "clock", self.folder / "clock.new"
        following.write_text(str(self._at))
        following.replace(clock)
