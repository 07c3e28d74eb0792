"""`assent checks`, over HTTP."""

import math
from typing import Any

import click

from assent.cli.printing import Shown, over_http, table, when
from assent.cli.remote import Registry, segment

_STATES = ("passed", "failed", "pending")


class Metric(click.ParamType[tuple[str, float]]):
    """A metric as KEY=VALUE: its name and a number. A name may hold a `=`, a number does not."""

    name = "metric"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, float]:
        """The name and the number."""
        key, _, text = str(value).rpartition("=")
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if not key or not math.isfinite(number):
            self.fail(f"{value!r} is no metric such as auc=0.93", param, ctx)
        return key, number


@click.group()
def checks() -> None:
    """Say how the checks of a version stand, and see them, over HTTP."""


@checks.command("post")
@click.argument("model")
@click.argument("version", type=int)
@click.argument("name")
@click.argument("state", type=click.Choice(_STATES))
@click.option("--summary", default="", help="What came out, in words.")
@click.option("--url", default="", help="Where more is told, such as the job's page.")
@click.option("--metric", "metrics", multiple=True, type=Metric(), metavar="KEY=VALUE", help="What was measured.")
@over_http
def post_check(
    registry: Registry, model: str, version: int, metrics: tuple[tuple[str, float], ...], **told: Any
) -> Shown:
    """Post how a check of a version stands, in the place of what was posted before."""
    done = registry.call("POST", _path(model, version), metrics=dict(metrics), **told)
    is_so = "is pending" if done["state"] == "pending" else done["state"]
    return Shown(f"{done['name']} of {model}/{version} {is_so}.", done)


@checks.command("list")
@click.argument("model")
@click.argument("version", type=int)
@click.option("--check", help="This check alone.")
@click.option("--history", is_flag=True, help="All that was ever posted, the oldest first.")
@over_http
def list_checks(registry: Registry, model: str, version: int, check: str | None, history: bool) -> Shown:
    """List the checks of a version as they stand."""
    wanted: dict[str, Any] = {"check": check, "history": "true" if history else None}
    found = registry.all(_path(model, version), "checks", **wanted)
    until = {"until": lambda each: when(each["valid_until"])} if history else {}
    text = table(
        found,
        check="name",
        state="state",
        metrics=lambda each: [f"{key}={number:g}" for key, number in each["metrics"].items()],
        posted=lambda each: when(each["posted_at"]),
        **until,
        by="posted_by",
        summary="summary",
        url="url",
    )
    return Shown(text, found)


def _path(model: str, version: int) -> str:
    return f"/models/{segment(model)}/versions/{version}/checks"
