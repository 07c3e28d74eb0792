"""Which registry commands talk to, and how they say what went wrong."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from assent.cli.remote import Failure, Mistake, Refusal, Registry, Unreachable
from support.processes import free_port

TOKEN = "assent_secret"


class _Answering(BaseHTTPRequestHandler):
    """Answers with the status that is asked for, as no registry would."""

    def do_GET(self) -> None:
        """Answer."""
        self.send_response(int(self.path.rpartition("/")[2]))
        self.end_headers()
        self.wfile.write(b"<h1>Somebody else</h1>")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """The URL of something that is no registry."""
    server = HTTPServer(("127.0.0.1", 0), _Answering)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"ASSENT_URL": "models.example.com", "ASSENT_TOKEN": TOKEN},
        {"ASSENT_URL": "https://", "ASSENT_TOKEN": TOKEN},
        {"ASSENT_URL": "https://u:p@models.example.com", "ASSENT_TOKEN": TOKEN},
        {"ASSENT_URL": "https://models.example.com"},
        {"ASSENT_URL": "https://models.example.com", "ASSENT_USERNAME": "alice"},
        {"ASSENT_URL": "https://models.example.com", "ASSENT_TOKEN": "a\nb"},
        {"ASSENT_URL": "https://models.example.com", "ASSENT_TOKEN": "€"},
    ],
)
def test_what_is_missing_in_the_environment_is_a_mistake(environment: dict[str, str]) -> None:
    with pytest.raises(Mistake):
        Registry.from_environment(environment)


def test_a_token_goes_before_a_password_and_is_never_shown() -> None:
    environment = {
        "ASSENT_URL": "https://models.example.com/registry/",
        "ASSENT_TOKEN": f"{TOKEN}\n",
        "ASSENT_USERNAME": "alice",
        "ASSENT_PASSWORD": "p",
    }
    registry = Registry.from_environment(environment)
    assert (registry.url, registry.authorization) == ("https://models.example.com/registry", f"Bearer {TOKEN}")
    assert TOKEN not in repr(registry)


@pytest.mark.parametrize(
    ("status", "failure"),
    [(200, Failure), (500, Failure), (404, Mistake), (401, Refusal), (403, Refusal), (503, Unreachable)],
)
def test_what_is_no_registry_is_told_as_such(elsewhere: str, status: int, failure: type[Failure]) -> None:
    with pytest.raises(failure, match=f"answers {status}, and not as a registry does") as told:
        Registry(elsewhere, "Bearer x").call("GET", f"/{status}")
    assert type(told.value) is failure


def test_what_is_not_there_is_unreachable() -> None:
    with pytest.raises(Unreachable, match="Connection refused"):
        Registry(f"http://127.0.0.1:{free_port()}", "Bearer x").call("GET", "/users")


def test_a_failure_is_told_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    Failure("one\ntwo").show()
    assert capsys.readouterr().err == "assent: one two\n"


def test_exit_codes_differ_where_a_script_would() -> None:
    assert [each.exit_code for each in (Failure, Mistake, Refusal, Unreachable)] == [1, 2, 5, 6]
