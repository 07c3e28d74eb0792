"""How things stood, in the native API."""

from security.row import Row, anyone

ROWS = (Row("api", "GET", "/at", anyone(), {"time": 1_795_408_000_000}),)
