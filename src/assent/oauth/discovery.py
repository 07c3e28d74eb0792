"""Where clients find out how to get a token."""

from flask import Response

from assent.access.policy.levels import Scope
from assent.http.calls import Uses, json_response
from assent.oauth import schemas as s
from assent.oauth.face import ENDPOINT, TOKEN, exchanges, oauth

# There is one workspace; clients take its id for a number, and one that is not told for an account without any.
_WORKSPACE = "1"


@oauth.call(
    "GET", "/.well-known/databricks-config", gives=s.DatabricksConfig(), uses=Uses.NOTHING, needs_credentials=False
)
def read_databricks_config() -> Response:
    """Tell Databricks' clients where to exchange tokens, and for whom the tokens of a CI have to be meant."""
    ours = exchanges()
    return _uncached(
        {
            "oidc_endpoint": ours.url + ENDPOINT,
            "workspace_id": _WORKSPACE,
            "token_federation_default_oidc_audiences": ours.audiences,
        }
    )


@oauth.call(
    "GET",
    f"{ENDPOINT}/.well-known/oauth-authorization-server",
    gives=s.AuthorizationServer(),
    uses=Uses.NOTHING,
    needs_credentials=False,
)
def read_authorization_server() -> Response:
    """Tell where tokens are got and how.

    Clients demand an authorization_endpoint; there is nothing at the one that is told.
    """
    url = exchanges().url
    return _uncached(
        {
            "issuer": url + ENDPOINT,
            "authorization_endpoint": f"{url}{ENDPOINT}/v1/authorize",
            "token_endpoint": url + TOKEN,
            "response_types_supported": [],
            "grant_types_supported": [s.TOKEN_EXCHANGE, s.CLIENT_CREDENTIALS],
            "token_endpoint_auth_methods_supported": ["none", "client_secret_basic", "client_secret_post"],
            "scopes_supported": [s.ALL, *Scope],
        }
    )


def _uncached(answer: object) -> Response:
    told = json_response(answer)
    # It names the server as whoever asks has found it, which is not for others to read.
    told.headers["Cache-Control"] = "no-store"
    return told
