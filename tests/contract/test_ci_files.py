"""The files for CI that are there to be copied, run as they stand; what the CI does around them is done here."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from assent.access import accounts, grants, publishers
from assent.access.levels import Level
from assent.access.limits import limits
from assent.access.principals import SYSTEM, Kind
from assent.access.publishers import Terms
from assent.access.sign_in import SignIn
from assent.database import unit_of_work
from assent.registry import models
from support.clients import mlflow_environment
from support.databases import TEST, PostgresDatabases, SqliteDatabases, engine_for
from support.processes import free_port
from support.provider import Provider
from support.server import Server

FILES = Path(__file__).parents[2] / "docs/ci"
IN_STAGING = "is in Staging"


@dataclass(frozen=True)
class Place:
    """A registry that trusts a provider, and where a job runs."""

    url: str
    provider: Provider
    python: Path
    folder: Path

    def run(self, script: str, variables: dict[str, str], **environment: str) -> str:
        """What a script prints, run as the shells of both run it, with the variables that a file sets."""
        here = {name: value.replace("https://models.example.com", self.url) for name, value in variables.items()}
        done = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", script],
            cwd=self.folder,
            env=mlflow_environment(self.python, **here | environment),
            check=False,
            capture_output=True,
            text=True,
            timeout=120,
        )
        return done.stdout + done.stderr


@pytest.fixture(scope="module")
def place(
    databases: SqliteDatabases | PostgresDatabases, mlflow_python: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    """A live registry in which jobs of acme/fraud may move versions of fraud to Staging."""
    port, folder = free_port(), tmp_path_factory.mktemp("job")
    url = f"http://127.0.0.1:{port}"
    with Provider() as provider, databases.copy() as database:
        trust(database, provider)
        with Server.start(database, tmp_path_factory.mktemp("server"), port=port, public_url=url):
            yield Place(url, provider, mlflow_python, folder)


def trust(database: str, provider: Provider) -> None:
    engine = engine_for(database)
    with unit_of_work(engine, TEST) as session:
        models.create(session, "fraud", by=SignIn().as_if(session, accounts.named(session, "alice")))
        ci = accounts.create(session, "ci", kind=Kind.SERVICE_ACCOUNT, by=SYSTEM)
        grants.give(session, ci, Level.CAN_MANAGE_STAGING_VERSIONS, by=SYSTEM)
        allowed = limits(["read", "register", "request"], "fraud", ["Staging"])
        claims = {"environment": "production"}
        publishers.create(session, "release", Terms(provider.url, claims, "ci", allowed), by=SYSTEM)
    engine.dispose()


def job_of(file: str) -> dict[str, Any]:
    document = yaml.safe_load((FILES / file).read_text())
    job: dict[str, Any] = document.get("jobs", document)["register"]
    return job


def steps_of_github(steps: list[dict[str, Any]]) -> tuple[str, str]:
    """The exchange, and what Python does with it."""
    (exchange,) = (step["run"] for step in steps if step.get("shell") == "bash")
    (work,) = (step["run"] for step in steps if step.get("shell") == "python")
    return exchange, work


def in_github(place: Place, **environment: str) -> str:
    job = job_of("github-actions.yml")
    exchange, work = steps_of_github(job["steps"])
    kept = place.folder / "github-environment"
    kept.write_text("")
    told = place.run(exchange, job["env"], GITHUB_ENV=str(kept), **place.provider.in_actions(), **environment)
    if not kept.read_text():
        return told
    name, _, token = kept.read_text().strip().partition("=")
    return told + place.run(f"python - <<'EOF'\n{work}\nEOF", job["env"], **{name: token})


def in_gitlab(place: Place, token: str) -> str:
    job = job_of("gitlab-ci.yml")
    installing, *script = job["script"]
    assert installing == "pip install mlflow-skinny"
    (variable,) = job["id_tokens"]
    return place.run("\n".join(script), job["variables"], **{variable: token})


def test_the_file_for_github_registers(place: Place) -> None:
    told = in_github(place)
    assert IN_STAGING in told
    assert "::add-mask::assent_" in told


def test_the_file_for_github_tells_why_it_is_refused(place: Place) -> None:
    told = in_github(place, ASSENT_URL=place.url.replace("127.0.0.1", "localhost"))
    assert "The token is meant for another audience." in told


def test_the_file_for_gitlab_registers(place: Place) -> None:
    assert IN_STAGING in in_gitlab(place, place.provider.ci_token(place.url))


def test_the_file_for_gitlab_tells_why_it_is_refused(place: Place) -> None:
    told = in_gitlab(place, place.provider.ci_token(place.url, environment="review"))
    assert "The token fits no trusted publisher" in told


def test_nothing_is_left_behind(place: Place) -> None:
    in_gitlab(place, place.provider.ci_token(place.url))
    assert "answer.json" not in os.listdir(place.folder)


@pytest.mark.parametrize(("file", "variables"), [("github-actions.yml", "env"), ("gitlab-ci.yml", "variables")])
def test_the_slim_client_is_not_left_with_a_tracking_store_that_it_lacks(file: str, variables: str) -> None:
    assert job_of(file)[variables]["MLFLOW_TRACKING_URI"].startswith("https:")
