"""Requests in words."""

from collections.abc import Mapping
from typing import Any

from assent.cli.printing import table, when

Told = Mapping[str, Any]

_CLOSED = {
    "rejected": "was rejected",
    "withdrawn": "was withdrawn",
    "expired": "has expired",
    "superseded": "was superseded",
}


def moved(request: Told) -> str:
    """What a request is about."""
    return request["model"] if request["version"] is None else f"{request['model']}/{request['version']}"


def is_there(what: str, target: str) -> str:
    """That something has come where it was to go."""
    if target.startswith("@"):
        return f"{what} has the alias {target}"
    return f"{what} is deleted" if target == "deletion" else f"{what} is in {target}"


def applied(request: Told) -> str:
    """That a request was applied, and by whose word."""
    approved = [_decider(each) for each in request["decisions"] if _counts(each)]
    by = f"request {request['id']}"
    by += f", approved by {' and '.join(approved)}" if approved else ""
    by += f", overridden by {request['overridden_by']}" if request["overridden_by"] else ""
    return f"{is_there(moved(request), request['target'])} ({by})."


def closed(request: Told) -> str:
    """What became of a request that was not applied, by whom and why."""
    by = f" by {request['closed_by']}" if request["closed_by"] else ""
    why = f": {request['close_reason'].rstrip('.')}" if request["close_reason"] else ""
    return f"{_named(request)} {_CLOSED[request['state']]}{by}{why}."


def is_open(request: Told) -> str:
    """That a request is open."""
    return f"{_named(request)} is open."


def held(request: Told) -> str:
    """That a request is open, and what it lacks."""
    return f"{is_open(request)} It lacks:\n{lacks(request['report'])}"


def lacks(report: Told) -> str:
    """What does not hold, and who can still give it, a line each."""
    lines = []
    for finding in _open(report):
        by = f" (by {' or '.join(finding['who'])})" if finding["who"] else ""
        why = " ".join(finding["why"].split()).rstrip(".")
        lines.append(f"  {finding['requirement']} {finding['state']}: {why}{by}")
    return "\n".join(lines)


def lacking(request: Told) -> list[str]:
    """What a request lacked when it was last looked at, in few words."""
    return [f"{each['requirement']} {each['state']}" for each in _open(request["report"] or {"findings": ()})]


def found_wanting(report: Told) -> bool:
    """Whether something was found that no time and no approval makes good."""
    return any(finding["state"] == "failed" for finding in report["findings"])


def findings(report: Told) -> str:
    """All that was found, as a table."""
    return table(
        report["findings"],
        requirement="requirement",
        state="state",
        why="why",
        who=lambda each: " or ".join(each["who"]),
        since=lambda each: when(each["since"]),
        gate=lambda each: f"{each['gate']} ({each['gate_revision']})" if each["gate"] else "",
    )


def decisions(request: Told) -> str:
    """All that was decided, as a table."""
    return table(
        request["decisions"],
        decision="verdict",
        by=_decider,
        at=lambda each: when(each["at"]),
        signed="signature",
        ended=lambda each: (each["ending"] or "").replace("_", " "),
        comment="comment",
    )


def _open(report: Told) -> list[Told]:
    return [finding for finding in report["findings"] if finding["state"] != "satisfied"]


def _named(request: Told) -> str:
    return f"Request {request['id']}, {moved(request)} to {request['target']},"


def _counts(decision: Told) -> bool:
    return bool(decision["verdict"] == "approved" and decision["ended_at"] is None)


def _decider(decision: Told) -> str:
    return f"{decision['by']} for {decision['in_place_of']}" if decision["in_place_of"] else str(decision["by"])
