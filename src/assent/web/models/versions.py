"""The versions of a model: page by page, filtered, chosen to be compared, and one metric of them as a picture."""

from collections.abc import Iterator
from typing import Any

from flask import Response

from assent.access.policy.principals import Principal
from assent.governance.evidence import checks
from assent.governance.requirements.metrics import Metric
from assent.governance.rules import standing
from assent.http.calls import Uses
from assent.http.renames import follows_renames
from assent.kernel.addresses import is_a_link
from assent.kernel.dialects import Reader
from assent.kernel.errors import Invalid
from assent.lineage.graph import recalls
from assent.lineage.runs import measured
from assent.registry import reading
from assent.registry.prompts import is_prompt
from assent.registry.search import entities, finding
from assent.registry.search.cutting import Page
from assent.registry.views import Model, Version
from assent.web.frame.face import web
from assent.web.frame.pages import page, public_address
from assent.web.models import samples
from assent.web.models.asked import MODEL, WhichVersions
from assent.web.models.boxes import Boxes, as_written
from assent.web.models.chart import drawn, shown
from assent.web.models.model import stages_of

PAGE = 50
MOST_POINTS = 100
_MOST_COLUMNS = 3


@web.call("GET", f"{MODEL}/versions", takes=WhichVersions(), uses=Uses.READS)
@follows_renames
def versions_page(session: Reader, name: str, *, metric: str, after: str, by: Principal, **boxes: str) -> Response:
    """Show the versions of a model, or those that somebody searches for."""
    model = reading.model(session, name, by=by)
    rules = standing.seen(session)
    asked = Boxes(**boxes)
    problem, written = "", ""
    found: Page[Version] = Page([])
    try:
        whole = asked.filter(entities.VERSIONS, of_model=name, prompts=is_prompt(model.tags))
        written = as_written(whole) if asked.are_used else ""
        found = finding.versions(session, whole, ["version_number DESC"], size=PAGE, token=after, by=by)
    except Invalid as refused:
        problem = refused.message
    places = stages_of(model, rules.lifecycle_of(model.name))
    return page(
        "models/versions.html",
        400 if problem else 200,
        model=model,
        is_prompt=is_prompt(model.tags),
        stages=places,
        found=found,
        problem=problem,
        written=written,
        asked=asked,
        is_search=asked != Boxes(),
        is_first=not after,
        is_link=is_a_link,
        samples=samples,
        address=public_address(),
        **_measured(session, model, found.found, metric, rules),
        **_beside(session, found.found),
    )


def _measured(
    session: Reader, model: Model, versions: list[Version], metric: str, rules: standing.Standing
) -> dict[str, Any]:
    """The metrics that there are, those of the columns, and the one of the chart."""
    ids = [version.id for version in versions]
    keys = measured.keys(session, ids) if ids else []
    wanted = [key for key in dict.fromkeys([*_of_gates(model, rules), *keys]) if key in keys]
    chosen = metric or next(iter(wanted), "")
    columns = list(dict.fromkeys([*([chosen] if chosen in keys else []), *wanted]))[:_MOST_COLUMNS]
    tiers = {stage.name: stage.tier for stage in stages_of(model, rules.lifecycle_of(model.name))}
    points = measured.over_versions(session, model.id, chosen, most=MOST_POINTS) if chosen else []
    return {
        "metrics": keys if chosen in keys or not chosen else [chosen, *keys],
        "chosen": chosen,
        "columns": columns,
        "values": measured.values(session, ids, columns),
        "points": points,
        "chart": drawn(chosen, points, tiers),
        "shown": shown,
    }


def _of_gates(model: Model, rules: standing.Standing) -> Iterator[str]:
    """The metrics that gates of the model ask for."""
    for gate in rules.applying_to(model.name, model.tags):
        for required in gate.requirements:
            if isinstance(required.spec, Metric) and not required.spec.check:
                yield required.spec.key


def _beside(session: Reader, versions: list[Version]) -> dict[str, Any]:
    ids = [version.id for version in versions]
    return {"tallies": checks.tallies(session, ids), "recalled": recalls.quarantined(session, ids)}
