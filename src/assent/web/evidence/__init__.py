"""Versions beside each other: what their runs measured, and all in which they differ."""
