"""Registered models, their versions, aliases, tags and stages, and the history of all of them."""
