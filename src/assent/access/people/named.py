"""Which of some names of people there are."""

from collections.abc import Iterable

from sqlalchemy import select

from assent.access.people.accounts import ACCOUNTS
from assent.access.people.groups import GROUPS
from assent.access.policy.names import Who
from assent.kernel.dialects import Reader
from assent.kernel.parts import in_parts


def there(session: Reader, whom: Iterable[Who]) -> set[Who]:
    """Those users, service accounts and groups that there are."""
    wanted = set(whom)
    found: set[Who] = set()
    for part in in_parts({who.name for who in wanted if who.kind != "group"}):
        rows = session.execute(select(ACCOUNTS.c.kind, ACCOUNTS.c.name).where(ACCOUNTS.c.name.in_(part)))
        found |= {Who(row.kind.value, row.name) for row in rows}
    for part in in_parts({who.name for who in wanted if who.kind == "group"}):
        live = select(GROUPS.c.name).where(GROUPS.c.name.in_(part), GROUPS.c.deleted_at.is_(None))
        found |= {Who("group", row.name) for row in session.execute(live)}
    return found & wanted


def nobody(who: Who) -> str:
    """What is said of somebody who is named and not there."""
    return f"There is no {who.kind.replace('_', ' ')} {who.name}: create it first, or name one that there is."
