"""The page of one version: where it stands, what it is made of, what is proven of it, and what became of it."""

import json

from flask import Response

from assent.access.policy.principals import Principal
from assent.governance.evidence import checks
from assent.governance.requests.viewing import of_models
from assent.http.calls import Uses
from assent.http.renames import follows_renames
from assent.kernel.addresses import is_a_link
from assent.kernel.dialects import Reader
from assent.lineage.graph import recalls
from assent.lineage.past import story
from assent.lineage.reports import parents, serving
from assent.lineage.runs import reading as origins
from assent.registry import board, history, reading, rights, stages
from assent.registry.tiers import Tier
from assent.registry.views import VERSIONS
from assent.web.evidence import forges, told
from assent.web.frame.face import web
from assent.web.frame.pages import page, public_address
from assent.web.models import samples
from assent.web.models.asked import VERSION, WhichEvents
from assent.web.writing import conversations

MOST_REQUESTS = 20
MOST_DEPLOYMENTS = 20
MOST_INTERVALS = 200
MOST_TOLD = 200


@web.call("GET", VERSION, uses=Uses.READS)
@follows_renames
def version_page(session: Reader, name: str, number: int, *, by: Principal) -> Response:
    """Show a version: where it stands, what is proven, what is missing, and what it is made of."""
    version, mine = rights.of_version(session, name, number, by=by)
    origin = origins.origins(session, [version.id])[version.id]
    posted = checks.standing(session, version.id)
    requests = of_models.of_version(session, version.id, most=MOST_REQUESTS + 1)
    used = [stage.name for stage in stages.known(session) if stage.tier is Tier.PRODUCTION]
    says = told.of_version(version, origin.facts or {}, posted, origin.artifact_digest)
    return page(
        "models/version.html",
        samples=samples,
        version=version,
        origin=origin,
        told=says,
        commit_page=forges.commit_page(says.repository, says.commit),
        checks=posted,
        recalls=recalls.seen_over(session, version.id, by=by),
        open_requests=[each for each in requests if each.is_open],
        past_requests=[each for each in requests if not each.is_open][:MOST_REQUESTS],
        serving=serving.running(session, VERSIONS.c.id == version.id, most=MOST_DEPLOYMENTS + 1),
        most_deployments=MOST_DEPLOYMENTS,
        beside=board.beside(session, version, used),
        is_link=is_a_link,
        address=public_address(),
        talk=conversations.on_version(session, version, mine=mine, by=by),
    )


@web.call("GET", f"{VERSION}/origin", uses=Uses.READS)
@follows_renames
def version_origin_page(session: Reader, name: str, number: int, *, by: Principal) -> Response:
    """Show all that a version is made of: the facts of its run, its signature, what it needs, and its parents."""
    version = reading.version_numbered(session, name, number, by=by)
    capture = origins.capture(session, name, number, by=by)
    facts = json.loads(capture.counts.content) if capture.counts else {}
    given = capture.artifact_digest
    says = told.of_version(version, facts, [], given.digest if given else None)
    return page(
        "models/origin.html",
        samples=samples,
        version=version,
        capture=capture,
        told=says,
        titles=told.TITLES,
        commit_page=forges.commit_page(says.repository, says.commit),
        parents=parents.listed(session, name, number, by=by),
    )


@web.call("GET", f"{VERSION}/history", uses=Uses.READS)
@follows_renames
def version_history_page(session: Reader, name: str, number: int, *, by: Principal) -> Response:
    """Show where a version stood, what pointed to it, every result of its checks, and its requests."""
    version = reading.version_numbered(session, name, number, by=by)
    return page(
        "models/history.html",
        version=version,
        held=history.newest_of_version(session, version, most=MOST_INTERVALS + 1),
        results=checks.newest_results(session, version.id, most=MOST_INTERVALS + 1),
        requests=of_models.of_version(session, version.id, most=MOST_INTERVALS + 1),
        most=MOST_INTERVALS,
        is_link=is_a_link,
    )


@web.call("GET", f"{VERSION}/story", takes=WhichEvents(), uses=Uses.READS)
@follows_renames
def version_story_page(session: Reader, name: str, number: int, *, after: str, by: Principal) -> Response:
    """Tell what happened to a version, to its model, and to what it comes from."""
    version = reading.version_numbered(session, name, number, by=by)
    return page(
        "models/story.html",
        version=version,
        told=story.story(session, name, number, by=by, token=after, size=MOST_TOLD),
    )
