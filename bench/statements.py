"""Counts the SQL statements of a request, in PostgreSQL's log."""

import re
import statistics
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2

from bench.driving import Client, Statements
from bench.requests import Ask
from support.postgres import Postgres

# What the server is started with: every line of the log then tells its database.
LOG_LINE_PREFIX = "db=%d "

_STATEMENT = re.compile(r"^db=(?P<database>\S*) LOG:  (?:statement|execute [^:]+): \s*(?P<word>\w*)", re.MULTILINE)
_OF_TRANSACTIONS = {"BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "START"}
_TIMES = 5


class StatementLog:
    """Reads a server's log while requests are answered."""

    def __init__(self, log: Path) -> None:
        self._log = log

    def of_one_request(self, database: str, client: Client, ask: Ask) -> Statements:
        """What comes most often: now and then a server does something besides."""
        return statistics.mode([self._count(database, client, ask, turn) for turn in range(_TIMES)])

    def _count(self, database: str, client: Client, ask: Ask, turn: int) -> Statements:
        before = self._log.stat().st_size
        client.send(ask(turn))
        time.sleep(0.01)  # what a server sends after its answer, such as a ROLLBACK, belongs to the request
        with self._log.open("rb") as log:
            log.seek(before)
            text = log.read().decode(errors="replace")
        words = [found["word"].upper() for found in _STATEMENT.finditer(text) if found["database"] == database]
        of_transactions = sum(word in _OF_TRANSACTIONS for word in words)
        return Statements(len(words) - of_transactions, of_transactions)


@contextmanager
def logged(postgres: Postgres) -> Iterator[StatementLog]:
    """Let the server log every statement for a while; that is slow, and no time to measure."""
    _log_statements(postgres, "all")
    try:
        yield StatementLog(postgres.log)
    finally:
        _log_statements(postgres, "none")


def _log_statements(postgres: Postgres, which: str) -> None:
    with closing(psycopg2.connect(postgres.url())) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute("ALTER SYSTEM SET log_statement = %s", (which,))
        cursor.execute("SELECT pg_reload_conf()")
    time.sleep(0.5)  # until every backend has heard of it
