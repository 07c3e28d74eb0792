"""Models and versions that are edited, moved, deleted and restored in the pages."""

from functools import partial

from assent.audit.actions import Action
from security.way import by_face

_form = partial(by_face("web"), "POST")
_M, _V = "/models/<name>", "/models/<name>/versions/<int:number>"
_MODEL, _VERSION = {"<name>": "{model}"}, {"<name>": "{model}", "<number>": "1"}
WAYS = (
    _form(f"{_M}/edit", {**_MODEL, "description": "x", "revision": "1"}),
    _form(f"{_M}/card", {**_MODEL, "text": "x", "revision": "0"}),
    _form(
        f"{_M}/rename",
        {**_MODEL, "new_name": "{free}"},
        told_by=Action.MODEL_RENAMED,
    ),
    _form(f"{_M}/tags/set", {**_MODEL, "key": "tier", "value": "low"}, told_by=Action.MODEL_TAG_SET),
    _form(f"{_M}/tags/delete", {**_MODEL, "key": "tier"}, told_by=Action.MODEL_TAG_DELETED),
    _form(f"{_M}/delete", {**_MODEL, "comment": "x"}),
    _form(f"{_V}/edit", {**_VERSION, "description": "x", "revision": "1"}),
    _form(f"{_V}/tags/set", {**_VERSION, "key": "k", "value": "v"}),
    _form(f"{_V}/tags/delete", {**_VERSION, "key": "k"}),
    _form(f"{_V}/aliases/point", {**_VERSION, "alias": "champion"}),
    _form(f"{_V}/aliases/remove", {**_VERSION, "alias": "champion"}),
    _form(
        f"{_V}/move",
        {**_VERSION, "to": "Production"},
        {**_VERSION, "to": "Production", "archive_existing": "true"},
        {**_VERSION, "to": "@champion"},
        {**_VERSION, "to": "deletion"},
    ),
    _form(f"{_V}/restore", {"<name>": "{model}", "<number>": "2"}),
    _form(
        "/deleted-models/<int:model_id>/restore",
        {"<model_id>": "{gone_id}", "new_name": "{free}"},
        {"<model_id>": "{gone_id}"},
        told_by=Action.MODEL_RESTORED,
    ),
)
