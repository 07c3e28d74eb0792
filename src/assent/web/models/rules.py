"""The rules for a model: its gates, freezes and lifecycle, and what a move would take."""

from flask import Response

from assent.access.policy.principals import Principal
from assent.governance import targets
from assent.governance.requests.evaluation import moving
from assent.governance.requests.viewing import explaining
from assent.governance.requests.viewing.explaining import Explained
from assent.governance.rules import queries
from assent.http.calls import Uses
from assent.http.renames import follows_renames
from assent.kernel import yaml_texts
from assent.kernel.dialects import Reader
from assent.kernel.errors import AssentError
from assent.registry import reading
from assent.web.frame.face import web
from assent.web.frame.pages import page
from assent.web.models import asked as a
from assent.web.models.asked import MODEL
from assent.web.models.model import stages_of


@web.call("GET", f"{MODEL}/gates", takes=a.WhichMove(), uses=Uses.READS)
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
