"""Where the pages are that others lead to."""

from urllib.parse import quote


def of_model(name: str) -> str:
    """The page of a model."""
    return f"/models/{quote(name, safe='')}"


def of_version(name: str, number: int) -> str:
    """The page of a version."""
    return f"{of_model(name)}/versions/{number}"


def of_request(request_id: int) -> str:
    """The page of a transition request."""
    return f"/requests/{request_id}"
