"""Electronic signatures: a password given with the decision, or a sign-in that was a moment ago."""

from sqlalchemy import bindparam, select

from assent.access.credentials.tables import SignInSession
from assent.access.policy.principals import Principal
from assent.kernel.clock import now
from assent.kernel.dialects import Reader, table

PASSWORD = "password"  # noqa: S105 (the name of a way to sign)
SIGN_IN = "sign_in"
# How long a sign-in is fresh.
FRESH = 5 * 60_000

_SESSIONS = table(SignInSession)
_BEGAN_AT = select(_SESSIONS.c.created_at).where(_SESSIONS.c.id == bindparam("id"))


def signature_of(session: Reader, by: Principal, *, password_confirmed: bool) -> str:
    """How the caller signs what they decide; empty where they do not."""
    if password_confirmed:
        return PASSWORD
    began_at = session.scalar(_BEGAN_AT, {"id": by.session_id}) if by.session_id is not None else None
    return SIGN_IN if began_at is not None and now() - began_at <= FRESH else ""
