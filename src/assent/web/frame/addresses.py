"""Where the pages are that others lead to."""

from flask import url_for


def of_model(name: str) -> str:
    """The page of a model."""
    return url_for("web.model_page_get", name=name)


def of_version(name: str, number: int) -> str:
    """The page of a version."""
    return url_for("web.version_page_get", name=name, number=number)


def of_request(request_id: int) -> str:
    """The page of a transition request."""
    return url_for("web.request_page_get", request_id=request_id)
