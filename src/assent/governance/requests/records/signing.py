"""Electronic signatures: a password given with the decision, or a sign-in that was a moment ago."""

from assent.access.policy.principals import Principal
from assent.kernel.clock import now

PASSWORD = "password"  # noqa: S105 (the name of a way to sign)
SIGN_IN = "sign_in"
# How long a sign-in is fresh.
FRESH = 5 * 60_000


def signature_of(by: Principal, *, password_confirmed: bool) -> str:
    """How the caller signs what they decide; empty where they do not."""
    if password_confirmed:
        return PASSWORD
    return SIGN_IN if by.signed_in_at is not None and now() - by.signed_in_at <= FRESH else ""
