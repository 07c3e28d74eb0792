"""Models and versions that are edited, moved, deleted and restored."""

from functools import partial

from assent.access.policy.levels import Permission
from security.pages.seen import SEE, form, page
from security.row import Row, anyone, on_the_model

_MODEL = "/models/<name>"
_VERSION = f"{_MODEL}/versions/<int:number>"
_of_model = partial(form, in_path={"name": "{model}"})
_of_version = partial(form, in_path={"name": "{model}", "number": "1"})
_see_model = partial(page, in_path={"name": "{model}"})
_see_version = partial(page, in_path={"name": "{model}", "number": "1"})

_READ = on_the_model(Permission.MODEL_READ)
_EDIT = on_the_model(Permission.MODEL_EDIT, status=SEE)
_EDIT_VERSION = on_the_model(Permission.VERSION_EDIT, status=SEE)
_MANAGE = on_the_model(Permission.MODEL_MANAGE, status=SEE)
_ALIAS = on_the_model(Permission.ALIAS_SET, status=SEE)

ROWS: tuple[Row, ...] = (
    _see_model(f"{_MODEL}/edit", _READ),
    _of_model(f"{_MODEL}/edit", _EDIT, {"description": "Better.", "revision": "1"}),
    _of_model(f"{_MODEL}/tags/set", _EDIT, {"key": "k", "value": "v"}),
    _of_model(f"{_MODEL}/tags/delete", _EDIT, {"key": "k"}),
    _of_model(f"{_MODEL}/rename", _MANAGE, {"new_name": "{model}"}),
    _see_model(f"{_MODEL}/card", _READ),
    _of_model(f"{_MODEL}/card", on_the_model(Permission.CARD_WRITE, status=SEE), {"text": "# Use", "revision": "0"}),
    _see_model(f"{_MODEL}/delete", _READ),
    _of_model(f"{_MODEL}/delete", _MANAGE),
    _see_model(f"{_MODEL}/deleted-versions", _READ),
    _see_version(f"{_VERSION}/edit", _READ),
    _of_version(f"{_VERSION}/edit", _EDIT_VERSION, {"description": "Better.", "revision": "1"}),
    _of_version(f"{_VERSION}/tags/set", _EDIT_VERSION, {"key": "k", "value": "v"}),
    _of_version(f"{_VERSION}/tags/delete", _EDIT_VERSION, {"key": "k"}),
    _see_version(f"{_VERSION}/move", _READ, {"to": "Staging"}),
    _of_version(f"{_VERSION}/move", on_the_model(Permission.VERSION_MOVE, status=SEE), {"to": "Staging"}),
    _of_version(f"{_VERSION}/aliases/point", _ALIAS, {"alias": "blue"}),
    _of_version(f"{_VERSION}/aliases/remove", _ALIAS, {"alias": "champion"}),
    form(
        f"{_VERSION}/restore",
        on_the_model(Permission.VERSION_DELETE, status=SEE),
        in_path={"name": "{model}", "number": "2"},
    ),
    page(f"{_MODEL}/card/<int:revision>", anyone(404), in_path={"name": "{model}", "revision": "1"}),
    page("/deleted-models", anyone()),
    form("/deleted-models/<int:model_id>/restore", _MANAGE, in_path={"model_id": "{gone_id}"}),
)
