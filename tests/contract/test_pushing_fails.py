"""Whatever the plug-in meets, versions are registered as without it: what went wrong is a warning."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import requests

from assent.cli.remote import Registry
from support.databases import SqliteDatabases
from support.processes import Service, free_port
from support.server import Server

RUN = "a" * 32
OF_A_RUN = {"source": "s3://bucket/model", "run_id": RUN}
OF_A_LOGGED_MODEL = {"source": f"models:/m-{RUN}", "model_id": f"m-{RUN}"}


@pytest.fixture(scope="module")
def registry(sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A live server, that keeps short snapshots alone."""
    folder = tmp_path_factory.mktemp("server")
    with sqlite_databases.copy() as url, Server.start(url, folder, largest_snapshot="2000") as server:
        yield server


@pytest.fixture
def environment(registry: Server) -> dict[str, str]:
    """What a client with the plug-in has in its environment."""
    return {"MLFLOW_REGISTRY_URI": f"assent+{registry.url}", "ASSENT_TOKEN": registry.token()}


@pytest.fixture
def silent() -> Iterator[str]:
    """A server that lets everybody in, and says nothing."""
    with closing(socket.create_server(("127.0.0.1", 0), backlog=100)) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


def test_tracking_server_that_hangs_is_waited_for_once(
    tell: Callable[..., Any], environment: dict[str, str], silent: str
) -> None:
    asked = {"model": "hanging", "origins": [OF_A_RUN, OF_A_LOGGED_MODEL, OF_A_RUN]}
    told = tell("registering", environment | {"MLFLOW_TRACKING_URI": silent}, asked)
    assert told["versions"] == [["1", RUN], ["2", None], ["3", RUN]]
    assert [_why(each) for each in told["warnings"]] == [
        "The tracking store did not answer in time.",
        "The tracking store has yet to answer an earlier question.",
        "The tracking store has yet to answer an earlier question.",
    ]


def test_warning_says_what_to_do(tell: Callable[..., Any], environment: dict[str, str]) -> None:
    told = tell("registering", environment, {"model": "it's unknown", "origins": [OF_A_RUN]})
    assert told["warnings"] == [
        f"it's unknown 1: It is registered, but without a snapshot of its run. Run with id={RUN} not found. "
        """`assent lineage capture 'it'"'"'s unknown' 1` takes it later, while the run is there."""
    ]


def test_tracking_server_that_is_dead_is_a_warning(tell: Callable[..., Any], environment: dict[str, str]) -> None:
    gone = {"MLFLOW_TRACKING_URI": f"http://127.0.0.1:{free_port()}", "ASSENT_PLUGIN_SECONDS": "1"}
    told = tell("registering", environment | gone, {"model": "dead", "origins": [OF_A_RUN]})
    assert told["versions"] == [["1", RUN]]
    assert ["dead 1: It is registered, but without a snapshot" in each for each in told["warnings"]] == [True]


def test_snapshot_that_is_refused_is_a_warning(tell: Callable[..., Any], environment: dict[str, str]) -> None:
    told = tell("registering", environment, {"model": "large", "runs": 1, "length": 3000})
    assert [number for number, _ in told["versions"]] == ["1"]
    (warning,) = told["warnings"]
    assert warning.startswith("large 1: It is registered, but without a snapshot of its run. The facts are")
    assert "ASSENT_LARGEST_SNAPSHOT allows 2000" in warning


def test_copy_of_a_model_that_is_named_like_a_logged_one_is_a_copy(
    tell: Callable[..., Any], environment: dict[str, str]
) -> None:
    origins = [{"source": "s3://bucket/model"}, {"source": "models:/m-odd/1"}]
    told = tell("registering", environment, {"model": "m-odd", "origins": origins})
    assert (told["versions"], told["warnings"]) == ([["1", None], ["2", None]], [])


def test_nothing_is_told_where_there_is_no_time_for_it(
    tell: Callable[..., Any], environment: dict[str, str], registry: Server
) -> None:
    told = tell("registering", environment | {"ASSENT_PLUGIN_SECONDS": "0"}, {"model": "hurried", "runs": 1})
    assert told["warnings"] == []
    api = Registry(registry.url, f"Bearer {registry.token()}")
    assert api.call("GET", "/models/hurried/versions/1/snapshot")["snapshots"] == []


def test_registry_that_knows_no_snapshots_is_a_warning(tell: Callable[..., Any], tracking: Service) -> None:
    told = tell("registering", {"MLFLOW_REGISTRY_URI": f"assent+{tracking.url}"}, {"model": "plain", "runs": 1})
    assert [number for number, _ in told["versions"]] == ["1"]
    assert told["warnings"] == [
        "plain 1: It is registered, but without a snapshot of its run. The registry knows no run snapshots: it is "
        "older than this plug-in, or no Assent. Bring it up to date, or leave the assent+ of its URI out."
    ]


def test_registry_that_falls_silent_after_a_registration_is_not_waited_for(
    tell: Callable[..., Any], environment: dict[str, str], registry: Server
) -> None:
    with _answering_no_put(registry.url) as url:
        told = tell(
            "registering", environment | {"MLFLOW_REGISTRY_URI": f"assent+{url}"}, {"model": "mute", "runs": 1}
        )
    assert [number for number, _ in told["versions"]] == ["1"]
    assert [_why(each) for each in told["warnings"]] == ["The registry did not answer in time."]


def test_registration_takes_one_request_more(
    tell: Callable[..., Any], environment: dict[str, str], registry: Server
) -> None:
    plain = environment | {"MLFLOW_REGISTRY_URI": registry.url, "MLFLOW_TRACKING_TOKEN": environment["ASSENT_TOKEN"]}
    before = _requests(registry)
    tell("registering", plain, {"model": "without", "runs": 3})
    without = _requests(registry) - before
    tell("registering", environment, {"model": "with", "runs": 3})
    assert _requests(registry) - before - without == without + 3


@contextmanager
def _answering_no_put(url: str) -> Iterator[str]:
    """A proxy that hands everything on to a registry but PUT, and leaves that unanswered."""
    over = threading.Event()

    class Proxy(BaseHTTPRequestHandler):
        """One request."""

        def do_GET(self) -> None:
            self._hand_on()

        def do_POST(self) -> None:
            self._hand_on()

        def do_PUT(self) -> None:
            over.wait(120)

        def _hand_on(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name: self.headers[name] for name in ("Authorization", "Content-Type") if name in self.headers}
            answer = requests.request(self.command, url + self.path, data=sent, headers=headers, timeout=60)
            self.send_response(answer.status_code)
            self.send_header("Content-Type", answer.headers["Content-Type"])
            self.end_headers()
            self.wfile.write(answer.content)

    with ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            over.set()
            server.shutdown()


def _why(warning: str) -> str:
    return warning.partition(" without a snapshot of its run. ")[2].partition(" `assent")[0]


def _requests(registry: Server) -> int:
    """How many calls of the API the registry has answered."""
    headers = {"Authorization": f"Bearer {registry.token()}"}
    text = requests.get(f"{registry.url}/metrics", headers=headers, timeout=60).text
    counts = [line for line in text.splitlines() if line.startswith("assent_requests_total{") and "/api/" in line]
    return sum(round(float(line.split()[-1])) for line in counts)
