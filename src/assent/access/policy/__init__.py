"""What may be done, by whom, with what: levels, limits, reach and principals, as values that need no database."""
