"""People, groups and what is granted to them: administrators change it, auditors see it."""

from functools import partial

from security.actors import Actor
from security.pages.seen import SEE, form, page
from security.row import administrators, anyone, overseers

_USER = "/administration/users/<whole:name>"
_GROUP = "/administration/groups/<whole:name>"
_user = partial(form, expects=administrators(SEE), in_path={"name": "{user}"})
_group = partial(form, expects=administrators(SEE), in_path={"name": "{group}"})
_MEMBER = {"kind": "user", "who": "{user}"}
_PUBLISHER = {
    "name": "{new}",
    "issuer": "https://token.actions.githubusercontent.com",
    "claims": "repository=acme/fraud",
    "service_account": "{bot}",
    "scope_read": "true",
    "pattern": "{model}",
}


def _administrators_or_whose_it_is(actor: Actor) -> int:
    return SEE if actor.administers else 404


ROWS = (
    page("/administration/users", overseers()),
    form("/administration/users", administrators(SEE), {"name": "{new}", "way": "none"}),
    page(_USER, overseers(), in_path={"name": "{user}"}),
    _user(f"{_USER}/rename", fields={"new_name": "{new}"}),
    _user(f"{_USER}/password", fields={"way": "generated"}, expects=administrators()),
    _user(f"{_USER}/administrator", fields={"administrator": "true"}),
    _user(f"{_USER}/disable"),
    _user(f"{_USER}/enable"),
    _user(f"{_USER}/tokens", expects=administrators()),
    _user(f"{_USER}/tokens/<int:number>/revoke", in_path={"name": "{user}", "number": "{token_id}"}),
    _user(f"{_USER}/sessions/<int:number>/end", in_path={"name": "{user}", "number": "{session_id}"}),
    _user(f"{_USER}/sessions/end"),
    page("/administration/service-accounts", overseers()),
    form("/administration/service-accounts", administrators(SEE), {"name": "{new}"}),
    page("/administration/service-accounts/<whole:name>", overseers(), in_path={"name": "{bot}"}),
    page("/administration/groups", overseers()),
    form("/administration/groups", administrators(SEE), {"name": "{new}"}),
    page(_GROUP, overseers(), in_path={"name": "{group}"}),
    _group(f"{_GROUP}/rename", fields={"new_name": "{new}"}),
    _group(f"{_GROUP}/dissolve"),
    _group(f"{_GROUP}/add", fields=_MEMBER),
    _group(f"{_GROUP}/remove", fields=_MEMBER),
    page("/administration/grants", overseers()),
    form("/administration/grants", administrators(SEE), {**_MEMBER, "level": "CAN_READ"}),
    form("/administration/grants/take", administrators(SEE), {**_MEMBER, "level": "CAN_READ"}),
    page("/administration/publishers", overseers()),
    form("/administration/publishers", administrators(SEE), _PUBLISHER),
    page("/administration/publishers/<int:number>", overseers(), in_path={"number": "{publisher_id}"}),
    form(
        "/administration/publishers/<int:number>/revoke",
        administrators(SEE),
        in_path={"number": "{publisher_id}"},
    ),
    form("/account/password", anyone(403), {"current_password": "wrong", "new_password": "tall ships at dawn"}),
    form("/account/tokens", anyone()),
    form("/account/delegations", anyone(400), {"delegate": "rita", "until": "2099-01-01"}),
    form(
        "/account/delegations/<int:number>/revoke",
        _administrators_or_whose_it_is,
        in_path={"number": "{delegation_id}"},
    ),
)
