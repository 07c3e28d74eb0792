"""Telling a registry where a version comes from. Whatever goes wrong with that is a warning, and stops nothing."""

import logging
import math
import os
import shlex
from concurrent.futures import Future
from functools import partial
from typing import Any

from mlflow.entities.model_registry import ModelVersion
from mlflow.utils.rest_utils import MlflowHostCreds

from assent.plugin import origins
from assent.plugin.origins import Named, Origin
from assent.plugin.patience import OutOfPatience, Patience
from assent.plugin.pushing import NotPushed, push
from assent.plugin.reasons import reason

_SECONDS = 5.0
_log = logging.getLogger(__name__)


class Tale:
    """What there is to tell of one version."""

    def __init__(self, origin: Origin, patience: Patience) -> None:
        self._origin = origin
        self._patience = patience

    @property
    def run_id(self) -> str | None:
        """The run that the version comes from, where one is known."""
        return self._origin.run_id

    def tell(self, credentials: MlflowHostCreds, version: ModelVersion) -> None:
        """Push it, in one request."""
        try:
            if self._origin.problem:
                _warn(version, self._origin.problem, _CAPTURE)
            if body := self._body(version):
                _push(credentials, version, body)
        except NotPushed as refusal:
            _warn(version, reason(refusal))
        except Exception as error:  # facts that break a bound, files that vanish, a network that is down
            _warn(version, reason(error), _CAPTURE)

    def _body(self, version: ModelVersion) -> dict[str, Any]:
        """The facts and the digest of the files, or what there is of them."""
        body = {}
        if self._origin.is_known:
            body["facts"] = self._patience.wait_for(partial(origins.facts_of, self._origin))
        digest = self._digest(version)
        if not body:
            return digest
        return {**body, "artifact_digest": digest} if digest else body

    def _digest(self, version: ModelVersion) -> dict[str, Any]:
        if self._origin.folder is None:
            return {}
        try:
            return self._patience.wait_for(partial(origins.digest_of, self._origin.folder))
        except Exception as error:  # out of patience, or files that cannot be read
            _warn(version, reason(error), _GIVE, without="the digest of its files")
            return {}


class Teller:
    """Finds out where versions come from that are made of the runs of one tracking store."""

    def __init__(self, tracking_uri: str) -> None:
        self._tracking_uri = tracking_uri
        self._unanswered: Future[Any] | None = None

    def begin(self, named: Named) -> Tale:
        """Find out what there is to tell, before the version is registered."""
        seconds = _seconds()
        patience = Patience(seconds)
        is_quiet = named.is_copy or not seconds
        return Tale(Origin(named.run_id) if is_quiet else self._origin(named, patience), patience)

    def _origin(self, named: Named, patience: Patience) -> Origin:
        # Whoever registers a hundred models waits for a server that hangs once, and not a hundred times.
        if self._unanswered and not self._unanswered.done():
            return Origin(named.run_id, problem="The tracking store has yet to answer an earlier question.")
        try:
            return patience.wait_for(partial(origins.find, self._tracking_uri, named))
        except OutOfPatience:
            self._unanswered = patience.unanswered
            return Origin(named.run_id, problem="The tracking store did not answer in time.")
        except Exception as error:  # a tracking store may be anybody's code
            return Origin(named.run_id, problem=reason(error))


def _push(credentials: MlflowHostCreds, version: ModelVersion, body: dict[str, Any]) -> None:
    try:
        Patience(_SECONDS).wait_for(partial(push, credentials, version.name, version.version, body))
    except OutOfPatience:
        raise TimeoutError("The registry did not answer in time.") from None


_CAPTURE = "`assent lineage capture {version}` takes it later, while the run is there."
_GIVE = "`assent lineage digest PATH --give {version}` gives it later."


def _warn(version: ModelVersion, why: str, remedy: str = "", *, without: str = "a snapshot of its run") -> None:
    named = shlex.join([version.name, str(version.version)])
    told = " ".join([f"It is registered, but without {without}.", why, remedy.format(version=named)])
    _log.warning("%s %s: %s", version.name, version.version, told.rstrip())


def _seconds() -> float:
    """How long a registration waits for the tracking store and the digest of the files, in all; 0: tell nothing."""
    try:
        told = float(os.environ.get("ASSENT_PLUGIN_SECONDS", _SECONDS))
    except ValueError:
        return _SECONDS
    return told if 0 <= told < math.inf else _SECONDS
