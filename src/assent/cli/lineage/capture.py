"""`assent lineage capture`: the facts of a run, taken after the registration by who reaches its tracking store."""

from typing import TYPE_CHECKING, Any

import click

from assent.cli.printing import Shown, over_http
from assent.cli.remote import Mistake, Registry, segment

if TYPE_CHECKING:
    from assent.plugin.origins import Origin


@click.command("capture")
@click.argument("model")
@click.argument("version", type=int)
@click.option(
    "--tracking-uri", help="The tracking store that knows the run; left out, the one that MLflow would use."
)
@click.option("--model-uri", help="What was registered, such as runs:/ID/model, where the version does not say it.")
@click.option("--artifacts", type=click.Path(exists=True, file_okay=False), help="The model's files on this machine.")
@over_http
def capture(registry: Registry, model: str, version: int, **where: str | None) -> Shown:
    """Take the facts of a version's run from a tracking store, with the MLflow beside this command, and push them."""
    path = f"/models/{segment(model)}/versions/{version}"
    body = _body(_found(registry.call("GET", path), **where))
    told = registry.call("PUT", f"{path}/snapshot", **body)
    (pushed,) = (each for each in told["snapshots"] if each["way"] == "pushed")
    lines = [f"{model} {version} is {told['state']}: {pushed['digest']}, pushed by {pushed['taken_by']}."]
    if digest := told["artifact_digest"]:
        lines.append(f"Its files: {digest['digest']}.")
    return Shown("\n".join(lines), told)


def _found(
    version: dict[str, Any], *, tracking_uri: str | None, model_uri: str | None, artifacts: str | None
) -> "Origin":
    try:
        import mlflow

        from assent.plugin import origins
    except ImportError as missing:
        raise Mistake(f"This command needs MLflow beside it: pip install 'assent[mlflow]'. ({missing})") from None
    source = model_uri or version["source"]
    named = origins.Named(source, version["run_id"] or None, version["logged_model_id"] or None, artifacts)
    found = origins.find(tracking_uri or mlflow.get_tracking_uri(), named)
    if found.problem:
        raise Mistake(f"The tracking store does not tell of the run: {found.problem}")
    if not found.is_known:
        raise Mistake("The version names neither a run nor a logged model; say with --model-uri what was registered.")
    return found


def _body(origin: "Origin") -> dict[str, Any]:
    from assent.plugin import origins

    digest = origins.digest_of(origin.folder) if origin.folder else None
    return {"facts": origins.facts_of(origin), "artifact_digest": digest}
