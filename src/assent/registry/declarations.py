"""A file that says who is in which group and who is granted what: planned, and made so in one transaction."""

from collections.abc import Iterator, Mapping

from sqlalchemy.orm import Session

from assent.access.declaring.declarations import declared as read
from assent.access.declaring.declared import (
    Change,
    Declared,
    Membership,
    Slot,
    State,
    Where,
    applied,
    circle,
    difference,
)
from assent.access.granting import grants
from assent.access.granting.grants import Grantee, Place
from assent.access.people import administrators, groups
from assent.access.policy.names import Who
from assent.access.policy.principals import Principal, authorize_administrator
from assent.kernel.dialects import Reader
from assent.kernel.errors import Fault, Faulty
from assent.registry.standing import standing, unknown


def plan(session: Reader, content: object, *, by: Principal) -> list[Change]:
    """What applying a file would change. Raises Denied, and Faulty with all that is wrong in the file."""
    authorize_administrator(by, kind="grant")
    changes, _ = _planned(session, read(content))
    return changes


def apply(session: Session, content: object, *, by: Principal) -> list[Change]:
    """Make it as a file says, and tell what was changed. Raises what `plan` does."""
    authorize_administrator(by, kind="grant")
    wanted = read(content)
    # One file after the other, or two at once would leave a mixture that neither says.
    administrators.hold(session)
    groups.hold_all(session)
    changes, models = _planned(session, wanted)
    applying = _Applying(session, models, by)
    for change in changes:
        applying.make(change)
    return changes


class _Applying:
    """Makes changes, and remembers the rows of those that they are about."""

    def __init__(self, session: Session, models: Mapping[str, int], by: Principal) -> None:
        self._session = session
        self._models = models
        self._by = by
        self._known: dict[Who, Grantee] = {}

    def make(self, change: Change) -> None:
        """Make one change."""
        match change.of:
            case Slot(where, who):
                self._grant(self._place(where), self._row(who), change)
            case Membership(group, member):
                make = groups.add if change.sign == "+" else groups.remove
                make(self._session, groups.named(self._session, group), self._row(member), by=self._by)
            case str() as name:
                groups.create(self._session, name, by=self._by)

    def _grant(self, place: Place, to: Grantee, change: Change) -> None:
        if change.level is not None:
            grants.put(self._session, to, change.level, on=place, by=self._by)
        elif change.before is not None:
            grants.withdraw(self._session, to, change.before, on=place, by=self._by)

    def _row(self, who: Who) -> Grantee:
        if who not in self._known:
            self._known[who] = grants.grantee(self._session, who.kind, who.name)
        return self._known[who]

    def _place(self, where: Where) -> Place:
        if where.kind == "model":
            return Place(self._models[where.name])
        return Place(pattern=where.name) if where.kind == "pattern" else Place()


def _planned(session: Reader, wanted: Declared) -> tuple[list[Change], Mapping[str, int]]:
    """The changes, and the ids of the models that the file names."""
    there = standing(session, wanted)
    changes = difference(wanted, there.state)
    faults = [*unknown(session, wanted, there), *_circles(wanted, applied(changes, there.state))]
    if faults:
        raise Faulty(faults)
    return changes, there.models


def _circles(wanted: Declared, after: State) -> Iterator[Fault]:
    found = circle(after.members | after.kept)
    named = [group for group in found if group in (wanted.groups or {})]
    if named:
        yield Fault(("groups", named[0]), f"A group cannot come to be in itself: {' > '.join(found)}.")
