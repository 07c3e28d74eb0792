"""Lineage and recalls."""

from security.row import Row

ROWS: tuple[Row, ...] = ()
