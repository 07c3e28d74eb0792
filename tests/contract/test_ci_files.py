"""The files for CI that are there to be copied, run as they stand; what the CI does around them is done here."""

import os
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from assent.access.granting import grants
from assent.access.people import accounts
from assent.access.policy.levels import Level
from assent.access.policy.limits import limits
from assent.access.policy.principals import SYSTEM, Kind
from assent.access.publishing import publishers
from assent.access.publishing.publishers import Terms
from assent.access.signing_in.sign_in import SignIn
from assent.database import unit_of_work
from assent.registry import models
from support.clients import mlflow_environment
from support.databases import ADMINISTRATOR, PASSWORD, TEST, PostgresDatabases, SqliteDatabases, engine_for
from support.gating import gate
from support.processes import free_port
from support.provider import Provider
from support.server import Server, installed

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
            env=self.with_assent(mlflow_environment(self.python, **here | environment)),
            check=False,
            capture_output=True,
            text=True,
            timeout=120,
        )
        return done.stdout + done.stderr

    def with_assent(self, environment: dict[str, str]) -> dict[str, str]:
        """The environment with this command before any other, and with no other program of its folder."""
        command = self.folder / "bin/assent"
        command.parent.mkdir(exist_ok=True)
        if not command.exists():
            command.symlink_to(installed())
        return environment | {"PATH": f"{command.parent}{os.pathsep}{environment['PATH']}"}


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
        allowed = limits(["read", "register", "report", "request"], "fraud", ["Staging", "Production"])
        claims = {"environment": "production"}
        publishers.create(session, "release", Terms(provider.url, claims, "ci", allowed), by=SYSTEM)
    engine.dispose()


def job_of(file: str) -> dict[str, Any]:
    document = yaml.safe_load((FILES / file).read_text())
    (job,) = document.get("jobs", {name: each for name, each in document.items() if "script" in each}).values()
    found: dict[str, Any] = job
    return found


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


def promoting_in_github(place: Place) -> str:
    job = job_of("github-promote.yml")
    kept = place.folder / "github-environment"
    kept.write_text("")
    known = {"GITHUB_ENV": str(kept), "GITHUB_SHA": "5f2c1d0", **place.provider.in_actions()}
    known |= {"GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "acme/fraud", "GITHUB_RUN_ID": "17"}
    told = ""
    for step in job["steps"]:
        script = step.get("run", "")
        if step.get("shell") == "python":
            script = f"python - <<'EOF'\n{script}\nEOF"
        if not script.startswith("pip install"):
            set_before = dict(line.split("=", 1) for line in kept.read_text().splitlines())
            told += place.run(script, job["env"], **known, **set_before)
    return told


def promoting_in_gitlab(place: Place, commit: str = "8b7a695") -> str:
    job = job_of("gitlab-promote.yml")
    installing, *script = job["script"]
    assert installing == "pip install assent mlflow-skinny"
    tokens = {variable: place.provider.ci_token(place.url) for variable in job["id_tokens"]}
    of_the_job = {"CI_COMMIT_SHA": commit, "CI_JOB_URL": "https://gitlab.com/acme/fraud/-/jobs/17"}
    return place.run("\n".join(script), job["variables"], **tokens, **of_the_job)


def with_a_reviewer(place: Place, promoting: Callable[..., str], **how: str) -> str:
    """What a job prints whose request somebody approves while it waits."""
    guard = gate("Production", {"approvals": 1}, {"check": "ci/evaluation"})
    of_people(place, ADMINISTRATOR, "POST", "/gates/apply", json={"gates": [guard]})
    with ThreadPoolExecutor(1) as pool:
        job = pool.submit(promoting, place, **how)
        waiting: list[dict[str, Any]] = []
        while not waiting and not job.done():
            waiting = of_people(place, "petra", "GET", "/requests", params={"role": "waiting"})["requests"]
        for request in waiting:
            of_people(place, "petra", "POST", f"/requests/{request['id']}/approve", json={})
        return job.result()


@pytest.mark.parametrize("promoting", [promoting_in_github, promoting_in_gitlab])
def test_the_files_that_promote_wait_for_the_reviewer(place: Place, promoting: Callable[..., str]) -> None:
    assert "is in Production (request" in with_a_reviewer(place, promoting)


def test_a_job_that_runs_again_finds_what_is_there(place: Place) -> None:
    first = with_a_reviewer(place, promoting_in_gitlab, commit="73625140").splitlines()
    again = promoting_in_gitlab(place, commit="73625140").splitlines()
    # Both post the check of one version, and in the end it is there.
    assert again == [first[0], f"{first[1].partition(' (')[0]}."]


def test_who_may_exchange_no_token_promotes_nothing(place: Place) -> None:
    job = job_of("gitlab-promote.yml")
    script = "\n".join(job["script"][1:])
    told = place.run(script, job["variables"], ASSENT_ID_TOKEN=place.provider.ci_token(place.url, environment="x"))
    assert told.startswith("assent: The token fits no trusted publisher")
    assert len(told.splitlines()) == 1


def of_people(place: Place, who: str, method: str, path: str, **sent: Any) -> dict[str, Any]:
    answer = requests.request(method, f"{place.url}/api/v1{path}", auth=(who, PASSWORD), timeout=60, **sent)
    assert answer.ok, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize(
    ("file", "variables"),
    [
        ("github-actions.yml", "env"),
        ("gitlab-ci.yml", "variables"),
        ("github-promote.yml", "env"),
        ("gitlab-promote.yml", "variables"),
    ],
)
def test_the_slim_client_is_not_left_with_a_tracking_store_that_it_lacks(file: str, variables: str) -> None:
    assert job_of(file)[variables]["MLFLOW_TRACKING_URI"].startswith("https:")
