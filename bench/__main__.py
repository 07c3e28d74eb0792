"""`python -m bench`: measure, print what was found, and say which promises are kept."""

import argparse
import signal
import sys
import tempfile
import time
from itertools import chain
from pathlib import Path

from bench import crowd, graph, log, past, report, servers
from bench.contest import ASSENT, MLFLOW, Contest, tell
from bench.crowd import Crowd
from bench.driving import Contestant, Effort
from bench.servers import Server
from bench.shape import LARGE, SMALL
from bench.statements import LOG_LINE_PREFIX
from bench.targets import of_the_graph, of_the_log, of_the_past, verdicts
from support.postgres import Postgres

# As for a team's server; and nothing of the database's housekeeping falls into one contestant's time.
_POSTGRES = {
    "shared_buffers": "1GB",
    "max_wal_size": "16GB",
    "checkpoint_timeout": "1h",
    "autovacuum": "off",
    "log_line_prefix": LOG_LINE_PREFIX,
}

_EFFORT = Effort(rounds=12, seconds=0.25)


def main() -> None:
    """Measure."""
    asked = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the servers end too
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="assent-bench-") as name:
        folder = Path(name)
        crowds = _many_writers(folder)
        with Postgres.start(None, durable=True, **_POSTGRES) as postgres:
            small = Contest(postgres, SMALL, folder, _EFFORT).hold(with_login=True)
            large = (
                Contest(postgres, LARGE, folder, _EFFORT).hold(with_login=False) if asked.size == "large" else None
            )
            tell("a million rows of history")
            stood = past.measure(postgres, folder)
            tell("a million edges")
            walked = graph.measure(postgres, folder)
            events = log.LARGE if asked.size == "large" else log.SMALL
            tell(f"{events:,} audit events")
            told = log.measure(postgres, folder, events)
        version = servers.mlflow_version()
    print(f"Assent beside MLflow {version}, 2 workers each; took {time.monotonic() - began:.0f} s\n")
    for outcome in filter(None, (small, large)):
        print(f"{outcome.shape.models:,} models, {outcome.shape.versions:,} versions")
        print(report.operations_table(outcome), end="\n\n")
    largest = large or small
    print(report.others_table(largest, crowds), end="\n\n")
    others = of_the_past(stood), of_the_graph(walked), of_the_log(told)
    print(report.verdicts_table(chain(verdicts(small, large, crowds), *others)))
    if asked.markdown:
        asked.markdown.write_text(report.markdown(largest, version))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--size", choices=["small", "large"], default="small", help="10,000 versions, or a million too"
    )
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the table for the README to this file")
    return parser.parse_args()


def _many_writers(folder: Path) -> dict[str, Crowd]:
    """Eight clients that create versions at once, on SQLite, which one process of Assent serves."""
    tell("SQLite: 8 writers at once")
    crowds = {}
    with servers.assent(f"sqlite:///{folder}/assent.db", folder, workers=1) as assent:
        crowds[ASSENT] = crowd.create_versions(_on_file(ASSENT, assent))
    with servers.mlflow(f"sqlite:///{folder}/mlflow.db", folder) as mlflow:
        crowds[MLFLOW] = crowd.create_versions(_on_file(MLFLOW, mlflow))
    return crowds


def _on_file(name: str, server: Server) -> Contestant:
    return Contestant(name, server.port, server.pid, server.pid, "", server.headers)


if __name__ == "__main__":
    main()
