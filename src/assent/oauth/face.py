"""The face itself: where its calls are found, how they take their input, and what they need to do their work."""

from dataclasses import dataclass

from flask import current_app, request

from assent.access.signing_in.sign_in import SignIn
from assent.http.assertions import Assertions
from assent.http.calls import Face
from assent.oauth.errors import OAuthError, tell, tell_status
from assent.oauth.inputs import load

ENDPOINT = "/oidc"
TOKEN = f"{ENDPOINT}/v1/token"

oauth = Face("oauth", ("",), load, tell, tell_status, OAuthError(), only_below=(f"{ENDPOINT}/", "/.well-known/"))


@dataclass(frozen=True)
class Exchanges:
    """By what tokens are exchanged: whose are believed, and for whom they must be meant."""

    sign_in: SignIn
    assertions: Assertions
    public_url: str | None = None
    named_audiences: frozenset[str] = frozenset()

    @property
    def url(self) -> str:
        """Where the server is reached: as the setting says, or as whoever asks has found it."""
        return self.public_url or request.host_url.rstrip("/")

    @property
    def audiences(self) -> list[str]:
        """For whom tokens must be meant, the preferred one first.

        Never what a request calls the server: whoever was given a token for another could call us by its name.
        """
        if self.named_audiences:
            return sorted(self.named_audiences)
        return [self.public_url, self.public_url + TOKEN] if self.public_url else []


def exchanges() -> Exchanges:
    """Those of the running application."""
    found: Exchanges = current_app.config["EXCHANGES"]
    return found
