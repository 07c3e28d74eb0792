"""Users, service accounts, groups and who is in them, in the native API."""

from functools import partial

from security.row import Row, administrators, anyone, overseers

_row = partial(Row, "api", expects=administrators())
_user = partial(_row, in_path={"name": "{user}"})
_bot = partial(_row, in_path={"name": "{bot}"})
_group = partial(_row, in_path={"name": "{group}"})

MEMBER = {"group": "{group}", "kind": "user", "name": "{user}"}

ROWS = (
    _row("GET", "/users", expects=overseers()),
    _row("POST", "/users", fields={"name": "{new}"}),
    _user("GET", "/users/<whole:name>", expects=overseers()),
    _user("PATCH", "/users/<whole:name>", fields={"disabled": True}),
    _row("GET", "/service-accounts", expects=overseers()),
    _row("POST", "/service-accounts", fields={"name": "{new}"}),
    _bot("GET", "/service-accounts/<whole:name>", expects=overseers()),
    _bot("PATCH", "/service-accounts/<whole:name>", fields={"disabled": True}),
    # They all show tokens, and none of them the current password.
    Row("api", "POST", "/me/password", anyone(403), {"current": "not this one", "password": "tall ships at dawn"}),
    _row("GET", "/groups", expects=overseers()),
    _row("POST", "/groups", fields={"name": "{new}"}),
    _group("GET", "/groups/<whole:name>", expects=overseers()),
    _group("PATCH", "/groups/<whole:name>", fields={"name": "{new}"}),
    _group("DELETE", "/groups/<whole:name>"),
    _row("GET", "/memberships", fields={"group": "{group}"}, expects=overseers()),
    _row("POST", "/memberships", fields=MEMBER),
    _row("DELETE", "/memberships", fields=MEMBER),
)
