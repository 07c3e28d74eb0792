"""The request page: what would change, what is proven, what is missing; and what becomes of it while it is open."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from flask import Response, current_app, url_for
from itsdangerous import BadSignature, URLSafeSerializer

from assent.access.policy.principals import Principal
from assent.governance.requests.acting import finding
from assent.governance.requests.records.rows import Request
from assent.governance.requests.viewing import acts, glancing
from assent.governance.requests.viewing.acts import Act, Seen
from assent.governance.requirements import findings
from assent.governance.requirements.findings import Finding, Report
from assent.governance.targets import TargetKind
from assent.http.calls import Uses
from assent.kernel.dialects import Reader
from assent.kernel.errors import NotFound
from assent.registry.rights import Rights
from assent.web.evidence import beside
from assent.web.evidence.beside import Beside, Known
from assent.web.frame import refusals
from assent.web.frame.face import web
from assent.web.frame.pages import page
from assent.web.requests import schemas as s
from assent.web.writing import conversations
from assent.web.writing.conversations import Conversation

HERE = "/requests/<int:request_id>"


class Box(NamedTuple):
    """What one gate asks for, or what is asked for always where it has no name."""

    gate: str | None
    revision: int | None
    findings: Sequence[Finding]


@web.call("GET", HERE, uses=Uses.READS)
def request_page(session: Reader, request_id: int, *, by: Principal) -> Response:
    """Show a request, and what one may do about it."""
    seen = acts.seen(session, request_id, by=by, overrides=bool(current_app.config["ALLOW_OVERRIDES"]))
    return page(
        "requests/request.html",
        **_told(seen),
        Act=Act,
        reviewed=_sealed(seen),
        differences=_differences(seen),
        compared=_compared(session, seen, by),
        talk=_talk(session, seen, by),
        providers=current_app.config["PROVIDERS"],
        here=url_for("web.request_page_get", request_id=request_id),
    )


@web.call("GET", f"{HERE}/news", takes=s.News(), uses=Uses.READS)
def request_news(session: Reader, request_id: int, *, by: Principal, seen: int, digest: str, anew: bool) -> Response:
    """What became of a request since a page showed it; nothing where nothing did.

    A tag, a description, or somebody's rights are news once it is judged `anew`, as the page asks for now and then.
    """
    is_as_it_was = finding.seen(session, request_id, by=by).changes == seen
    if is_as_it_was and not anew:
        return Response(status=204)
    now_so = acts.seen(session, request_id, by=by, overrides=bool(current_app.config["ALLOW_OVERRIDES"]))
    told = _told(now_so)
    is_outdated = bool(digest) and now_so.request.is_open and told["report"].digest != digest
    if is_as_it_was and not is_outdated:
        return Response(status=204)
    return page("requests/news.html", **told, shown_digest=digest, is_outdated=is_outdated)


def _told(seen: Seen) -> dict[str, Any]:
    """What the page and its news are made of."""
    request = seen.request
    report = seen.judged.report if seen.judged else findings.read(request.report) if request.report else None
    return {
        "seen": seen,
        "wanted": request,
        "report": report,
        "boxes": _boxes(report) if report else [],
        "glance": glancing.glance(request, seen.decisions),
        "asks_for_signature": seen.judged is not None and seen.judged.asks_for_signature,
        "before": _before(seen),
        "digest": report.digest if report and seen.judged else request.digest,
    }


def _compared(session: Reader, seen: Seen, by: Principal) -> Beside | None:
    """The version beside the one in whose place it would come; of a closed request, as both are now."""
    request = seen.request
    if request.version is None or request.kind is TargetKind.DELETION:
        return None
    if seen.moving is not None and seen.judged is not None:
        dossier = seen.judged.gathered.dossier
        versions = [each for each in (seen.moving.incumbent, seen.moving.version) if each]
        known = [Known(each, dossier.origins[each.id], dossier.checks[each.id]) for each in versions]
        return beside.laid_out(known, gates=seen.judged.gates)
    incumbent = _before(seen)["incumbent"]
    named = [(request.model, each) for each in (incumbent, request.version) if each]
    try:
        return beside.compared(session, named, by=by)
    except NotFound:
        return None


def _talk(session: Reader, seen: Seen, by: Principal) -> Conversation | None:
    """What is said about a request; nothing more where its model is deleted."""
    mine = Rights(by, seen.request.model, seen.granted) if seen.moving else None
    try:
        return conversations.on_request(session, seen.request, by=by, mine=mine)
    except NotFound:
        return None


def _boxes(report: Report) -> list[Box]:
    """The findings by the gates that ask for them, in their order."""
    groups = groupby(report.findings, key=lambda each: (each.gate, each.gate_revision))
    return [Box(gate, revision, list(found)) for (gate, revision), found in groups]


def _before(seen: Seen) -> Mapping[str, Any]:
    """What stands where the version is to go, and who would be archived; of a closed request, as it was reviewed."""
    if seen.judged is not None:
        return seen.judged.gathered.reviewed
    return seen.decisions[-1].reviewed if seen.decisions else {"incumbent": None, "archived": []}


def _seal(request: Request) -> URLSafeSerializer:
    """Of one request alone: what was shown of another tells nothing of this one."""
    return URLSafeSerializer(str(current_app.secret_key), salt=f"reviewed of {request.id}")


def _sealed(seen: Seen) -> str:
    """What is shown for review, for the form to carry: so that a refusal tells what changed since."""
    return str(_seal(seen.request).dumps(seen.judged.gathered.reviewed)) if seen.judged else ""


def _differences(seen: Seen) -> Sequence[str]:
    """What changed since the page was shown whose form was refused; nothing where none was."""
    carried = refusals.typed(_approving(seen.request), "reviewed")
    try:
        return seen.changed_since(_seal(seen.request).loads(carried)) if carried else ()
    except BadSignature:
        return ()


def _approving(request: Request) -> str:
    return url_for("web.approve_post", request_id=request.id)
