"""What goes on around a model: its activity, who may do what with it, and the rules for it."""

from flask import Response, current_app

from assent.access.policy.levels import LEVELS, Level, Permission
from assent.access.policy.principals import Principal
from assent.audit.queries import Asked, Cut, Order, Position
from assent.governance import targets
from assent.governance.requests.evaluation import moving
from assent.governance.requests.viewing import explaining
from assent.governance.requests.viewing.explaining import Explained
from assent.governance.rules import queries
from assent.http.calls import Uses
from assent.http.renames import follows_renames
from assent.kernel import yaml_texts
from assent.kernel.dialects import Reader
from assent.kernel.errors import AssentError, Denied
from assent.lineage.telling import of_model
from assent.registry import permissions, publishing, reading, trail
from assent.registry.permissions import Explanation, Managed
from assent.registry.rights import Rights
from assent.web.frame.face import web
from assent.web.frame.pages import page
from assent.web.models import asked as a
from assent.web.models.model import HERE, stages_of

PAGE = 100
# The others are granted by names alone.
_GRANTABLE = [
    (each.value, each.value) for each in Level if each not in (Level.CAN_AUDIT, Level.CAN_CREATE_REGISTERED_MODEL)
]


@web.call("GET", f"{HERE}/activity", takes=a.WhichEvents(), uses=Uses.READS)
@follows_renames
def model_activity_page(session: Reader, name: str, *, after: str, by: Principal) -> Response:
    """Tell what happened to a model and its versions, the newest first."""
    model = permissions.named(session, name, by=by)
    cut = Cut(Order.NEWEST, Position.read(after) if after else None)
    question = trail.question(session, Asked(model_id=model.id), by=by)
    found = trail.page(session, question, cut, size=PAGE, by=by)
    return page(
        "models/activity.html",
        model=model,
        events=[(event, of_model.phrase(event)) for event in found.events],
        next=found.next,
        is_first=not after,
    )


@web.call("GET", f"{HERE}/access", takes=a.WhoseAccess(), uses=Uses.READS)
@follows_renames
def model_access_page(session: Reader, name: str, *, kind: str, who: str, by: Principal) -> Response:
    """Show who may do what with a model, and why, as far as somebody may see that."""
    model = permissions.named(session, name, by=by)
    grants, publishers, why_not, problem = [], [], "", ""
    explained: Explanation | None = None
    try:
        grants = permissions.listed(session, model, by=by)
        publishers = publishing.of_model(session, model, by=by)
    except Denied as refused:
        why_not = refused.message
    try:
        explained = _explained(session, model, kind, who.strip(), by)
    except AssentError as refused:
        problem = refused.message
    return page(
        "models/access.html",
        400 if problem else 200,
        model=model,
        grants=grants,
        publishers=publishers,
        issuers=sorted(current_app.config["PUBLISHER_ISSUERS"]),
        why_not=why_not,
        problem=problem,
        explained=explained,
        default=_default(),
        levels=LEVELS,
        why_no_grant=Rights(by, model.name, model.granted).why_not(Permission.MODEL_GRANT),
        grantable=_GRANTABLE,
        kind=kind,
        who=who,
    )


def _explained(session: Reader, model: Managed, kind: str, who: str, by: Principal) -> Explanation:
    of = permissions.asked_about(session, model, kind if who else None, who or None, by=by)
    return permissions.explain(session, model, of, default=_default(), by=by)


def _default() -> Level:
    level: Level = current_app.config["DEFAULT_LEVEL"]
    return level


@web.call("GET", f"{HERE}/gates", takes=a.WhichMove(), uses=Uses.READS)
@follows_renames
def model_gates_page(session: Reader, name: str, *, version: str, to: str, by: Principal) -> Response:
    """Show the rules for a model, and what a move of a version that somebody names would take."""
    model = reading.model(session, name, by=by)
    explained: Explained | None = None
    problem = ""
    if version.strip() and to.strip():
        try:
            wish = moving.wish(session, name, a.number(version.strip()), to.strip())
            explained = explaining.explain(session, wish, by=by)
        except AssentError as refused:
            problem = refused.message
    ofs = queries.of_model(session, model)
    stages = stages_of(model, ofs.lifecycle)
    return page(
        "models/gates.html",
        400 if problem else 200,
        model=model,
        gates=ofs.gates,
        freezes=ofs.freezes,
        yaml=yaml_texts.written,
        lifecycle=ofs.lifecycle,
        stages=stages,
        targets=[
            *(stage.name for stage in stages),
            *(f"@{alias}" for alias in sorted(model.aliases)),
        ][:200],
        deletion=targets.DELETED,
        newest=max((each.number for each in model.latest), default=None),
        explained=explained,
        problem=problem,
        version=version,
        to=to,
    )
