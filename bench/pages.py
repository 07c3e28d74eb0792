"""`python -m bench.pages`: how long the service works on each of its pages, over a large registry on PostgreSQL."""

import argparse
import signal
import statistics
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from flask import Flask

from assent.database import unit_of_work
from bench import readers, seed
from bench.contest import tell
from bench.inboxes import FEW, fill_inboxes
from bench.questions import fill
from bench.report import aligned
from bench.shape import BEGAN_AT, LARGE, SMALL, Shape, model_name
from support.browsing import Browser, begin
from support.counting import counted
from support.databases import ADMINISTRATOR, TEST, engine_for, prepare
from support.postgres import Postgres
from support.serving import serving
from support.showing import show
from support.visiting import MORE, SHOWN, visits

# Who decides on everything, who does on few models, who reads everything, who reads by a thousand patterns.
PEOPLE = ("petra", FEW, "rita", readers.NAME, ADMINISTRATOR)

_REQUESTS = {SMALL: 1_000, LARGE: 10_000}
_SPOKES = 2_100
_ROUNDS = 9
# Files, and no pages.
_FILES = ("/assets/", "/audit/export", "/administration/rules.yaml")

_MORE = """
SET session_replication_role = replica;

-- One version went into many, of other models.
INSERT INTO lineage_edges (source, target, type, through, stated_at, stated_by_id)
SELECT 'version:' || hub.id, 'version:' || v.id, 'fine_tuned', 'declaration', {began_at}, v.created_by_id
FROM model_versions AS hub JOIN model_versions AS v ON v.model_id > hub.model_id AND v.number = 1
WHERE hub.model_name = '{hub}' AND hub.number = 1
ORDER BY v.model_id LIMIT {spokes};

-- What runs measured, of a large model and of those of 8 versions.
INSERT INTO run_snapshots
    (version_id, way, digest, content, run_id, run_user, code_commit, datasets, taken_at, taken_by_id, server)
SELECT v.id, s.way, s.digest, s.content, v.run_id, s.run_user, s.code_commit, s.datasets, v.created_at, s.taken_by_id,
       s.server
FROM registered_models AS m
JOIN model_versions AS v ON v.model_id = m.id
JOIN run_snapshots AS s ON s.id = (SELECT min(id) FROM run_snapshots)
WHERE m.name = '{large}' OR m.name LIKE 'model-%' AND m.last_number = 8;
"""


@dataclass(frozen=True)
class Taken:
    """What a page took somebody: of several turns the middle and the worst."""

    who: str
    address: str
    status: int
    milliseconds: float
    worst: float
    statements: int
    kilobytes: float


def main() -> None:
    """Measure."""
    asked = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the database ends too
    shape = LARGE if asked.size == "large" else SMALL
    with Postgres.start(None, shared_buffers="1GB", max_wal_size="16GB", autovacuum="off") as postgres:
        postgres.create_database("pages")
        url = postgres.url("pages")
        fill_all(url, shape)
        tell("the pages")
        taken = list(measured(url, shape, asked.of))
    print(f"{shape.models:,} models, {shape.versions:,} versions, {_REQUESTS[shape] * 5 // 4:,} requests\n")
    print(table(taken))
    slow = [each for each in taken if each.milliseconds > asked.most]
    print(f"\n{len(taken)} measured, {len(slow)} of them above {asked.most} ms")
    if slow:
        print(table(slow))


def fill_all(url: str, shape: Shape) -> None:
    """Make a large registry with its readers and requests, and beside it the one that is shown."""
    prepare(url)
    tell(f"{shape.versions:,} versions")
    seed.fill_assent(url, shape)
    tell("a registry to show")
    show(url)
    hub, large = model_name(shape.large_models), shape.large_model()
    fill(url, _MORE.format(began_at=BEGAN_AT, spokes=_SPOKES, hub=hub, large=large))
    tell(f"{_REQUESTS[shape] * 5 // 4:,} requests")
    engine = engine_for(url)
    fill_inboxes(url, engine, shape, _REQUESTS[shape])
    engine.dispose()
    readers.let_in(url, shape)


def measured(url: str, shape: Shape, of: str = "") -> Iterator[Taken]:
    """Ask for every page that has a text in its address, for each of the people."""
    addresses = [each for each in _addresses(shape) if of in each]
    engine = engine_for(url)
    with unit_of_work(engine, TEST) as session:
        secrets = {who: begin(session, who) for who in PEOPLE}
    engine.dispose()
    with serving(url) as app:
        for who, secret in secrets.items():
            browser = Browser(app)
            browser.keep(secret)
            for address in addresses:
                yield _taken(app, browser, who, address)


