"""When an account last showed what lets it in: a token or a session of its own."""

from sqlalchemy import func, select, union_all

from assent.access.credentials.tables import SignInSession, Token
from assent.access.policy.principals import Principal, authorize_overseer
from assent.kernel.dialects import Reader, table

_T = table(Token).c
_S = table(SignInSession).c


def of(session: Reader, account_id: int, *, by: Principal) -> int | None:
    """The moment, to the minute, if there was one: one's own or, for who oversees, anybody's. Raises Denied."""
    if account_id != by.id:
        authorize_overseer(by)
    uses = union_all(
        select(func.max(_T.last_used_at).label("at")).where(_T.principal_id == account_id),
        select(func.max(_S.last_used_at)).where(_S.principal_id == account_id),
    ).subquery()
    found: int | None = session.scalar(select(func.max(uses.c.at)))
    return found
