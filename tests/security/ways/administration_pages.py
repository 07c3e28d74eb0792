"""The pages of the administration: who could make somebody else of themselves, or more, by its forms."""

from functools import partial

from security.way import by_face

_form = partial(by_face("web"), "POST")
_USER = "/administration/users/<whole:name>"
_GROUP = "/administration/groups/<whole:name>"
_ME = {"kind": "user", "who": "{me}"}
_ALL = {**_ME, "level": "CAN_MANAGE"}
_PASSWORD = {"way": "typed", "password": "tall ships at dawn"}

WAYS = (
    _form("/administration/users", {"name": "page-{me}", "administrator": "true", **_PASSWORD}),
    _form("/administration/service-accounts", {"name": "page-bot-{me}"}),
    _form(f"{_USER}/rename", {"<name>": "{me}", "new_name": "x"}),
    _form(f"{_USER}/password", {"<name>": "bob", **_PASSWORD}),
    _form(f"{_USER}/administrator", {"<name>": "{me}", "administrator": "true"}),
    _form(f"{_USER}/disable", {"<name>": "bob"}),
    _form(f"{_USER}/enable", {"<name>": "bob"}),
    _form(f"{_USER}/tokens", {"<name>": "bob", "label": "a"}),
    _form(f"{_USER}/tokens/<int:number>/revoke", {"<name>": "bob", "<number>": "1"}),
    _form(f"{_USER}/sessions/<int:number>/end", {"<name>": "bob", "<number>": "1"}),
    _form(f"{_USER}/sessions/end", {"<name>": "bob"}),
    _form("/administration/groups", {"name": "page-of-{me}"}, {"name": "reviewers"}),
    _form(f"{_GROUP}/rename", {"<name>": "reviewers", "new_name": "page-of-{me}"}),
    _form(f"{_GROUP}/dissolve", {"<name>": "reviewers"}),
    _form(f"{_GROUP}/add", {"<name>": "reviewers", **_ME}),
    _form(f"{_GROUP}/remove", {"<name>": "reviewers", "kind": "user", "who": "bob"}),
    _form("/administration/grants", _ALL, {**_ALL, "pattern": "guarded-*"}),
    _form("/administration/grants/take", {"kind": "user", "who": "bob", "level": "CAN_MANAGE"}),
    _form(
        "/administration/publishers",
        {
            "name": "page-{me}",
            "issuer": "https://gitlab.com",
            "claims": "project_path=acme/fraud",
            "service_account": "bot",
            "pattern": "guarded-*",
            "scope_manage": "true",
        },
    ),
    _form("/administration/publishers/<int:number>/revoke", {"<number>": "1"}),
    _form(
        "/models/<name>/publishers",
        {
            "<name>": "{model}",
            "publisher": "page-of-{me}",
            "issuer": "https://gitlab.com",
            "claims": "project_path=acme/fraud",
            "service_account": "bot",
            "scope_manage": "true",
        },
    ),
    _form("/models/<name>/publishers/<int:number>/revoke", {"<name>": "{model}", "<number>": "1"}),
    _form("/models/<name>/access/give", {"<name>": "{model}", **_ALL}),
    _form("/models/<name>/access/take", {"<name>": "{model}", "kind": "user", "who": "bob"}),
    _form("/account/password", {"current_password": "wrong", "new_password": "tall ships at dawn"}),
    _form("/account/tokens", {"label": "a", "scope_manage": "true", "targets": "Production"}),
    _form("/account/delegations", {"delegate": "bob", "until": "{next_day}"}),
    _form("/account/delegations/<int:number>/revoke", {"<number>": "1"}),
)
