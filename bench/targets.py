"""What the product promised to reach, and whether it does."""

from collections.abc import Iterator
from dataclasses import dataclass

from bench.contest import (
    ASSENT,
    ASSENT_BASIC,
    ASSENT_READER,
    BARE,
    BARE_BESIDE_BASIC,
    MLFLOW,
    MLFLOW_BASIC,
    MLFLOW_CACHED,
    Outcome,
)
from bench.crowd import Crowd
from bench.driving import Measured
from bench.graph import GENERATIONS, Walks
from bench.log import Log
from bench.past import Past

_HOT = ("by_alias", "by_number", "download_uri")
_SEARCHES = ("by_run", "by_rare_tag", "by_common_tag", "newest")
_FILTERED = (*_SEARCHES, "of_model", "by_source", "models")
_WRITES = ("set_tag_few", "set_version_tag", "set_alias_few", "transition")
_OF_ANY_SIZE = ("model", "latest", "set_tag", "set_alias")


@dataclass(frozen=True)
class Verdict:
    """One promise, the figure, and whether it is kept."""

    promise: str
    figure: str
    reached: bool


def verdicts(small: Outcome, large: Outcome | None, crowds: dict[str, Crowd]) -> Iterator[Verdict]:
    """Judge every promise of which there is a figure."""
    largest = large or small
    yield from _hot_reads(largest)
    yield from _logins(small)
    yield from _access(largest)
    yield from _any_size(largest)
    yield from _searches(largest)
    if large:
        yield from _growth(small, large)
    yield from _writes(largest)
    yield _writers(crowds[ASSENT], crowds[MLFLOW])
    yield _memory(largest)


def of_the_past(found: Past) -> Iterator[Verdict]:
    """Judge what it takes to say how things stood."""
    of = f"everything in production at a moment, {found.rows:,} rows of history, a page of 1,000"
    yield Verdict(f"{of}: p50 ≤ 200 ms", f"{found.first_ms:.0f} ms", found.first_ms <= 200)
    yield _at_most(f"{of}: the last of {found.found:,} rows", found.last_ms / found.first_ms, 2)


def of_the_graph(found: Walks) -> Iterator[Verdict]:
    """Judge what it takes to walk through the graph."""
    among = f"among {found.edges:,} edges"
    up = f"lineage of a version, {GENERATIONS} generations, {found.nodes} nodes {among}: p50 ≤ 50 ms"
    yield Verdict(up, f"{found.up_ms:.0f} ms", found.up_ms <= 50)
    down = f"{found.made} versions made from a dataset {among}: p50 ≤ 50 ms"
    yield Verdict(down, f"{found.down_ms:.0f} ms", found.down_ms <= 50)


def of_the_log(found: Log) -> Iterator[Verdict]:
    """Judge the promises of the audit log."""
    for asked in found.asked:
        of = f"audit events {asked.question}, among {found.events:,}"
        yield Verdict(f"{of}: p50 ≤ 20 ms", f"{asked.first_ms:.1f} ms", asked.first_ms <= 20)
        yield _at_most(f"{of}: page 1,000 or one half of the way: page 1", asked.deep_ms / asked.first_ms, 1.5)


def _hot_reads(outcome: Outcome) -> Iterator[Verdict]:
    for key in _HOT:
        of, found = outcome.titles[key], outcome.measured[key]
        yield _no_more_statements(of, found[ASSENT], 1, of_transactions=0)
        yield _at_most(f"{of}: CPU of a bare Flask view", _ratio(found, ASSENT, BARE), 1.5)
        yield _share(f"{of}: CPU of MLflow's", _ratio(found, ASSENT, MLFLOW), 10)


def _logins(outcome: Outcome) -> Iterator[Verdict]:
    for key in _HOT:
        of, found = outcome.titles[key], outcome.measured[key]
        yield _at_most(f"{of}, Basic: CPU of a bare Flask view", _ratio(found, ASSENT_BASIC, BARE_BESIDE_BASIC), 1.5)
        yield _share(f"{of}, Basic: CPU of MLflow's", _ratio(found, ASSENT_BASIC, MLFLOW_BASIC), 150)
        yield _share(f"{of}, Basic: CPU of MLflow's, cache on", _ratio(found, ASSENT_BASIC, MLFLOW_CACHED), 10)