def table(rows: Iterable[Taken]) -> str:
    """Who asked for what, and what it took."""
    header = ("who", "ms", "worst", "SQL", "KB", "", "address")
    return aligned(
        header,
        (
            (
                each.who,
                f"{each.milliseconds:.1f}",
                f"{each.worst:.1f}",
                f"{each.statements}",
                f"{each.kilobytes:.1f}",
                f"{each.status}",
                each.address,
            )
            for each in rows
        ),
    )


def _taken(app: Flask, browser: Browser, who: str, address: str) -> Taken:
    browser.ask(address)
    took = []
    for _ in range(_ROUNDS):
        began = time.perf_counter()
        answer = browser.ask(address)
        took.append(1000 * (time.perf_counter() - began))
    with counted(app) as statements:
        browser.ask(address)
    middle = statistics.median(took)
    return Taken(who, address, answer.status_code, middle, max(took), len(statements), len(answer.data) / 1000)


def _addresses(shape: Shape) -> Sequence[str]:
    """Every page that there is, with what is shown; and pages with much on them."""
    shown = [visit.address for visit in visits(SHOWN, [*MORE, *_with_much(shape)])]
    return [each for each in shown if not each.startswith(_FILES)]


def _with_much(shape: Shape) -> Iterator[str]:
    large, hub = shape.large_model(), model_name(shape.large_models)
    yield from (f"/inbox?show={show}&models=model-0*" for show in ("waiting", "watching", "all"))
    yield from ("/inbox?show=all&state=open", "/inbox?show=all&stuck=yes", "/inbox?show=all&opened_by=edith")
    yield from ("/inbox?show=watching&to=Staging", "/inbox?show=all&state=withdrawn", "/inbox/tabs?show=watching")
    yield from ("/requests/100", "/requests/5000", f"/requests/{_REQUESTS[shape]}")
    yield from (f"/models?{asked}" for asked in _MODELS_ASKED)
    for model in (large, hub):
        yield from (f"/models/{model}", f"/models/{model}/versions", f"/models/{model}/activity")
        yield from (f"/models/{model}/{part}" for part in ("access", "gates", "card", "edit", "delete"))
        yield from (f"/models/{model}/versions?{asked}" for asked in _VERSIONS_ASKED)
        yield from (f"/models/{model}/versions/7{part}" for part in ("", "/origin", "/history", "/story", "/edit"))
        yield from (f"/models/{model}/versions/5/move?to={to}" for to in ("Production", "Staging", "@champion"))
        yield f"/audit?kind=registered_model&name={model}"
    yield "/compare?" + "&".join(f"version={large}/{number}" for number in range(1, 7))
    yield from (f"/lineage?of={hub}/1{more}" for more in ("", "&show=versions", "&show=production", "&page=5"))
    yield from (f"/lineage?of={large}/7", f"/lineage/graph?of={hub}/1")
    yield from (
        "/audit?who=admin",
        "/audit?who=edith",
        "/audit?action=model_version.registered",
        "/audit?text=model-7",
    )
    yield from ("/audit?outcome=refused", f"/audit/at?model={large}", "/audit/at?moment=2023-11-20T00:00")


_MODELS_ASKED = (
    *("sort=updated", "sort=created", "stage=Production", "stage=Staging&name=77", "name=77", "name=zzz"),
    *("owner=risk-team", "tag=owner&value=crm", "alias=champion", "alias=nobody", "quarantined=yes", "kind=prompts"),
    *("stage=Archived&sort=updated", "query=name+LIKE+'model-1%25'", "stage=Shadow"),
)
_VERSIONS_ASKED = (
    *("stage=Staging", "stage=Production", "alias=champion", "tag=reviewed&value=yes", "metric=auc"),
    *("query=run_id+%3D+'none'", "tag=ticket&value=T-5", "tag=nothing&value=x"),
)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.pages", description=__doc__)
    parser.add_argument(
        "--size", choices=["small", "large"], default="small", help="10,000 versions, or a million of them"
    )
    parser.add_argument("--of", default="", metavar="TEXT", help="only the addresses with this text in them")
    parser.add_argument("--most", type=float, default=100, metavar="MS", help="name what takes longer once more")
    return parser.parse_args()


if __name__ == "__main__":
    main()
