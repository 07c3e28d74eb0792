"""The rows of the pages, room by room: what everybody gets who is signed in with a browser.

A row is sent as a browser sends it: its `fields` are in the address of a GET, and in the form of a POST, with its
proof. Whoever is not signed in is led to where one signs in.
"""

from security.pages import administration, audit, editing, lineage, models, people, requests, signing_in, writing
from security.row import Row

ROWS: tuple[Row, ...] = (
    *signing_in.ROWS,
    *requests.ROWS,
    *models.ROWS,
    *editing.ROWS,
    *lineage.ROWS,
    *audit.ROWS,
    *administration.ROWS,
    *people.ROWS,
    *writing.ROWS,
)
