"""Rows for tests, which name only what matters to them."""
