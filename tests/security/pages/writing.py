"""Forms that write on models, versions and comments. The comments of the world are the administrator's."""

from functools import partial

from assent.access.policy.levels import Permission
from security import actors
from security.actors import Actor
from security.pages.seen import SEE, form, page
from security.row import anyone, on_the_model

_OF_VERSION = "/models/<name>/versions/<int:number>/comments"
_OF_REQUEST = "/requests/<int:request_id>/comments"
_COMMENT = "/comments/<int:comment_id>"
_VERSION_1 = {"name": "{model}", "number": "1"}
_ASKED = {"request_id": "{request_id}"}
_ID = {"comment_id": "{comment_id}"}
_comment = partial(page, in_path=_ID)
_act = partial(form, in_path=_ID)

_READ = on_the_model(Permission.MODEL_READ)
_WRITE = on_the_model(Permission.COMMENT_WRITE, status=SEE)
_MANAGE = on_the_model(Permission.MODEL_MANAGE, status=SEE)
_WHY = {"text": "Why?"}


def _of_their_own(actor: Actor) -> int:
    return 403 if _READ(actor) != 404 and actor is not actors.ADMINISTRATOR else _WRITE(actor)


ROWS = (
    page(_OF_VERSION, _READ, in_path=_VERSION_1),
    form(_OF_VERSION, _WRITE, _WHY, in_path=_VERSION_1),
    page(_OF_REQUEST, _READ, in_path=_ASKED),
    form(_OF_REQUEST, _WRITE, _WHY, in_path=_ASKED),
    _comment(_COMMENT, _READ),
    _comment(f"{_COMMENT}/edit", _READ),
    _comment(f"{_COMMENT}/texts", _READ),
    _act(f"{_COMMENT}/reply", _WRITE, _WHY),
    _act(f"{_COMMENT}/edit", _of_their_own, {"text": "Why not?", "revision": "1"}),
    _act(f"{_COMMENT}/delete", _MANAGE),
    _act(f"{_COMMENT}/resolve", _WRITE),
    _act(f"{_COMMENT}/reopen", _WRITE),
    page("/mentions", anyone()),
    form("/preview", anyone(), _WHY),
)
