"""Filling a database for questions of one kind, and how long their answers take."""

import statistics
import time
from collections.abc import Sequence

import psycopg2

from bench.driving import Client
from bench.requests import Request


def fill(url: str, statements: str) -> None:
    """Run statements on a database, and let it look at what it has then."""
    connection = psycopg2.connect(url)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(statements)
            cursor.execute("VACUUM (ANALYZE)")
    finally:
        connection.close()


def p50(client: Client, asked: Sequence[Request]) -> float:
    """What half of the answers take at most, in milliseconds."""
    taken = []
    for request in asked:
        began = time.perf_counter()
        client.send(request)
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken)
