"""Models and versions: found, read, edited, moved, compared."""
