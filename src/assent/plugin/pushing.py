"""One request with all that is known of where a version comes from."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from mlflow.exceptions import MlflowException
from mlflow.utils.rest_utils import MlflowHostCreds, http_request

_SECONDS = 10
_UNKNOWN = (
    "The registry knows no run snapshots: it is older than this plug-in, or no Assent. Bring it up to date, or leave "
    "the assent+ of its URI out."
)


class NotPushed(Exception):
    """Why a registry refuses a snapshot, and would refuse it again."""


def push(credentials: MlflowHostCreds, name: str, number: str, told: Mapping[str, Any]) -> None:
    """Give a registry the snapshot of a version, or the digest alone. Raises NotPushed, and ConnectionError."""
    part = "snapshot" if "facts" in told else "artifact-digest"
    path = f"/api/v1/models/{quote(name, safe='')}/versions/{number}/{part}"
    try:
        # Once: this is an addition to a registration, and whoever registers does not wait for a second try.
        answer = http_request(
            credentials, path, "PUT", max_retries=0, retry_codes=(), timeout=_SECONDS, json=dict(told)
        )
    except MlflowException as error:
        raise ConnectionError(f"The registry cannot be reached: {error}") from error
    if answer.status_code == 404:
        raise NotPushed(_UNKNOWN)
    if answer.status_code >= 500:
        raise ConnectionError(f"The registry answers {answer.status_code}.")
    if not answer.ok:
        raise NotPushed(_detail(answer) or f"The registry answers {answer.status_code}.")


def _detail(answer: Any) -> str:
    try:
        problem = answer.json()
    except ValueError:
        return ""
    return str(problem.get("detail", "")) if isinstance(problem, dict) else ""
