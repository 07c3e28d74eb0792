"""The face itself: where its calls are found, and how they take their input."""

from assent.api.inputs import load
from assent.http import problems
from assent.http.calls import Face

api = Face(
    "api",
    ("/api/v1",),
    load,
    problems.domain_error,
    problems.http_error,
    problems.Problem(),
    problems.MIMETYPE,
)
