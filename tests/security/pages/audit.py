"""The audit log, and how things stood. Everybody asks it, and sees what is theirs to see."""

from security.actors import Actor
from security.pages.seen import page
from security.row import anyone


def _overseers(actor: Actor) -> int:
    return 200 if actor.administers or actor.audits else 404


ROWS = (
    page("/audit", anyone()),
    # That the first account was made.
    page("/audit/<int:number>", _overseers, in_path={"number": "1"}),
    page("/audit/at", anyone()),
    page("/audit/export", anyone()),
    page("/audit/proof", anyone()),
)
