"""The exchange of tokens, and where to find it: whoever comes there has nothing yet."""

from functools import partial

from security.row import Row, anyone

_row = partial(Row, "oauth")

NO_TOKEN = {
    "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
    "subject_token": "no token",
    "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
}

ROWS = (
    _row("POST", "/oidc/v1/token", anyone(400), NO_TOKEN, unknown=400, as_form=True),
    _row("GET", "/.well-known/databricks-config", anyone(), unknown=200),
    _row("GET", "/oidc/.well-known/oauth-authorization-server", anyone(), unknown=200),
)
