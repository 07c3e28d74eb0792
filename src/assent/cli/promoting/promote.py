"""`assent promote`, over HTTP: asks for a move and, with `--wait`, waits for what becomes of it."""

import os
from typing import Any

import click

from assent.cli.durations import Duration
from assent.cli.exchange import Renewal
from assent.cli.moments import Moment
from assent.cli.printing import Shown, over_http, printable
from assent.cli.promoting import telling
from assent.cli.promoting.following import Followed
from assent.cli.promoting.patience import Patient
from assent.cli.remote import Failure, Mistake, Refusal, Registry, segment

# What the command exits with, beside what every command does: the request was closed and not applied; nobody decided
# in time; somebody stopped waiting, as shells have it.
CLOSED = 3
TIMED_OUT = 4
INTERRUPTED = 130

_HOUR = 3_600_000
_MINUTE = 60_000


@click.command("promote")
@click.argument("model")
@click.argument("version", type=click.IntRange(1))
@click.argument("target", metavar="STAGE|@ALIAS")
@click.option("--wait", is_flag=True, help="Wait until it is decided.")
@click.option("--timeout", type=Duration(), help="For how long, such as 30m; an hour unless it is said.")
@click.option(
    "--patience",
    type=Duration(),
    help="While waiting, for how long to try again where the registry does not answer; a minute unless it is said.",
)
@click.option("--comment", default="", help="What reviewers should know.")
@click.option("--archive-existing", is_flag=True, help="Archive the versions that stand in the stage now.")
@click.option("--not-before", type=Moment(), metavar="WHEN", help="When the move is to be made at the earliest.")
@click.option("--as", "account", metavar="NAME", help="Whose token a CI job gets when its own has ended.")
@over_http
def promote(
    registry: Registry,
    model: str,
    version: int,
    target: str,
    *,
    wait: bool,
    timeout: int | None,
    patience: int | None,
    account: str | None,
    **asked: Any,
) -> Shown:
    """Move a version to a stage or under an alias, or ask for it where a gate guards that.

    Asking again finds the same request. WHEN is a date (its first moment), or a date and a time, such as
    2026-03-03T14:30+01:00; without a zone it is UTC.
    """
    if not wait and (timeout is not None or patience is not None):
        raise Mistake("--timeout and --patience go with --wait.")
    seconds = (_MINUTE if patience is None else patience) / 1000 if wait else 0
    patient = Patient(registry, seconds=seconds, tell=_tell, renew=Renewal(os.environ, registry.url, account))
    path = f"/models/{segment(model)}/versions/{version}/requests"
    try:
        done = patient.call("POST", path, to=target, **asked)
    except KeyboardInterrupt:
        trouble = "Stopped before the registry answered: the request may be open all the same."
        return Shown("", None, INTERRUPTED, trouble)
    request = done["request"]
    if request is None:
        return Shown(f"{telling.is_there(f'{model}/{version}', target)}.", done)
    if others := [name.replace("_", " ") for name, value in asked.items() if value and value != request[name]]:
        before = f"Request {request['id']} was opened by {request['opened_by']} before"
        _tell(f"{before}, with another {' and '.join(others)}.")
    return _waited_for(Followed(patient, request), (_HOUR if timeout is None else timeout) / 1000 if wait else 0)


def _waited_for(followed: Followed, seconds: float) -> Shown:
    try:
        if seconds:
            followed.follow(seconds=seconds, tell=_tell)
    except Failure as failure:
        trouble = f"{failure.message} {_was_open(followed.request)}"
        # Whoever waits for it made no mistake: it is not to be seen any more.
        code = Refusal.exit_code if isinstance(failure, Mistake) else failure.exit_code
        return Shown("", followed.request, code, trouble)
    except KeyboardInterrupt:
        return Shown("", followed.request, INTERRUPTED, f"Stopped waiting. {_was_open(followed.request)}")
    return _ended(followed, timed_out=bool(seconds) and followed.is_undecided)


def _ended(followed: Followed, *, timed_out: bool) -> Shown:
    request = followed.request
    if request["state"] == "applied":
        return Shown(telling.applied(request), request)
    if request["state"] != "open":
        return Shown("", request, CLOSED, telling.closed(request))
    if timed_out:
        return Shown("", request, TIMED_OUT, f"Nobody completed it in time. {telling.held(request)}")
    return Shown("", request, Refusal.exit_code, telling.held(request))


def _was_open(request: telling.Told) -> str:
    return f"Request {request['id']} stays open: the same command waits for it again."


def _tell(text: str) -> None:
    click.echo(printable(text), err=True)
