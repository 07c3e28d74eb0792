"""Checks: named results that CI posts for a version. The newest of each counts, and the ones before are kept.

What is posted may complete a request for the version or hold it up: `governance.noticing` looks at those, too.
"""

import math
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from assent.access.policy.levels import Permission
from assent.access.policy.principals import Principal, authorize
from assent.audit.actions import Action
from assent.audit.events import record
from assent.governance.evidence.tables import LONGEST_NAME, LONGEST_SUMMARY, LONGEST_URL, Check, CheckState
from assent.kernel.addresses import is_a_link
from assent.kernel.dialects import Reader, table
from assent.kernel.errors import Conflict, Invalid
from assent.kernel.orm import BIG
from assent.registry import models, reading, versions
from assent.registry.names import must_be_text
from assent.registry.views import ACCOUNTS, Version, later

MOST_METRICS = 1000
MOST_CHECKS = 500
LONGEST_METRIC = 250
LONGEST_PAGE = 1000

CHECKS = table(Check)


@dataclass(frozen=True, slots=True)
class Result:
    """What CI says of a version: which check, how it stands, in words, where more is told, and what was measured."""

    check: str
    state: CheckState
    summary: str = ""
    url: str = ""
    metrics: Mapping[str, float] = field(default_factory=dict)


class Posted(NamedTuple):
    """A result as it is kept. It counts until `valid_until`, and now where that is None. Milliseconds."""

    id: int
    version_id: int
    check: str
    state: CheckState
    summary: str
    url: str
    metrics: dict[str, float]
    posted_at: int
    posted_by_id: int
    posted_by: str
    valid_until: int | None


def post(session: Session, name: str, number: int, what: Result, *, by: Principal) -> Posted:
    """Let a result be what counts of a check, in the place of the one before; the same again is a new one.

    Raises Invalid, NotFound, Denied, and Conflict where a version has as many checks as it may have.
    """
    _must_be_a_result(what)
    # The model first, as everybody who changes what gates judge takes it.
    model = models.lock(session, name, by=by)
    authorize(by, Permission.CHECK_POST, on=name, granted=model.granted, version=number, check=what.check)
    version, _ = versions.lock(session, name, number, by=by)

    at = model.moment()
    before = session.execute(_END, {"version": version.id, "check": what.check, "at": at}).first()
    if before is None:
        _must_have_room(session, version)
    else:
        at = before.valid_until
    told: dict[str, Any] = {"state": what.state, "summary": what.summary, "url": what.url}
    told["metrics"] = dict(what.metrics)
    row = {"version_id": version.id, "name": what.check, **told, "posted_at": at, "posted_by_id": by.id}
    check_id = session.scalars(_INSERT, row).one()
    details = {"check": what.check, "check_id": check_id, "before": before and before.state, **told}
    record(session, Action.CHECK_POSTED, by=by, on=versions.subject(version), details=details, at=at)
    poster: dict[str, Any] = {"posted_at": at, "posted_by_id": by.id, "posted_by": by.name}
    return Posted(check_id, version.id, what.check, **told, **poster, valid_until=None)


def standing(session: Reader, version_id: int) -> list[Posted]:
    """The results that count for a version by the names of the checks, whoever asks."""
    return [posted(row) for row in session.execute(_STANDING, {"version": version_id})]


def standing_of_each(session: Reader, version_ids: Iterable[int]) -> dict[int, list[Posted]]:
    """The same of several versions, in one statement."""
    found: dict[int, list[Posted]] = {version_id: [] for version_id in version_ids}
    for row in session.execute(STANDING_OF_EACH, {"wanted": list(found)}):
        found[row.version_id].append(posted(row))
    return found


def tallies(session: Reader, version_ids: Collection[int]) -> dict[int, dict[CheckState, int]]:
    """How many checks of some versions stand how: those that count, whoever asks. One statement."""
    found: dict[int, dict[CheckState, int]] = defaultdict(dict)
    for version_id, state, count in session.execute(_TALLIES, {"versions": list(version_ids)}) if version_ids else ():
        found[version_id][state] = count
    return dict(found)


def listed(session: Reader, name: str, number: int, *, by: Principal) -> list[Posted]:
    """The same for whoever may read the model. Raises NotFound."""
    return standing(session, reading.version_numbered(session, name, number, by=by).id)


