"""The result as a person reads it: tables for the terminal, and for the README."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from bench.contest import ASSENT, MLFLOW, Outcome
from bench.crowd import Crowd
from bench.driving import Measured
from bench.processes import Memory
from bench.targets import Verdict

Rows = Iterable[Sequence[str]]

_HEADER = ("operation", "server", "requests/s", "p50 ms", "p99 ms", "CPU ms", "SQL", "CPU of Assent's")


def operations_table(outcome: Outcome) -> str:
    """Every operation with every server."""
    return aligned(_HEADER, _lines(outcome))


def others_table(outcome: Outcome, crowds: Mapping[str, Crowd]) -> str:
    """Memory, and what many writers meet."""
    rows = [[name, *_held(held), *_crowded(crowds[name])] for name, held in outcome.memory.items()]
    header = ("server", "PSS MB", "RSS MB", "8 writers, SQLite: p50 ms", "p99 ms", "errors")
    return aligned(header, rows)


def verdicts_table(verdicts: Iterable[Verdict]) -> str:
    """Every promise."""
    rows = [("reached" if each.reached else "NOT REACHED", each.promise, each.figure) for each in verdicts]
    return aligned(("", "promise", "measured"), rows)


def markdown(outcome: Outcome, mlflow_version: str) -> str:
    """The table for the README: processor time and latency of both, and how many times less it is."""
    header = ("operation", f"MLflow {mlflow_version}", "Assent", "less CPU")
    rows = []
    for key, found in outcome.measured.items():
        mine, theirs = found[ASSENT], found[MLFLOW]
        rows.append((outcome.titles[key], _brief(theirs), _brief(mine), f"{theirs.cpu_ms / mine.cpu_ms:.0f}x"))
    lines = [header, ("---", "---:", "---:", "---:"), *rows]
    caption = (
        f"{outcome.shape.models:,} models, {outcome.shape.versions:,} versions; processor time of a request, of the "
        "server and the database together, and what half of the requests take at most:"
    )
    return "\n".join([caption, "", *("| " + " | ".join(line) + " |" for line in lines)]) + "\n"


def _lines(outcome: Outcome) -> Iterator[Sequence[str]]:
    for key, found in outcome.measured.items():
        for name, each in found.items():
            yield (
                outcome.titles[key],
                name,
                f"{each.per_second:.0f}",
                f"{each.p50_ms:.2f}",
                f"{each.p99_ms:.2f}",
                f"{each.cpu_ms:.2f}",
                f"{each.statements.plain} + {each.statements.of_transactions}" if each.statements else "",
                "" if name.startswith(ASSENT) else _times(each.cpu_ms / found[ASSENT].cpu_ms),
            )


def _held(memory: Memory) -> tuple[str, str]:
    return f"{memory.own:.0f}", f"{memory.resident:.0f}"


def _crowded(crowd: Crowd) -> tuple[str, str, str]:
    return f"{crowd.p50_ms:.1f}", f"{crowd.p99_ms:.1f}", f"{len(crowd.errors)} of {len(crowd.seconds)}"


def _times(ratio: float) -> str:
    return f"{ratio:.2f}x" if ratio < 10 else f"{ratio:.0f}x"


def _brief(found: Measured) -> str:
    return f"{found.cpu_ms:.2f} ms, {found.p50_ms:.1f} ms"


def aligned(header: Sequence[str], rows: Rows) -> str:
    """Lines whose words stand below each other."""
    lines = [header, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    return "\n".join(
        "  ".join(word.ljust(width) for word, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )
