"""The models, searched, sorted and page by page."""

from typing import Any

from flask import Response

from assent.access.policy.levels import Permission
from assent.access.policy.principals import Principal
from assent.governance.requests.viewing import of_models
from assent.http.calls import Uses
from assent.kernel.dialects import Reader
from assent.kernel.errors import Invalid
from assent.lineage.graph import recalls
from assent.registry import stages
from assent.registry.search import entities, finding
from assent.registry.search.cutting import Page
from assent.registry.search.entities import OrderKey
from assent.registry.views import Model
from assent.web.frame.face import web
from assent.web.frame.pages import page, public_address
from assent.web.models import samples
from assent.web.models.asked import WhichModels
from assent.web.models.boxes import Boxes, as_written

PAGE = 50
ORDERS = {
    "name": [OrderKey("name")],
    "updated": [OrderKey("last_updated_timestamp", descending=True)],
    "created": [OrderKey("creation_timestamp", descending=True)],
}


@web.call("GET", "/models", takes=WhichModels(), uses=Uses.READS)
def models_page(
    session: Reader, *, sort: str, after: str, kind: str, quarantined: str, by: Principal, **boxes: str
) -> Response:
    """Show the models that somebody may read, or those of them that they search for."""
    asked = Boxes(**boxes)
    problem, written = "", ""
    found: Page[Model] = Page([])
    try:
        whole = asked.filter(entities.MODELS, prompts=kind == "prompts")
        written = as_written(whole) if asked.are_used else ""
        found = finding.models(
            session,
            whole,
            ORDERS.get(sort, ORDERS["name"]),
            size=PAGE,
            token=after,
            among=recalls.quarantined_models() if quarantined else None,
            by=by,
        )
    except Invalid as refused:
        problem = refused.message
    return page(
        "models/models.html",
        400 if problem else 200,
        found=found,
        problem=problem,
        written=written,
        asked=asked,
        sort=sort,
        kind=kind,
        quarantined=bool(quarantined),
        is_search=asked != Boxes() or bool(quarantined) or kind != "models",
        is_first=not after,
        may_create=by.may_by_some_name(Permission.MODEL_CREATE),
        samples=samples,
        address=public_address(),
        **_beside(session, found.found),
    )


def _beside(session: Reader, models: list[Model]) -> dict[str, Any]:
    """What is told beside the models of a page."""
    shown = {version.id: model.id for model in models for version in model.latest}
    known = stages.known(session)
    return {
        "stages": known,
        "used": [stage.name for stage in known if stage.is_active],
        "open_requests": of_models.open_in(session, [model.id for model in models]),
        "recalled": {shown[each] for each in recalls.quarantined(session, shown.keys())},
    }
