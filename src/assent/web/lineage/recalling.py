"""The page about recalls: those that stand, what each of them reaches; and the forms to recall and to lift."""

from flask import Response, flash, url_for
from sqlalchemy.orm import Session

from assent.access.policy.principals import Principal
from assent.http.calls import Uses
from assent.http.problems import status_of
from assent.kernel.dialects import Reader
from assent.kernel.errors import AssentError, Invalid, NotFound
from assent.lineage.graph import questions, recallers, recalls, touching
from assent.lineage.graph.questions import Reach
from assent.lineage.graph.tables import LONGEST_REASON
from assent.web.frame.cutting import cut
from assent.web.frame.face import web
from assent.web.frame.pages import page, see
from assent.web.frame.refusals import sent_from, typed
from assent.web.lineage import around, schemas
from assent.web.lineage.naming import meant

HERE = "/recalls"
_ON_A_PAGE = 20
_MOST_VERSIONS = 50


@web.call("GET", HERE, takes=schemas.WhichRecalls(), uses=Uses.READS)
def recalls_page(session: Reader, of: str, lifted: bool, before: int | None, *, by: Principal) -> Response:
    """Show recalls, or what another one would reach."""
    what = meant(of or typed(HERE, "of"))
    if what:
        return _preview(session, what, by)
    return _listed(session, by, lifted=lifted, before=before)


@web.call("POST", HERE, takes=schemas.NewRecall())
@sent_from(recalls_page)
def recall_node(session: Session, of: str, reason: str, *, by: Principal) -> Response:
    """Recall something: whatever descends from it is quarantined."""
    recalls.flag(session, of, reason, by=by)
    flash(f"{of} is recalled. Every version that descends from it is quarantined.")
    return see(url_for("web.recalls_page_get"))


@web.call("POST", f"{HERE}/<int:recall_id>/lift", takes=schemas.Why())
@sent_from(recalls_page)
def lift_recall(session: Session, recall_id: int, reason: str, *, by: Principal) -> Response:
    """Lift a recall."""
    recalls.lift(session, recall_id, reason, by=by)
    flash("The recall is lifted. What else is recalled stays so.")
    return see(url_for("web.recalls_page_get"))


def _listed(session: Reader, by: Principal, *, lifted: bool, before: int | None) -> Response:
    found = recalls.listed(session, by=by, lifted=lifted, before=before, most=_ON_A_PAGE + 1)
    shown, last = cut(found, _ON_A_PAGE)
    standing = [each.id for each in shown if each.lifted_at is None]
    return page(
        "lineage/recalls.html",
        recalls=shown,
        nodes=around.named(session, {each.node for each in shown}, by=by),
        touched=touching.touched(session, standing, by=by),
        why_not=recallers.why_not_lift(session, standing, by=by),
        lifted=lifted,
        before=last.id if last else None,
        longest=LONGEST_REASON,
    )


def _preview(session: Reader, what: str, by: Principal) -> Response:
    """What a recall would reach, and the form for it."""
    try:
        why_not = recallers.why_not_flag(session, what, by=by)
        reach = _reach(session, what, by, is_entitled=not why_not)
    except (NotFound, Invalid) as problem:
        return _previewed(what, "", None, problem)
    return _previewed(what, why_not, reach)


def _reach(session: Reader, what: str, by: Principal, *, is_entitled: bool) -> Reach | None:
    """What a recall would reach; None of what is not known yet, and may be recalled before anybody uses it."""
    try:
        return questions.reach(session, what, by=by)
    except NotFound:
        if not is_entitled:
            raise
        return None


def _previewed(what: str, why_not: str, reach: Reach | None, problem: AssentError | None = None) -> Response:
    status = status_of(problem) if problem else 200
    return page(
        "lineage/recall.html",
        status,
        what=what,
        why_not=why_not,
        reach=reach,
        problem=problem.message if problem else "",
        most=_MOST_VERSIONS,
        lineage=around.lineage_address(what),
        version_address=around.version_address,
        longest=LONGEST_REASON,
    )
