"""Comments in the native API and in Databricks' protocol. Those in the world are the administrator's."""

from functools import partial

from assent.access.policy.levels import Permission
from security import actors
from security.actors import Actor
from security.row import Row, anyone, on_the_model

_OF_VERSION = "/models/<name>/versions/<int:number>/comments"
_COMMENT = "/comments/<int:comment_id>"
_ID = {"comment_id": "{comment_id}"}
_of_version = partial(Row, "api", in_path={"name": "{model}", "number": "1"})
_comment = partial(Row, "api", in_path=_ID)
_databricks = partial(Row, "databricks")

_READING = on_the_model(Permission.MODEL_READ)
_WRITING = on_the_model(Permission.COMMENT_WRITE)
_MANAGING = on_the_model(Permission.MODEL_MANAGE)
_AUTHORS = (actors.ADMINISTRATOR, actors.AIMLESS, actors.ELSEWHERE, *actors.OF_A_SCOPE.values())


def _of_their_own(actor: Actor) -> int:
    """The author, with what lets comments through."""
    status = _WRITING(actor)
    return status if actor in _AUTHORS or status == 404 else 403


def _of_their_own_or_managed(actor: Actor) -> int:
    return _of_their_own(actor) if actor in _AUTHORS else _MANAGING(actor)


ROWS = (
    _of_version("POST", _OF_VERSION, _WRITING, {"text": "Why?"}),
    _of_version("GET", _OF_VERSION, _READING),
    _comment("PATCH", _COMMENT, _of_their_own, {"text": "Why not?", "revision": 1}),
    _comment("DELETE", _COMMENT, _of_their_own_or_managed),
    _comment("POST", f"{_COMMENT}/resolve", _WRITING),
    _comment("POST", f"{_COMMENT}/reopen", _WRITING),
    _comment("GET", f"{_COMMENT}/revisions", _READING),
    Row("api", "GET", "/mentions", anyone()),
    _databricks("POST", "/mlflow/comments/create", _WRITING, {"name": "{model}", "version": "1", "comment": "Why?"}),
    _databricks("PATCH", "/mlflow/comments/update", _of_their_own, {"id": "{comment}", "comment": "Why not?"}),
    _databricks("DELETE", "/mlflow/comments/delete", _of_their_own_or_managed, {"id": "{comment}"}),
)
