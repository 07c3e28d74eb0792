"""Delegations in the native API."""

from functools import partial

from security.actors import Actor
from security.row import Row, anyone

_row = partial(Row, "api")
# 2099: longer than anybody may be represented, which only those hear whose token has no limits.
NOBODY_FOR_EVER = {"delegate": "rita", "until": 4_070_908_800_000}


def _without_limits(actor: Actor) -> int:
    return 403 if actor.name.startswith(("scope-", "pattern-", "targets-")) else 400


def _administrators(actor: Actor) -> int:
    return 200 if actor.administers else 404


ROWS = (
    _row("POST", "/delegations", _without_limits, NOBODY_FOR_EVER),
    _row("GET", "/delegations", anyone()),
    # Of petra, to edith.
    _row("POST", "/delegations/<int:number>/revoke", _administrators, in_path={"number": "{delegation_id}"}),
)
