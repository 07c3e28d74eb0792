"""The plug-in for MLflow: registry URIs `assent+http://` and `assent+https://`, which tell where versions come from.

It is a client. It needs what MLflow's client needs, and nothing of the server's.
"""

from typing import Any


def store(store_uri: str, tracking_uri: str) -> Any:
    """The registry at such a URI, as MLflow asks its plug-ins for it; runs are looked up in that tracking store."""
    # Not before it is asked for: MLflow loads this module in every process that has a registry, whichever it is.
    from assent.plugin.registry import TellingStore  # noqa: PLC0415 (see above)

    return TellingStore(store_uri.removeprefix("assent+"), tracking_uri)
