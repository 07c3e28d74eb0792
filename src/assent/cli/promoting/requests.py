"""`assent requests`, over HTTP: transition requests, seen and decided on."""

import sys
from typing import Any

import click

from assent.cli.printing import Shown, over_http, table, when
from assent.cli.promoting import telling
from assent.cli.remote import Registry

_ROLES = ("waiting", "mine", "reviews", "all")
_STATES = ("open", "applied", "rejected", "withdrawn", "expired", "superseded")

_number = click.argument("number", metavar="REQUEST", type=click.IntRange(1))
_why = click.option("--comment", required=True, help="Why; it is kept for good.")
_remark = click.option("--comment", default="", help="What is to be said of it; it is kept for good.")
_in_place_of = click.option("--in-place-of", metavar="NAME", help="Decide as the delegate of this user.")


@click.group()
def requests() -> None:
    """See transition requests and decide on them, over HTTP."""


@requests.command("list")
@click.option(
    "--role",
    type=click.Choice(_ROLES),
    help="What waits for your approval, what you asked for, overrides that you may review, what is open besides, "
    "or what is nearly over; all unless it is said.",
)
@click.option("--state", type=click.Choice(_STATES), help="Only these.")
@click.option("--models", metavar="PATTERN", help="Only of models whose names match, such as 'fraud-*'.")
@click.option("--to", metavar="STAGE|@ALIAS", help="Only those for this target.")
@click.option("--opened-by", metavar="NAME", help="Only those that somebody asked for.")
@click.option("--stuck", is_flag=True, help="Only those in which something was found wanting.")
@click.option("--overdue", is_flag=True, help="Only overrides whose review is overdue.")
@click.option("--in-place-of", metavar="NAME", help="What waits for the user whose delegate you are.")
@click.option("--limit", type=click.IntRange(1, 1000), default=100, show_default=True, help="How many at most.")
@over_http
def list_requests(registry: Registry, stuck: bool, overdue: bool, limit: int, **which: str | None) -> Shown:
    """List requests over all models that you may read, the newest first, and what each lacks."""
    flags = {"stuck": "true" if stuck else None, "overdue": "true" if overdue else None}
    told = registry.call("GET", "/requests", size=limit, **flags, **which)
    text = table(
        told["requests"],
        id="id",
        moves=telling.moved,
        to="target",
        state="state",
        opened=lambda each: when(each["opened_at"]),
        by="opened_by",
        lacks=lambda each: telling.lacking(each) if each["state"] == "open" else each["close_reason"],
    )
    more = f"\n\nThere are more, before request {told['next_before']}." if told["next_before"] else ""
    return Shown(text + more, told["requests"])


@requests.command("show")
@_number
@over_http
def show_request(registry: Registry, number: int) -> Shown:
    """Show a request: what it is about, how each requirement stood when it was last looked at, and who decided."""
    return _shown(registry.call("GET", f"/requests/{number}"))


@requests.command("approve")
@_number
@_remark
@_in_place_of
@click.option("--digest", help="The review digest of what you saw: refused where it is another by now.")
@click.option("--sign", is_flag=True, help="Sign it with your password, which is asked for.")
@click.option("--password-stdin", is_flag=True, help="The same; the password is read from standard input.")
@over_http
def approve(registry: Registry, number: int, sign: bool, password_stdin: bool, **decided: Any) -> Shown:
    """Approve a request; the move is made once nothing is missing."""
    return _decided(registry, number, "approve", password=_password(sign, password_stdin), **decided)


@requests.command("reject")
@_number
@_why
@_in_place_of
@over_http
def reject(registry: Registry, number: int, **decided: Any) -> Shown:
    """Reject a request, which closes it."""
    return _decided(registry, number, "reject", **decided)


@requests.command("withdraw")
@_number
@_remark
@over_http
def withdraw(registry: Registry, number: int, comment: str) -> Shown:
    """Withdraw one's own request, or anybody's where one manages the model."""
    return _decided(registry, number, "withdraw", comment=comment)


@requests.command("take-back")
@_number
@over_http
def take_back(registry: Registry, number: int) -> Shown:
    """Take one's approval back while the request is open."""
    return _decided(registry, number, "take-back")


@requests.command("override")
@_number
@_why
@over_http
def override(registry: Registry, number: int, comment: str) -> Shown:
    """Break the glass: make the move without what it lacks. Somebody else must review that."""
    return _decided(registry, number, "override", comment=comment)


@requests.command("review")
@_number
@_why
@over_http
def review(registry: Registry, number: int, comment: str) -> Shown:
    """Say what the review of an override found."""
    return _decided(registry, number, "review", comment=comment)


def _decided(registry: Registry, number: int, verb: str, **fields: Any) -> Shown:
    request = registry.call("POST", f"/requests/{number}/{verb}", **fields)
    return Shown(_became(request), request)


def _became(request: telling.Told) -> str:
    if request["reviewed_by"]:
        return f"The override of request {request['id']} was reviewed by {request['reviewed_by']}."
    if request["state"] == "open":
        return telling.held(request)
    return telling.applied(request) if request["state"] == "applied" else telling.closed(request)


def _shown(request: telling.Told) -> Shown:
    lines = [
        telling.is_open(request) if request["state"] == "open" else _became(request),
        f"Asked for by {request['opened_by']} at {when(request['opened_at'])}.",
    ]
    if request["comment"]:
        lines.append(f"  {request['comment']}")
    if request["archive_existing"]:
        lines.append("What stands there is archived with it.")
    lines += [f"{word} {when(request[at])}." for word, at in _MOMENTS.items() if request[at] is not None]
    parts = ["\n".join(lines)]
    if request["report"]:
        parts += [telling.findings(request["report"]), f"Review digest: {request['report']['digest']}"]
    if request["decisions"]:
        parts.append(telling.decisions(request))
    return Shown("\n\n".join(parts), request)


_MOMENTS = {
    "Not before": "not_before",
    "Expires": "expires_at",
    "Closed": "closed_at",
    "A review is due": "review_due_at",
    "Reviewed": "reviewed_at",
}


def _password(sign: bool, password_stdin: bool) -> str | None:
    if password_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(click.prompt("Password", hide_input=True, err=True)) if sign else None
