"""The pages: what their forms lead to."""

from security.way import Reason, beside

_FORMS = (
    "/sign-in",
    "/sign-out",
    "/account/sessions/<int:number>/end",
    "/account/sessions/end-others",
    "/account/tokens/<int:number>/revoke",
)

WAYS = tuple(beside("web", "POST", path, Reason.SIGNS_IN) for path in _FORMS)
