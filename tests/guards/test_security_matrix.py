"""The security matrix has a row for every call, and no other."""

from collections import Counter

from assent.faces import FACES
from security.rows import ROWS


def test_every_call_of_every_face_has_its_row() -> None:
    calls = {(face.name, call.method, call.path) for face in FACES for call in face.calls}
    assert {row.key for row in ROWS} == calls


def test_no_call_has_two_rows() -> None:
    assert [key for key, rows in Counter(row.key for row in ROWS).items() if rows > 1] == []
