"""`assent lineage recall`, `lift` and `recalls`."""

import click

from assent.cli.lineage.graph import touched
from assent.cli.printing import Shown, over_http, table, when
from assent.cli.remote import Registry

_WHY = click.option("--reason", required=True, help="Why; it is kept for good.")


@click.command("recall")
@click.argument("of", metavar="NODE")
@_WHY
@over_http
def recall(registry: Registry, of: str, reason: str) -> Shown:
    """Recall something: whatever descends from it is quarantined, now and later. NODE is as in `made-from`."""
    told = registry.call("POST", "/recalls", of=of, reason=reason)
    return Shown(f"Recall {told['id']} stands on {told['node']}.\n{touched(told['touches'])}", told)


@click.command("lift")
@click.argument("number", metavar="RECALL", type=int)
@_WHY
@over_http
def lift(registry: Registry, number: int, reason: str) -> Shown:
    """Lift a recall."""
    told = registry.call("POST", f"/recalls/{number}/lift", reason=reason)
    return Shown(f"Recall {number}, of {told['node']}, is lifted.", told)


@click.command("recalls")
@click.option("--all", "lifted", is_flag=True, help="Those that were lifted, too.")
@over_http
def recalls(registry: Registry, lifted: bool) -> Shown:
    """List recalls, the newest first."""
    found = registry.call("GET", "/recalls", lifted=str(lifted).lower())["recalls"]
    shown = table(
        found,
        recall="id",
        of="node",
        reason="reason",
        by="recalled_by",
        at=lambda each: when(each["recalled_at"]),
        lifted=lambda each: when(each["lifted_at"]),
        why="lift_reason",
    )
    return Shown(shown, found)
