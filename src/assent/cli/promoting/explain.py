"""`assent explain`, over HTTP: what a move lacks, as the same evaluation finds it that enforces."""

import click

from assent.cli.printing import Shown, over_http
from assent.cli.promoting import telling
from assent.cli.remote import Registry, segment


@click.command("explain")
@click.argument("model")
@click.argument("version", type=click.IntRange(1))
@click.argument("target", metavar="STAGE|@ALIAS")
@click.option("--archive-existing", is_flag=True, help="As if the versions that stand there were to be archived.")
@over_http
def explain(registry: Registry, model: str, version: int, target: str, archive_existing: bool) -> Shown:
    """Tell what a move lacks: each requirement, how it stands and why, who can satisfy it, and since when time does.

    Where nobody asked for the move, it is judged as if you did.
    """
    path = f"/models/{segment(model)}/versions/{version}/explain"
    told = registry.call("GET", path, to=target, archive_existing=str(archive_existing).lower())
    return Shown(f"{_summary(told)}\n\n{telling.findings(told['report'])}", told)


def _summary(told: telling.Told) -> str:
    report, request = told["report"], told["request"]
    what, target = telling.moved(report), report["target"]
    if told["there"]:
        return f"{telling.is_there(what, target)} already."
    if not told["guarded"]:
        guards = "No gate guards it"
    else:
        guards = f"Guarded by {', '.join(f'{name} ({revision})' for name, revision in report['gates'].items())}"
    asked = f"request {request['id']} of {request['opened_by']} is open" if request else "nobody asked for it"
    rollback = " It would be a rollback." if report["rollback"] else ""
    return (
        f"{what} to {target}: {'nothing is missing' if report['complete'] else 'held'}. {guards}; {asked}.{rollback}"
    )
