"""What people did in a registry some time ago, called short: for stories that fill one to be looked at."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assent.access.people import accounts
from assent.access.policy.principals import Principal
from assent.access.signing_in.sign_in import SignIn
from assent.annotations import comments
from assent.database import unit_of_work
from assent.governance import moves, noticing
from assent.governance.evidence.checks import Result
from assent.governance.evidence.tables import CheckState
from assent.governance.requests.acting import deciding, opening
from assent.governance.requests.evaluation import moving
from assent.lineage.runs import pushes
from assent.lineage.runs.digesting import Digest
from assent.registry import models, versions
from assent.registry.sources import SourceRules
from assent.registry.versions import Registration
from support.databases import TEST

DAY = 24 * 3600
_REPOSITORY = "https://gitlab.bank.example/models/{}.git"


@dataclass
class Scene:
    """One transaction at some time, and those who act in it."""

    session: Session
    _people: dict[str, Principal] = field(default_factory=dict)

    def by(self, name: str) -> Principal:
        """Somebody, with what was granted to them before the scene began."""
        if name not in self._people:
            self._people[name] = SignIn().as_if(self.session, accounts.named(self.session, name))
        return self._people[name]

    def model(self, by: str, name: str, description: str = "", **tags: str) -> None:
        """Create a model."""
        models.create(self.session, name, by=self.by(by), description=description, tags=tags)

    def version(
        self, by: str, name: str, run: Mapping[str, Any] | None = None, description: str = "", **tags: str
    ) -> int:
        """Register a version, of a run whose facts are pushed with it."""
        run_id = run["run"]["id"] if run else ""
        source = f"mlflow-artifacts:/7/{run_id}/artifacts/model" if run else f"s3://bank/models/{name}"
        what = Registration(source, run_id=run_id, description=description, tags=tags)
        number = versions.register(self.session, name, what, by=self.by(by), rules=SourceRules()).number
        if run:
            digest = Digest(f"sha256:{sha256(run_id.encode()).hexdigest()}", 3, 482_113)
            pushes.push(self.session, name, number, run, artifact_digest=digest, largest=10**6, by=self.by(by))
        return number

    def move(self, by: str, name: str, number: int, stage: str, *, alone: bool = True) -> None:
        """Put a version where no gate stands."""
        moves.transition(self.session, name, number, stage, by=self.by(by), archive_existing=alone)

    def point(self, by: str, name: str, **aliases: int) -> None:
        """Let aliases point to versions."""
        for alias, number in aliases.items():
            moves.point_alias(self.session, name, alias.replace("_", "-"), number, by=self.by(by))

    def check(
        self,
        name: str,
        number: int,
        state: CheckState = CheckState.PASSED,
        check: str = "ci/evaluation",
        **metrics: float,
    ) -> None:
        """Post what CI found."""
        summary = "All slices are within their bounds." if state is CheckState.PASSED else "2 of 14 slices fell."
        url = f"https://ci.bank.example/runs/{number}"
        what = Result(check, state, "" if state is CheckState.PENDING else summary, url, metrics)
        noticing.post_check(self.session, name, number, what, by=self.by("ci"))

    def ask(
        self, by: str, name: str, number: int | None, to: str = "Production", comment: str = "", **more: Any
    ) -> int:
        """Ask for a move, in which others are archived."""
        wish = moving.wish(self.session, name, number, to, archive_existing=to == "Production")
        return opening.request(self.session, wish, by=self.by(by), comment=comment, **more).request.id

    def approve(self, request: int, *who: str, comment: str = "", **more: Any) -> None:
        """Let several approve."""
        for name in who:
            deciding.approve(self.session, request, by=self.by(name), comment=comment, **more)

    def say(self, by: str, name: str, number: int | None, text: str, **more: Any) -> int:
        """Write a comment."""
        return comments.write(self.session, name, number, text, by=self.by(by), **more).id


@dataclass
class Stage:
    """A database in which things come to pass at times of one's choice."""

    engine: Engine

    @contextmanager
    def ago(self, days: float) -> Iterator[Scene]:
        """Something that happened so many days ago."""
        real = time.time_ns
        shift = round(days * DAY * 1_000_000_000)
        time.time_ns = lambda: real() - shift
        try:
            with unit_of_work(self.engine, TEST) as session:
                yield Scene(session)
        finally:
            time.time_ns = real


def run_of(
    project: str, number: int, *, auc: float, user: str = "alice", data: str = "", **params: str
) -> dict[str, Any]:
    """The facts of a run that made a version."""
    run_id = sha256(f"{project} {number}".encode()).hexdigest()[:32]
    data = data or f"{project}-2026"
    return {
        "schema": "assent.run-snapshot/1",
        "run": {
            "id": run_id,
            "name": f"nightly {number}",
            "experiment_id": "7",
            "experiment_name": project,
            "user": user,
            "status": "FINISHED",
            "started_at": 1795435730983 + number * 3_600_000,
            "ended_at": 1795435735944 + number * 3_600_000 + 2_400_000,
            "artifact_uri": f"mlflow-artifacts:/7/{run_id}/artifacts",
        },
        "params": {"max_depth": str(4 + number % 5), "n_estimators": "400", "learning_rate": "0.05", **params},
        "metrics": {
            "auc": {"value": auc, "step": 40, "at": 1795435731235},
            "ks": {"value": round(auc - 0.31, 3), "step": 40, "at": 1795435731235},
            "loss": {"value": round(1.2 - auc, 3), "step": 40, "at": 1795435731249},
        },
        "tags": {"team": "risk"},
        "datasets": [dataset_of(data, "training"), dataset_of(f"{data}-holdout", "eval")],
        "code": {
            "commit": sha256(f"{project} {number // 3}".encode()).hexdigest()[:40],
            "dirty": False,
            "repository": _REPOSITORY.format(project),
            "branch": "main",
            "entry_point": "train.py",
            "source_type": "PROJECT",
        },
        "model": {
            "id": f"m-{run_id}",
            "name": "model",
            "run_id": run_id,
            "signature": {
                "inputs": _columns("amount", "age", "country")[: 2 + number % 2],
                "outputs": _columns("score"),
            },
            "flavors": {"sklearn": {"sklearn_version": "1.9.1"}},
            "mlflow_version": "3.17.2",
            "dependencies": ["mlflow==3.17.2", "scikit-learn==1.9.1", f"pandas==2.3.{number}"],
            "params": {},
            "metrics": {},
            "tags": {},
        },
    }


def dataset_of(name: str, context: str) -> dict[str, Any]:
    """An input of a run; its digest goes by its name."""
    return {
        "name": name,
        "digest": digest_of(name),
        "source_type": "s3",
        "source": {"uri": f"s3://bank/{name}.parquet"},
        "schema": {"mlflow_colspec": _columns("amount", "age")},
        "context": context,
    }


def digest_of(dataset: str) -> str:
    """The digest of a dataset of these stories."""
    return sha256(dataset.encode()).hexdigest()[:8]


def _columns(*names: str) -> Sequence[dict[str, Any]]:
    return [{"type": "double", "name": name, "required": True} for name in names]
