"""`assent audit` against a live server: what is asked, shown and exported."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from click.testing import CliRunner, Result

from assent.cli import main
from support.databases import PostgresDatabases, SqliteDatabases
from support.server import Server

API = "/api/v1/audit"


@pytest.fixture(scope="module")
def server(
    databases: SqliteDatabases | PostgresDatabases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A live registry in which a few things were done, and one was refused."""
    with databases.copy() as url, Server.start(url, tmp_path_factory.mktemp("server")) as started:
        for number in range(3):
            _mlflow(started, "registered-models/create", name=f"model {number}", description="=1+1")
        _mlflow(started, "model-versions/create", name="model 1", source="s3://b/1")
        _mlflow(started, "registered-models/alias", name="model 1", alias="champion", version="1")
        refused = requests.post(
            f"{started.url}/api/2.0/mlflow/registered-models/create",
            json={"name": "=cmd()"},
            headers={"Authorization": f"Bearer {started.token('rita')}"},
            timeout=30,
        )
        assert refused.status_code == 403
        yield started


def _mlflow(server: Server, path: str, **fields: Any) -> None:
    headers = {"Authorization": f"Bearer {server.token()}"}
    answer = requests.post(f"{server.url}/api/2.0/mlflow/{path}", json=fields, headers=headers, timeout=30)
    answer.raise_for_status()


@pytest.fixture
def assent(server: Server) -> "Assent":
    """The command, in an administrator's hands."""
    return Assent({"ASSENT_URL": server.url, "ASSENT_TOKEN": server.token()})


class Assent:
    """The command, with an environment."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment

    def __call__(self, *words: str, code: int = 0) -> Result:
        done = CliRunner(env=self.environment).invoke(main, ("audit", *words))
        assert done.exit_code == code, done.output
        return done


def test_a_query_shows_who_did_what_to_what(assent: Assent) -> None:
    shown = assent("query", "--model", "model 1", "--oldest").stdout.splitlines()
    words = ["TIME", "registered_model.created", "model version model 1/1", "champion"]
    assert all(word in line for word, line in zip(words, shown, strict=True))


def test_a_refusal_is_shown_as_one(assent: Assent) -> None:
    assert "access.denied (refused)" in assent("query", "--outcome", "refused").stdout


def test_a_refusal_names_the_right_that_was_lacking(assent: Assent) -> None:
    shown = assent("query", "--outcome", "refused").stdout
    assert "level: CAN_READ; permission: registered_model:create" in shown


def test_a_query_finds_what_was_done_with_a_token(assent: Assent) -> None:
    (refusal,) = json.loads(assent("query", "--outcome", "refused", "--json").stdout)["events"]
    with_it = json.loads(assent("query", "--token", str(refusal["token_id"]), "--json").stdout)["events"]
    assert with_it == [refusal]


def test_nothing_was_done_with_a_token_that_there_is_not(assent: Assent) -> None:
    assert assent("query", "--token", "1000000").stdout == "There are none.\n"


def test_a_query_tells_how_to_go_on(assent: Assent) -> None:
    first = json.loads(assent("query", "--action", "registered_model.*", "--limit", "2", "--json").stdout)
    rest = json.loads(assent("query", "--action", "registered_model.*", "--after", first["next"], "--json").stdout)
    assert [event["subject"] for event in first["events"] + rest["events"]] == ["model 2", "model 1", "model 0"]
    assert f"--after {first['next']}." in assent("query", "--action", "registered_model.*", "--limit", "2").stdout


@pytest.mark.parametrize(
    ("words", "count"),
    [
        (["--since", "1h"], True),
        (["--until", "1h"], False),
        (["--since", "2020-01-01", "--until", "2100-01-01T00:00Z"], True),
        (["--since", "2100-01-01"], False),
    ],
)
def test_times_are_dates_or_so_long_ago(assent: Assent, words: list[str], count: bool) -> None:
    found = json.loads(assent("query", "--action", "alias.*", *words, "--json").stdout)
    assert bool(found["events"]) is count


def test_a_subject_is_a_kind_and_a_name(assent: Assent) -> None:
    found = json.loads(assent("query", "--subject", "user:rita", "--json").stdout)
    assert {event["action"] for event in found["events"]} == {"user.created", "grant.given"}


@pytest.mark.parametrize(
    "words", [["--action", "nothing.such"], ["--model", "unknown"], ["--subject", "bob"], ["--after", "x"]]
)
def test_a_question_that_makes_no_sense_is_refused(assent: Assent, words: list[str]) -> None:
    assert assent("query", *words, code=2).stdout == ""


def test_an_export_is_all_there_is_in_order(assent: Assent, tmp_path: Path) -> None:
    told = json.loads(assent("export", str(tmp_path / "log.jsonl"), "--json").stdout)
    events = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert len(events) == told["events"] > 20
    assert events == sorted(events, key=lambda event: (event["at"], event["id"]))


@pytest.mark.parametrize("written_as", ["jsonl", "csv"])
def test_an_export_that_was_cut_goes_on(assent: Assent, tmp_path: Path, written_as: str) -> None:
    whole, part = tmp_path / "whole", tmp_path / "part"
    question = ["--until", "2100-01-01", "--format", written_as, "--action", "grant.*"]
    assent("export", str(whole), *question)
    content = whole.read_bytes()
    for cut in (0, 10, len(content) // 2, len(content) - 1, len(content)):
        part.write_bytes(content[:cut])
        assent("export", str(part), *question, "--resume")
        assert part.read_bytes() == content


def test_an_export_overwrites_nothing(assent: Assent, tmp_path: Path) -> None:
    (tmp_path / "log").write_text("precious")
    assent("export", str(tmp_path / "log"), code=2)
    assent("export", str(tmp_path / "log"), "--resume", code=2)
    assert (tmp_path / "log").read_text() == "precious"


def test_csv_holds_no_formula(assent: Assent) -> None:
    rows = list(csv.DictReader(assent("export", "--format", "csv").stdout.splitlines()))
    assert {row["subject"] for row in rows if row["action"] == "access.denied"} == {"'=cmd()"}
    assert json.loads(next(row for row in rows if row["subject"] == "model 1")["details"])["description"] == "=1+1"


def test_an_export_without_a_file_is_printed(assent: Assent) -> None:
    assert [json.loads(line)["action"] for line in assent("export", "--action", "alias.*").stdout.splitlines()] == [
        "alias.set"
    ]


def test_an_export_says_what_it_is(server: Server) -> None:
    headers = {"Authorization": f"Bearer {server.token()}"}
    types = [
        requests.get(f"{server.url}{API}/export", {"format": each}, headers=headers, timeout=30).headers[
            "Content-Type"
        ]
        for each in ("jsonl", "csv")
    ]
    assert types == ["application/jsonl", "text/csv; charset=utf-8"]
