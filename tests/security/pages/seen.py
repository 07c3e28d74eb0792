"""How pages are asked, and how they answer where something was done: with the way to the next page."""

from functools import partial

from security.row import Row

SEE = 303

page = partial(Row, "web", "GET")
form = partial(Row, "web", "POST")