def history(
    session: Reader, name: str, number: int, *, by: Principal, check: str | None = None, after: int = 0
) -> list[Posted]:
    """All results of a version, or of one check of it, the oldest first: at most 1,000 after an id.

    Raises NotFound.
    """
    version_id = reading.version_numbered(session, name, number, by=by).id
    wanted = _POSTED.where(CHECKS.c.version_id == version_id, CHECKS.c.id > after)
    if check is not None:
        wanted = wanted.where(CHECKS.c.name == check)
    wanted = wanted.order_by(CHECKS.c.id).limit(LONGEST_PAGE)
    return [posted(row) for row in session.execute(wanted)]


def newest_results(session: Reader, version_id: int, *, most: int) -> list[Posted]:
    """The results of all checks of a version, the newest first. Access is the caller's to check."""
    wanted = _POSTED.where(CHECKS.c.version_id == version_id).order_by(CHECKS.c.id.desc())
    return [posted(row) for row in session.execute(wanted.limit(most))]


# Built once: building a statement costs more than running it.
_POSTED = select(
    CHECKS.c.id,
    CHECKS.c.version_id,
    CHECKS.c.name,
    CHECKS.c.state,
    CHECKS.c.summary,
    CHECKS.c.url,
    CHECKS.c.metrics,
    CHECKS.c.posted_at,
    CHECKS.c.posted_by_id,
    ACCOUNTS.c.name.label("posted_by"),
    CHECKS.c.valid_until,
).join_from(CHECKS, ACCOUNTS, ACCOUNTS.c.id == CHECKS.c.posted_by_id)
_COUNTS = (CHECKS.c.version_id == bindparam("version")) & CHECKS.c.valid_until.is_(None)
_STANDING = _POSTED.where(_COUNTS).order_by(CHECKS.c.name)
# Of those `wanted` by their ids: rows for `posted`.
STANDING_OF_EACH = _POSTED.where(
    CHECKS.c.version_id.in_(bindparam("wanted", expanding=True)), CHECKS.c.valid_until.is_(None)
).order_by(CHECKS.c.name)
_TALLIES = (
    select(CHECKS.c.version_id, CHECKS.c.state, func.count())
    .where(CHECKS.c.version_id.in_(bindparam("versions", expanding=True)), CHECKS.c.valid_until.is_(None))
    .group_by(CHECKS.c.version_id, CHECKS.c.state)
)
_HOW_MANY = select(func.count()).select_from(CHECKS).where(_COUNTS)
# Not before it began to count: the clocks of two servers differ, and history must not run backwards.
_END = (
    update(CHECKS)
    .where(_COUNTS, CHECKS.c.name == bindparam("check"))
    .values(valid_until=later(CHECKS.c.posted_at, bindparam("at", type_=BIG)))
    .returning(CHECKS.c.state, CHECKS.c.valid_until)
)
_INSERT = CHECKS.insert().returning(CHECKS.c.id)


def posted(row: Any) -> Posted:
    """A result from a row of these statements."""
    found = Posted._make(row)
    # PostgreSQL gives a large number back without its point.
    return found._replace(metrics={key: float(value) for key, value in sorted(found.metrics.items())})


def _must_have_room(session: Session, version: Version) -> None:
    if session.scalars(_HOW_MANY, {"version": version.id}).one() >= MOST_CHECKS:
        raise Conflict(f"Version {version.number} of {version.name} has {MOST_CHECKS} checks, and no room for more.")


def _must_be_a_result(what: Result) -> None:
    _must_be_a_name("A check's name", what.check, LONGEST_NAME)
    must_be_text("summary", what.summary, LONGEST_SUMMARY)
    must_be_text("url", what.url, LONGEST_URL)
    if what.url and not is_a_link(what.url):
        raise Invalid("url: Write an address such as https://ci.example.com/runs/17, with no credentials in it.")
    if len(what.metrics) > MOST_METRICS:
        raise Invalid(f"metrics: A result has {MOST_METRICS} metrics at most.")
    for key, value in what.metrics.items():
        _must_be_a_name("A metric's name", key, LONGEST_METRIC)
        if not math.isfinite(value):
            raise Invalid(f"metrics: {key} is no finite number.")


def _must_be_a_name(what: str, name: str, longest: int) -> None:
    if not name or name != name.strip() or len(name) > longest:
        raise Invalid(f"{what} has 1 to {longest} characters and no blank at either end.")
    if any(unicodedata.category(character).startswith("C") for character in name):
        raise Invalid(f"{what} holds no control characters.")
