"""Questions to one tracking server, with limits to time and to size; nothing leads from it to another host."""

import json
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import requests
from requests import PreparedRequest
from requests.auth import AuthBase

from assent.http.fetching import body
from assent.kernel.addresses import is_on_this_machine
from assent.kernel.errors import NotFound, Unavailable
from assent.tracking.servers import TrackingServer

# How long a conversation may take; what a server does not tell within it is asked for another time.
LONGEST_SECONDS = 60
LARGEST_ANSWER = 8 * 1024 * 1024
LARGEST_FILE = 1024 * 1024

# What a gate answers for a server that is not there, and a server that wants less of everything.
_ABSENT = frozenset({429, 502, 503, 504})
_UNKNOWN = frozenset({"RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"})


class Absent(Unavailable):
    """The server itself did not answer: whatever else is asked of it now will not be answered either."""


class Busy(Unavailable):
    """The server is being asked so much by this worker that it is not asked more now."""


class Asking:
    """A conversation with a server; it ends with its `with` block.

    Every question raises NotFound where the server knows no such thing, Absent where it does not answer, and
    Unavailable where its answer is of no use. What is raised tells of no credentials.
    """

    def __init__(self, server: TrackingServer) -> None:
        self._server = server
        self._deadline = time.monotonic() + LONGEST_SECONDS
        self._session = requests.Session()
        self._session.auth = _Credentials(server.authorization)
        self._session.headers.update({"Accept-Encoding": "identity", "User-Agent": "assent"})
        if server.ca_file:
            self._session.verify = str(server.ca_file)
        if is_on_this_machine(server.url):
            # No proxy that the environment names can reach what only this machine does.
            self._session.trust_env = False

    def run(self, run_id: str) -> Mapping[str, Any]:
        """A run."""
        return self._object("/api/2.0/mlflow/runs/get", "run", {"run_id": run_id})

    def experiment(self, experiment_id: str) -> Mapping[str, Any]:
        """An experiment."""
        return self._object("/api/2.0/mlflow/experiments/get", "experiment", {"experiment_id": experiment_id})

    def logged_model(self, logged_model_id: str) -> Mapping[str, Any]:
        """A logged model, which servers before MLflow 3 do not know."""
        return self._object(f"/api/2.0/mlflow/logged-models/{quote(logged_model_id, safe='')}", "model", {})

    def file_of_logged_model(self, logged_model_id: str, path: str) -> str:
        """A file of a logged model's artifacts, by the route of MLflow's own pages; there is no other."""
        route = f"/ajax-api/2.0/mlflow/logged-models/{quote(logged_model_id, safe='')}/artifacts/files"
        return self._text(route, {"artifact_file_path": path})

    def file_of_run(self, run_id: str, path: str) -> str:
        """A file of a run's artifacts."""
        return self._text("/get-artifact", {"run_id": run_id, "path": path})

    def close(self) -> None:
        """Let go of the connection."""
        self._session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _problem: BaseException | None, _where: TracebackType | None
    ) -> None:
        self.close()

    def _object(self, path: str, name: str, query: Mapping[str, str]) -> Mapping[str, Any]:
        found = _parsed(self._answer(path, query, LARGEST_ANSWER)).get(name)
        if not isinstance(found, dict):
            raise Unavailable(f"{self._server.url}{path} answers something that is not MLflow's.")
        return found

    def _text(self, path: str, query: Mapping[str, str]) -> str:
        try:
            return self._answer(path, query, LARGEST_FILE).decode()
        except UnicodeDecodeError as problem:
            raise Unavailable(f"{self._server.url}{path} gives a file that is no text.") from problem

    def _answer(self, path: str, query: Mapping[str, str], most: int) -> bytes:
        server, url = self._server, f"{self._server.url}{path}"
        if time.monotonic() > self._deadline:
            raise Absent(f"{server.url} takes longer than {LONGEST_SECONDS} seconds for all that is asked.")
        try:
            with self._session.get(
                url,
                params=query,
                timeout=(server.connect_seconds, server.read_seconds),
                # One could lead anywhere in the network of this server.
                allow_redirects=False,
                stream=True,
            ) as answer:
                status, found = answer.status_code, body(answer, most=most, seconds=server.read_seconds)
        except requests.Timeout as problem:
            raise Absent(f"{server.url} does not answer in time.") from problem
        except requests.exceptions.SSLError as problem:
            raise Absent(f"{server.url} shows a certificate that is not trusted here, or speaks no TLS.") from problem
        except requests.RequestException as problem:
            raise Absent(f"{server.url} cannot be reached.") from problem
        if status == requests.codes.ok:
            return found
        if status in _ABSENT:
            raise Absent(f"{server.url} answers {status}.")
        if status in (400, 404) and _parsed(found).get("error_code") in _UNKNOWN:
            raise NotFound(f"{server.url} knows no such thing.")
        raise Unavailable(f"{url} answers {status}{_MEANING.get(status, '')}.")


_MEANING = {
    401: ": it does not accept the credentials",
    403: ": the credentials do not suffice",
    404: ", and not in the way of MLflow",
} | dict.fromkeys((301, 302, 303, 307, 308), ", and redirects are not followed")


class _Credentials(AuthBase):
    """Shows what the administrator gave, and nothing where nothing was given: no ~/.netrc is looked at."""

    def __init__(self, authorization: str | None) -> None:
        self._authorization = authorization

    def __call__(self, r: PreparedRequest) -> PreparedRequest:
        if self._authorization:
            r.headers["Authorization"] = self._authorization
        return r


def _parsed(text: bytes) -> Mapping[str, Any]:
    """The JSON object that a text is, or an empty one."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
