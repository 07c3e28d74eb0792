"""Users, groups, tokens and what is granted by name: who could make somebody else of themselves, or more."""

from security.way import Reason, beside, by_face

_api, _mlflow = by_face("api"), by_face("mlflow")

_ME = {"kind": "user", "name": "{me}"}
_REVIEWER = {"group": "reviewers", **_ME}
_ALL = {**_ME, "level": "CAN_MANAGE"}
_PUBLISHER = {
    "name": "p-{me}",
    "issuer": "https://gitlab.com",
    "claims": {"project_path": "acme/fraud"},
    "service_account": "bot",
    "scopes": ["manage"],
}
_FILE = {
    "file": {
        "groups": [{"name": "reviewers", "members": ["user:{me}"]}],
        "grants": {"registry": [{"user": "{me}", "level": "CAN_MANAGE"}]},
    }
}
_PASSWORD = "tall ships at dawn"

WAYS = (
    _api("POST", "/users", {"name": "second-{me}", "password": _PASSWORD, "administrator": True}),
    _api(
        "PATCH", "/users/<whole:name>", {"<name>": "{me}", "administrator": True}, {"<name>": "{me}", "new_name": "x"}
    ),
    _api("POST", "/service-accounts", {"name": "bot-of-{me}"}),
    _api("PATCH", "/service-accounts/<whole:name>", {"<name>": "{me}", "new_name": "bob"}),
    _api("POST", "/me/password", {"current": "wrong", "password": _PASSWORD}),
    beside("api", "POST", "/grants/plan", Reason.READS),
    _api("POST", "/grants/apply", _FILE),
    _api("PUT", "/grants", _ALL, {**_ALL, "pattern": "guarded-*"}),
    _api("DELETE", "/grants", {"kind": "user", "name": "bob"}),
    _api("POST", "/groups", {"name": "of-{me}"}, {"name": "reviewers"}),
    _api("PATCH", "/groups/<whole:name>", {"<name>": "reviewers", "new_name": "of-{me}"}),
    _api("DELETE", "/groups/<whole:name>", {"<name>": "reviewers"}),
    _api("POST", "/memberships", _REVIEWER),
    _api("DELETE", "/memberships", {"group": "reviewers", "kind": "user", "name": "bob"}),
    _api("POST", "/publishers", {**_PUBLISHER, "pattern": "guarded-*"}),
    _api("DELETE", "/publishers/<int:number>", {"<number>": "1"}),
    _api("POST", "/models/<name>/publishers", {"<name>": "{model}", **_PUBLISHER}),
    _api("DELETE", "/models/<name>/publishers/<int:number>", {"<name>": "{model}", "<number>": "1"}),
    _api("DELETE", "/sessions/<int:number>", {"<number>": "1"}),
    _api("DELETE", "/sessions", {"account": "bob"}),
    _api(
        *("POST", "/tokens"),
        {"label": "a", "scopes": ["manage"], "targets": ["Production", "@champion", "Staging"]},
        {"label": "b", "for": "bob"},
    ),
    _api("DELETE", "/tokens/<int:number>", {"<number>": "1"}),
    _mlflow("POST", "/users/create", {"username": "third-{me}", "password": _PASSWORD}),
    _mlflow("PATCH", "/users/update-password", {"username": "bob", "password": _PASSWORD}),
    _mlflow("PATCH", "/users/update-admin", {"username": "{me}", "is_admin": True}),
    _mlflow("DELETE", "/users/delete", {"username": "bob"}),
    beside("oauth", "POST", "/oidc/v1/token", Reason.SIGNS_IN),
)
