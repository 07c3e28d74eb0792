"""The file of tracking servers: what it may say, and what is told of a mistake in it."""

import subprocess
import sys
from pathlib import Path

import pytest

from assent.kernel.errors import Invalid
from assent.settings import Settings
from assent.tracking.servers import TrackingServer, named_by, servers
from support.processes import free_port, plain_environment
from support.small_tracking import basic

WHOLE = """\
servers:
  - url: https://mlflow.example.com/tracking/
    hosts: [Mlflow.internal, "mlflow.lab:5000"]
    username: assent
    password_variable: LAB_PASSWORD
    connect_seconds: 3
    read_seconds: 20
  - url: http://mlflow.lab:8080
    unencrypted: true
    token_variable: LAB_TOKEN
"""
EXAMPLE = Path(__file__).parents[2] / "docs/examples/tracking.yaml"
ENVIRONMENT = {"LAB_PASSWORD": "s3cr3t-of-the-lab\n", "LAB_TOKEN": "s3cr3t-token"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the file is."""
    return tmp_path / "tracking.yaml"


def refusal(file: Path, text: str) -> str:
    file.write_text(text)
    with pytest.raises(Invalid) as refused:
        servers(file, ENVIRONMENT)
    return refused.value.message.removeprefix(f"{file}")


def test_without_a_file_there_are_none() -> None:
    assert servers(None, ENVIRONMENT) == ()


def test_everything_that_can_be_said(file: Path) -> None:
    file.write_text(WHOLE)
    assert servers(file, ENVIRONMENT) == (
        TrackingServer(
            "https://mlflow.example.com/tracking",
            frozenset({"mlflow.internal", "mlflow.lab:5000"}),
            basic("assent", "s3cr3t-of-the-lab"),
            connect_seconds=3,
            read_seconds=20,
        ),
        TrackingServer("http://mlflow.lab:8080", authorization="Bearer s3cr3t-token"),
    )


def test_the_example_is_right(file: Path) -> None:
    (file.parent / "lab.password").write_text("s3cr3t")
    file.write_text(EXAMPLE.read_text())
    cloud, lab = servers(file, {"ASSENT_TRACKING_SECRET": "s3cr3t"})
    assert (cloud.url, lab.url) == ("https://mlflow.example.com", "http://mlflow.lab:5000")


def test_an_address_alone_is_enough(file: Path) -> None:
    file.write_text("servers:\n  - url: http://127.0.0.1:5000\n")
    assert servers(file, {}) == (TrackingServer("http://127.0.0.1:5000"),)


def test_a_token_may_lie_in_a_file_beside_it(file: Path) -> None:
    (file.parent / "token").write_text("of a file\n")
    file.write_text("servers:\n  - url: https://mlflow.example.com\n    token_file: token\n")
    assert servers(file, {})[0].authorization == "Bearer of a file"


def test_no_secret_is_shown(file: Path) -> None:
    file.write_text(WHOLE)
    shown = repr(servers(file, ENVIRONMENT))
    assert "s3cr3t" not in shown
    assert basic("assent", "s3cr3t-of-the-lab") not in shown


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("hosts:", "host:", ", line 3: servers[0]: There is no field 'host'; the fields are url, hosts, "),
        (
            "- url: https://mlflow.example.com/tracking/\n    hosts",
            "- hosts",
            ", line 2: servers[0]: url is missing.",
        ),
        ("https://mlflow.example", "https://me:secret@mlflow.example", ", line 2: servers[0].url: Write the URL of"),
        ("https://mlflow.example", "ftp://mlflow.example", ", line 2: servers[0].url: Write the URL of the server"),
        (
            "https://mlflow.example.com/tracking/",
            "http://mlflow.example.com",
            ", line 2: servers[0].url: Write https",
        ),
        ("unencrypted: true", "unencrypted: no", ", line 8: servers[1].url: Write https://, or beside it"),
        (
            "unencrypted: true",
            "unencrypted: true\n    username: me",
            ", line 8: servers[1]: Name either a token, or a username and a pass",
        ),
        ("    username: assent\n", "", ", line 2: servers[0]: username is missing."),
        ("    password_variable: LAB_PASSWORD\n", "", ", line 2: servers[0]: Name either password_variable or pass"),
        ("LAB_TOKEN", "NO_SUCH", ", line 10: servers[1].token_variable: There is no secret in NO_SUCH."),
        ("token_variable", "token", ", line 10: servers[1]: There is no field 'token'; the fields are url, "),
        (
            "read_seconds: 20",
            "read_seconds: 200",
            ", line 7: servers[0].read_seconds: Write a whole number from 1 to",
        ),
        ("connect_seconds: 3", "connect_seconds: 0", ", line 6: servers[0].connect_seconds: Write a whole number"),
        ("connect_seconds: 3", "connect_seconds: 1.5", ", line 6: servers[0].connect_seconds: Write a whole number"),
        ("connect_seconds: 3", "ca_file: gone.pem", ", line 6: servers[0].ca_file: It is no file of certificates"),
        ("connect_seconds: 3", "ca_file: tracking.yaml", ", line 6: servers[0].ca_file: It is no file of cert"),
        ("http://mlflow.lab:8080", "https://mlflow.example.com/tracking", ", line 8: servers[1]: There is a server"),
        ("servers:", "server:", ", line 1: There is no field 'server'; the fields are servers."),
    ],
)
def test_a_mistake_is_told_with_its_line_and_what_would_be_right(
    file: Path, before: str, after: str, said: str
) -> None:
    assert before in WHOLE
    assert refusal(file, WHOLE.replace(before, after)).startswith(said)


def test_a_token_that_no_header_can_carry_is_refused_and_not_shown(file: Path) -> None:
    (file.parent / "token").write_text("s3cr3t\nX-Admin: yes")
    said = refusal(file, "servers:\n  - url: https://mlflow.example.com\n    token_file: token\n")
    assert said == ", line 2: servers[0]: The token holds characters that no header can carry."


@pytest.mark.parametrize(
    ("link", "place"),
    [
        ("mlflow-artifacts://mlflow.internal/1/abc/artifacts/model", 0),
        ("mlflow-artifacts://mlflow.internal:7000/1/abc/artifacts/model", 0),
        ("https://mlflow.example.com/#/experiments/1/runs/abc", 0),
        ("https://mlflow.example.com:443/#/experiments/1/runs/abc", 0),
        ("http://MLFLOW.lab:5000/#/experiments/1/runs/abc", 0),
        ("http://mlflow.lab:8080/#/experiments/1/runs/abc", 1),
        ("mlflow-artifacts://mlflow.lab/1/abc/artifacts/model", 1),
        ("http://mlflow.lab:9999/#/experiments/1/runs/abc", None),
        ("mlflow-artifacts:/1/abc/artifacts/model", None),
        ("s3://mlflow.internal/model", None),
        ("models:/m-1", None),
        ("http://[::1", None),
        ("http://mlflow.internal:port/", None),
        ("https://mlflow.example.com.evil.example/", None),
        ("", None),
    ],
)
def test_a_server_is_named_by_its_hosts(file: Path, link: str, place: int | None) -> None:
    file.write_text(WHOLE)
    known = servers(file, ENVIRONMENT)
    assert named_by(known, link) == (None if place is None else known[place])


def test_the_variable_of_a_secret_may_be_called_like_a_setting() -> None:
    given = {"ASSENT_TRACKING_FILE": "tracking.yaml", "ASSENT_TRACKING_SECRET_LAB": "x"}
    assert Settings.from_environment(given).tracking_file == Path("tracking.yaml")


@pytest.mark.parametrize("command", [["serve", "--port"], ["worker", "--once"]])
def test_nothing_starts_with_a_mistake_in_the_file(file: Path, command: list[str]) -> None:
    file.write_text(WHOLE)
    environment = plain_environment(
        ASSENT_TRACKING_FILE=str(file), ASSENT_DATABASE_URL=f"sqlite:///{file.parent}/a.db"
    )
    port = [str(free_port())] if "--port" in command else []
    ended = subprocess.run(
        [Path(sys.executable).parent / "assent", *command, *port],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == (
        f"assent: {file}, line 5: servers[0].password_variable: There is no secret in LAB_PASSWORD.\n"
    )