def _access(outcome: Outcome) -> Iterator[Verdict]:
    """What it costs to know who asks, and what they may see of it."""
    alias = outcome.measured["by_alias"]
    of = f"{outcome.titles['by_alias']}, 1,000 patterns in 200 groups"
    yield _no_more_statements(of, alias[ASSENT_READER], 1, of_transactions=0)
    added = alias[ASSENT_READER].cpu_ms - alias[BARE].cpu_ms
    yield Verdict(f"{of}: CPU over a bare Flask view ≤ 0.3 ms", f"{added:.2f} ms", added <= 0.3)
    for key in _FILTERED:
        found = outcome.measured[key]
        ratio = _ratio(found, ASSENT_READER, ASSENT)
        yield _at_most(f"{outcome.titles[key]}, 1,000 patterns: CPU of the administrator's", ratio, 1.5)


def _any_size(outcome: Outcome) -> Iterator[Verdict]:
    for key in _OF_ANY_SIZE:
        large, few = outcome.measured[f"{key}_large"][ASSENT], outcome.measured[f"{key}_few"][ASSENT]
        of = outcome.titles[f"{key}_large"]
        yield _at_most(f"{of}: CPU with 8", large.cpu_ms / few.cpu_ms, 1.3)


def _searches(outcome: Outcome) -> Iterator[Verdict]:
    for key in _SEARCHES:
        of, found = outcome.titles[key], outcome.measured[key]
        yield _no_more_statements(of, found[ASSENT], 2, of_transactions=0)
        if outcome.shape.versions >= 1_000_000:
            yield _share(f"{of}: CPU of MLflow's", _ratio(found, ASSENT, MLFLOW), 100)
    deep, first = outcome.measured["newest_deep"][ASSENT], outcome.measured["newest"][ASSENT]
    yield _at_most(f"{outcome.titles['newest_deep']}: CPU of page 1", deep.cpu_ms / first.cpu_ms, 2)


def _growth(small: Outcome, large: Outcome) -> Iterator[Verdict]:
    for key in _SEARCHES:
        grown = large.measured[key][ASSENT].cpu_ms / small.measured[key][ASSENT].cpu_ms
        limit = 5 if key == "by_common_tag" else 2
        yield _at_most(f"{large.titles[key]}: CPU among {small.shape.versions:,}", grown, limit)


def _writes(outcome: Outcome) -> Iterator[Verdict]:
    for key in _WRITES:
        of, found = outcome.titles[key], outcome.measured[key]
        yield _no_more_statements(of, found[ASSENT], 4, of_transactions=2)
        yield _share(f"{of}: CPU of MLflow's", _ratio(found, ASSENT, MLFLOW), 4)


def _writers(mine: Crowd, theirs: Crowd) -> Verdict:
    figures = [f"{crowd.p99_ms:.0f} ms, {len(crowd.errors)} errors" for crowd in (mine, theirs)]
    return Verdict(
        "create version, 8 writers at once, SQLite: p99 ≤ 100 ms, no error",
        f"{figures[0]} (MLflow {figures[1]})",
        mine.p99_ms <= 100 and not mine.errors,
    )


def _memory(outcome: Outcome) -> Verdict:
    mine, theirs = outcome.memory[ASSENT].own, outcome.memory[MLFLOW].own
    return Verdict("memory, 2 workers ≤ 150 MB", f"{mine:.0f} MB (MLflow {theirs:.0f} MB)", mine <= 150)


def _no_more_statements(of: str, found: Measured, most: int, *, of_transactions: int) -> Verdict:
    counted = found.statements
    assert counted is not None  # noqa: S101 (counted for every operation)
    besides = "one transaction" if of_transactions else "no BEGIN"
    return Verdict(
        f"{of}: statements ≤ {most}, {besides}",
        f"{counted.plain} + {counted.of_transactions}",
        counted.plain <= most and counted.of_transactions <= of_transactions,
    )


def _at_most(promise: str, factor: float, most: float) -> Verdict:
    return Verdict(f"{promise} ≤ {most:g}x", f"{factor:.2f}x", factor <= most)


def _share(promise: str, ratio: float, least: int) -> Verdict:
    return Verdict(f"{promise} ≤ 1/{least}", f"1/{1 / ratio:.1f}", ratio <= 1 / least)


def _ratio(found: dict[str, Measured], one: str, other: str) -> float:
    return found[one].cpu_ms / found[other].cpu_ms
