"""The page of one model: what it is, what stands where, and what goes on around it."""

from flask import Response

from assent.access.policy.principals import Principal
from assent.annotations import cards
from assent.governance.requests.viewing import of_models
from assent.governance.rules import standing, telling
from assent.governance.rules.lifecycles import Lifecycle
from assent.http.calls import Uses
from assent.http.renames import follows_renames
from assent.kernel.clock import now
from assent.kernel.dialects import Reader
from assent.lineage.graph import recalls
from assent.lineage.reports import serving
from assent.registry import board, reading
from assent.registry.prompts import is_prompt
from assent.registry.tiers import Stage, Tier
from assent.registry.views import VERSIONS, Model
from assent.web.frame.face import web
from assent.web.frame.pages import page, public_address
from assent.web.models import samples
from assent.web.models.asked import MODEL

# So many versions of each stage, requests and deployments; a link leads to the others.
MOST_SHOWN = 5
MOST_DEPLOYMENTS = 20


@web.call("GET", MODEL, uses=Uses.READS)
@follows_renames
def model_page(session: Reader, name: str, *, by: Principal) -> Response:
    """Show a model: its card, what stands in which stage, and what waits, guards and serves."""
    model = reading.model(session, name, by=by)
    rules = standing.seen(session)
    places = stages_of(model, rules.lifecycle_of(model.name))
    placed = board.of(session, model.id, [stage.name for stage in places], most=MOST_SHOWN)
    shown = {version.id for some in [*placed.stages.values(), placed.newest] for version in some}
    freezes = [each for each in rules.freezes if each.applies_to(name) and each.until > now()]
    return page(
        "models/model.html",
        samples=samples,
        model=model,
        is_prompt=is_prompt(model.tags),
        stages=places,
        board=placed,
        most=MOST_SHOWN,
        recalled=recalls.quarantined(session, shown),
        card=cards.of(session, model.id),
        gates=[(gate, telling.words(gate)) for gate in rules.applying_to(name, model.tags)],
        freezes=[(freeze, telling.words(freeze), freeze.holds_at(now())) for freeze in freezes],
        requests=of_models.open_of_model(session, model.id, most=MOST_SHOWN + 1),
        serving=serving.running(session, VERSIONS.c.model_id == model.id, most=MOST_DEPLOYMENTS + 1),
        most_deployments=MOST_DEPLOYMENTS,
        address=public_address(),
    )


def stages_of(model: Model, lifecycle: Lifecycle) -> list[Stage]:
    """The stages of a model's lifecycle; and after them those that a version still stands in from before it."""
    known = list(lifecycle.stages)
    names = {stage.name for stage in known}
    left = sorted({version.stage for version in model.latest} - names)
    return [*known, *(Stage(each, Tier.NONE) for each in left)]
