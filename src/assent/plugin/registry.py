"""MLflow's own client of a registry over HTTP, which tells Assent more when a version is registered."""

import os
from collections.abc import Iterable
from functools import partial
from typing import Any

from mlflow.entities.model_registry import ModelVersion, ModelVersionTag
from mlflow.store.model_registry.rest_store import RestStore
from mlflow.utils.credentials import get_default_host_creds
from mlflow.utils.rest_utils import MlflowHostCreds

from assent.plugin.origins import Named
from assent.plugin.telling import Teller

_PROMPT = "mlflow.prompt.is_prompt"


class TellingStore(RestStore):  # type: ignore[misc]  # MLflow has no types here
    """A registry at a URL, whose versions come from the runs of a tracking store."""

    def __init__(self, url: str, tracking_uri: str) -> None:
        super().__init__(partial(credentials, url))
        self._teller = Teller(tracking_uri)

    # MLflow asks for `local_model_path` by looking for that name among the arguments.
    def create_model_version(  # noqa: PLR0917 (as MLflow calls it)
        self,
        name: str,
        source: str,
        run_id: str | None = None,
        tags: Iterable[ModelVersionTag] | None = None,
        run_link: str | None = None,
        description: str | None = None,
        local_model_path: str | None = None,
        **more: Any,
    ) -> ModelVersion:
        """Register a version with the run that it comes from, and push what is known of that run."""
        register = partial(super().create_model_version, name, source)
        described = {"run_link": run_link, "description": description, "local_model_path": local_model_path, **more}
        if any(tag.key == _PROMPT for tag in tags or ()):
            return register(run_id, tags, **described)
        tale = self._teller.begin(Named(source, run_id, more.get("model_id"), local_model_path))
        version = register(tale.run_id, tags, **described)
        tale.tell(self.get_host_creds(), version)
        return version


def credentials(url: str) -> MlflowHostCreds:
    """What lets into a registry: `ASSENT_TOKEN` where it is set, and otherwise what MLflow would show any server."""
    usual = get_default_host_creds(url)
    token = os.environ.get("ASSENT_TOKEN", "").strip()
    if not token:
        return usual
    return MlflowHostCreds(
        host=url,
        token=token,
        ignore_tls_verification=usual.ignore_tls_verification,
        client_cert_path=usual.client_cert_path,
        server_cert_path=usual.server_cert_path,
    )
