"""`assent tokens exchange`: a CI job's own token for one of the registry's, which is all that the job needs."""

import json
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import click

from assent.access.policy.levels import Scope
from assent.cli.remote import Failure, Mistake, Refusal, Unreachable, address, cause

_SECONDS = 60
# Where a job finds its token: GitLab puts it there, and GitHub tells there whom to ask for it.
_GIVEN = "ASSENT_ID_TOKEN"
_GITHUB = "ACTIONS_ID_TOKEN_REQUEST_URL"
# OAuth's words for who is not let in, or may not have what they ask for.
_REFUSED = ("invalid_grant", "invalid_client", "invalid_scope")


@click.command("exchange")
@click.option("--audience", help="For whom to ask GitHub for a token; left out, whom the registry says.")
@click.option("--as", "client_id", help="The service account to act as, or a trusted publisher, where several fit.")
@click.option(
    "--scope", multiple=True, type=click.Choice([scope.value for scope in Scope]), help="No more than these."
)
@click.option("--stdin", is_flag=True, help="Read the job's token from standard input.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def exchange(audience: str | None, client_id: str | None, scope: tuple[str, ...], stdin: bool, as_json: bool) -> None:
    """Exchange a CI job's own token for one of the registry that ASSENT_URL names, and print that.

    The job's token is read from standard input, or from ASSENT_ID_TOKEN, as GitLab may set it; or GitHub is asked
    for it, where the job has the permission `id-token: write`.
    """
    url = address()
    token = sys.stdin.read().strip() if stdin else _of_the_environment(os.environ, audience, url)
    if not token:
        raise Mistake("There is no token to exchange.")
    got = _exchanged(url, token, client_id=client_id, scope=" ".join(scope))
    click.echo(json.dumps(got, indent=2) if as_json else got["access_token"])


class Renewal:
    """Further tokens for a job whose own has ended, as far as its CI gives any.

    GitHub gives as many as the job asks for; GitLab one for each variable that the job names: after the first those
    that begin with ASSENT_ID_TOKEN_ are tried, by their names.
    """

    def __init__(self, environment: Mapping[str, str], url: str, client_id: str | None) -> None:
        self._environment = environment
        self._url = url
        self._client_id = client_id
        self._further = sorted(name for name in environment if name.startswith(f"{_GIVEN}_"))

    def __call__(self) -> str | None:
        """A token of the registry, or None where there is no more to exchange. Raises Failure."""
        if self._environment.get(_GITHUB):
            return self._exchanged(_of_github(self._environment, None, self._url))
        while self._further:
            with suppress(Refusal):
                return self._exchanged(self._environment[self._further.pop(0)].strip())
        return None

    def _exchanged(self, token: str) -> str:
        return str(_exchanged(self._url, token, client_id=self._client_id)["access_token"])


def _exchanged(url: str, token: str, **wanted: str | None) -> dict[str, Any]:
    form = {
        "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
        "subject_token": token,
        "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
        **{name: value for name, value in wanted.items() if value},
    }
    return _answer("POST", f"{url}/oidc/v1/token", data=form)


def _of_the_environment(environment: Mapping[str, str], audience: str | None, url: str) -> str:
    return environment.get(_GIVEN, "").strip() or _of_github(environment, audience, url)


def _of_github(environment: Mapping[str, str], audience: str | None, url: str) -> str:
    asked, shown = (environment.get(name) for name in (_GITHUB, "ACTIONS_ID_TOKEN_REQUEST_TOKEN"))
    if not asked or not shown:
        raise Mistake(
            "There is no job's token: set ASSENT_ID_TOKEN, say --stdin, or let the job of GitHub Actions have the "
            "permission `id-token: write`."
        )
    headers = {"Authorization": f"Bearer {shown}"}
    got = _answer("GET", asked, params={"audience": audience or _audience(url)}, headers=headers)
    return str(got.get("value", ""))


def _audience(url: str) -> str:
    """For whom the registry wants tokens to be meant."""
    told = _answer("GET", f"{url}/.well-known/databricks-config")
    for audience in told.get("token_federation_default_oidc_audiences") or ():
        return str(audience)
    raise Mistake(f"{url} does not tell for whom tokens must be meant; say --audience.")


def _answer(method: str, url: str, **how: Any) -> dict[str, Any]:
    import requests

    server = url.partition("?")[0]
    try:
        # Without the function requests would send what a .netrc holds.
        given = requests.request(method, url, timeout=_SECONDS, auth=lambda request: request, **how)
        told = given.json()
    except requests.JSONDecodeError:
        raise Failure(f"{server} answers {given.status_code}, and no JSON.") from None
    except requests.RequestException as problem:
        raise Unreachable(f"{server} cannot be reached: {cause(problem)}") from None
    if given.ok and isinstance(told, dict):
        return told
    told = told if isinstance(told, dict) else {}
    is_refused = told.get("error") in _REFUSED or given.status_code in (401, 403)
    kind = Refusal if is_refused else Unreachable if given.status_code == 503 else Mistake
    raise kind(str(told.get("error_description", f"{server} answers {given.status_code}.")))
