"""Models and versions."""

from assent.access.policy.levels import Permission
from security.pages.seen import SEE, form, page
from security.row import Row, anyone, on_the_model

_READ = on_the_model(Permission.MODEL_READ)

_MODEL = "/models/<name>"
_OURS = {"name": "{model}", "number": "1"}
_SOMEBODY = {"kind": "user", "who": "{user}"}
_LEVEL = {**_SOMEBODY, "level": "CAN_READ"}
_PUBLISHER = {
    "publisher": "{new}",
    "issuer": "https://token.actions.githubusercontent.com",
    "claims": "repository=acme/fraud",
    "service_account": "{bot}",
    "scope_read": "true",
}
_VERSION = f"{_MODEL}/versions/<int:number>"

ROWS: tuple[Row, ...] = (
    page("/models", anyone()),
    *(page(f"{_MODEL}{tab}", _READ, in_path=_OURS) for tab in ("", "/versions", "/activity", "/access", "/gates")),
    *(page(f"{_VERSION}{tab}", _READ, in_path=_OURS) for tab in ("", "/origin", "/history", "/story")),
    form(f"{_MODEL}/access/give", on_the_model(Permission.MODEL_GRANT, status=SEE), _LEVEL, in_path=_OURS),
    form(f"{_MODEL}/access/take", on_the_model(Permission.MODEL_GRANT, status=SEE), _SOMEBODY, in_path=_OURS),
    form(f"{_MODEL}/publishers", on_the_model(Permission.MODEL_GRANT, status=SEE), _PUBLISHER, in_path=_OURS),
    form(
        f"{_MODEL}/publishers/<int:number>/revoke",
        on_the_model(Permission.MODEL_GRANT, status=SEE),
        in_path={"name": "{model}", "number": "{publisher_id}"},
    ),
    page("/compare", _READ, {"version": ["{model}/1", "{model}/3"]}),
)
