"""A small tracking server on a loopback port, which answers as MLflow does, or badly, as a test wants it."""

import base64
import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

RUN = "/api/2.0/mlflow/runs/get"
EXPERIMENT = "/api/2.0/mlflow/experiments/get"
LOGGED_MODELS = "/api/2.0/mlflow/logged-models/"
FILES_OF_LOGGED_MODELS = "/ajax-api/2.0/mlflow/logged-models/"
FILES_OF_RUNS = "/get-artifact"

MLMODEL = """\
flavors:
  sklearn:
    sklearn_version: 1.9.1
mlflow_version: 3.17.2
signature:
  inputs: '[{"type": "double", "name": "age", "required": true}]'
  outputs: '[{"type": "long", "required": true}]'
"""


class Answering(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    server: "_Listener"

    def do_GET(self) -> None:
        with suppress(OSError):
            self.server.tracking.answer(self)

    def log_message(self, *_: object) -> None:
        """Nothing: what was asked is listed."""

    def give(self, body: bytes | str | Mapping[str, Any], status: int = 200, **headers: str) -> None:
        """A whole answer."""
        content = (
            body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else json.dumps(body).encode()
        )
        self.send_response(status)
        for name, value in {"Content_Length": str(len(content)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(content)

    def trickle(self, seconds: float) -> None:
        """An answer that comes byte by byte, and never ends by itself."""
        self.send_response(200)
        self.send_header("Content-Length", "1000000")
        self.end_headers()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.wfile.write(b" ")
            time.sleep(0.05)


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    tracking: "SmallTracking"


class SmallTracking:
    """A running server. It knows the runs and logged models that it is told of, and ends with its `with` block.

    `instead` has what a path answers in place of its own; `needs` is the header without which nothing is answered;
    `asked` lists the paths of all requests, `shown` the credentials that came with them.
    """

    def __init__(self, encrypted: ssl.SSLContext | None = None, *, experiment: str = "shop") -> None:
        self.experiment = experiment
        self.instead: dict[str, Callable[[Answering], None]] = {}
        self.needs: str | None = None
        self.asked: list[str] = []
        self.shown: list[str | None] = []
        self._runs: dict[str, dict[str, Any]] = {}
        self._logged_models: dict[str, dict[str, Any]] = {}
        self._files: dict[tuple[str, str], str] = {}
        self._held: dict[str, threading.Event] = {}
        self._server = _Listener(("127.0.0.1", 0), Answering)
        self._server.tracking = self
        self._scheme = "https" if encrypted else "http"
        if encrypted:
            self._server.socket = encrypted.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    @classmethod
    def with_a_run(cls, encrypted: ssl.SSLContext | None = None) -> Self:
        """A server that knows the run `r1`, and the model `m-1` that it logged."""
        server = cls(encrypted)
        server.ran("r1", depth="3")
        server.logged("m-1", by="r1")
        return server

    @property
    def host(self) -> str:
        """The host and port."""
        return f"127.0.0.1:{self._server.server_address[1]}"

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"{self._scheme}://{self.host}"

    def ran(self, run_id: str, *, user: str = "carol", **params: str) -> None:
        """Let there be a run, of a commit and with a dataset."""
        self._runs[run_id] = {
            "info": {
                "run_id": run_id,
                "experiment_id": "7",
                "user_id": user,
                "status": "FINISHED",
                "start_time": 1_700_000_000_000,
                "artifact_uri": f"mlflow-artifacts:/7/{run_id}/artifacts",
            },
            "data": {
                "params": [{"key": key, "value": value} for key, value in params.items()],
                "metrics": [{"key": "auc", "value": 0.91, "step": 2, "timestamp": 1_700_000_001_000}],
                "tags": [{"key": "mlflow.source.git.commit", "value": "5f2c1d0e8b7a69584736251403f2e1d0c9b8a796"}],
            },
            "inputs": {
                "dataset_inputs": [
                    {
                        "tags": [{"key": "mlflow.data.context", "value": "training"}],
                        "dataset": {"name": "iris", "digest": "8f9eb48c", "source_type": "code", "source": "{}"},
                    }
                ]
            },
        }

    def tells(self, run: dict[str, Any]) -> None:
        """Let there be a run as `runs/get` tells of it."""
        self._runs[run["info"]["run_id"]] = run

    def logged(self, logged_model_id: str, *, by: str = "", name: str = "model") -> None:
        """Let there be a logged model, with its file MLmodel."""
        info = {"model_id": logged_model_id, "experiment_id": "7", "name": name, "source_run_id": by}
        self._logged_models[logged_model_id] = {"info": {key: value for key, value in info.items() if value}}
        self._files[logged_model_id, "MLmodel"] = MLMODEL
        self._files[logged_model_id, "requirements.txt"] = "scikit-learn==1.9.1\n"
        if by:
            outputs = self._runs[by].setdefault("outputs", {"model_outputs": []})
            outputs["model_outputs"].append({"model_id": logged_model_id, "step": 0})

    def stored(self, run_id: str, path: str, content: str = MLMODEL) -> None:
        """Let there be a file among the artifacts of a run."""
        self._files[run_id, path] = content

    def forget(self, run_id: str) -> None:
        """Let a run be gone."""
        del self._runs[run_id]

    @contextmanager
    def holding(self, path: str) -> Iterator[None]:
        """Answer nobody who asks for the path before the block ends."""
        self._held[path] = ended = threading.Event()
        try:
            yield
        finally:
            del self._held[path]
            ended.set()

    def wait_until_asked(self, path: str, *, times: int = 1) -> None:
        """Wait until so many requests came for the path. Raises TimeoutError after 20 seconds."""
        deadline = time.monotonic() + 20
        while self.asked.count(path) < times:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{path} was asked for {self.asked.count(path)} times")
            time.sleep(0.01)

    def stop(self) -> None:
        """Let nobody connect any more."""
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def answer(self, request: Answering) -> None:
        """Answer one request."""
        parts = urlsplit(request.path)
        self.shown.append(request.headers["Authorization"])
        self.asked.append(parts.path)
        if held := self._held.get(parts.path):
            held.wait(60)
        if instead := self.instead.get(parts.path):
            instead(request)
        elif self.needs and request.headers["Authorization"] != self.needs:
            request.give("You are not authenticated.", 401)
        else:
            self._give(request, parts.path, dict(parse_qsl(parts.query)))

    def _give(self, request: Answering, path: str, query: Mapping[str, str]) -> None:
        found: object = None
        if path == RUN and (run := self._runs.get(query["run_id"])):
            found = {"run": run}
        elif path == EXPERIMENT:
            found = {"experiment": {"experiment_id": query["experiment_id"], "name": self.experiment}}
        elif path == FILES_OF_RUNS:
            found = self._files.get((query["run_id"], query["path"]))
        elif path.startswith(FILES_OF_LOGGED_MODELS):
            found = self._files.get((path.split("/")[5], query["artifact_file_path"]))
        elif logged_model := self._logged_models.get(path.removeprefix(LOGGED_MODELS)):
            found = {"model": logged_model}
        if found is None:
            request.give({"error_code": "RESOURCE_DOES_NOT_EXIST", "message": f"{path} not found"}, 404)
        else:
            request.give(found)  # type: ignore[arg-type]  # an object or the text of a file


def basic(name: str, password: str) -> str:
    """The header that shows a name and a password."""
    return f"Basic {base64.b64encode(f'{name}:{password}'.encode()).decode()}"
