"""The face itself: where its calls are found, and how they take their input."""

from assent.databricks.errors import domain_error, http_error
from assent.databricks.schemas import ErrorWithDetails
from assent.http.calls import Face
from assent.http.wire.inputs import load

# The rest of what the SDK calls below /api/2.0/mlflow is MLflow's protocol, and that face's.
ONLY_BELOW = (
    "/api/2.0/mlflow/comments/",
    "/api/2.0/mlflow/databricks/",
    "/api/2.0/mlflow/transition-requests/",
    "/api/2.0/permissions/",
    "/api/2.0/preview/scim/",
)

databricks = Face(
    "databricks", ("/api/2.0",), load, domain_error, http_error, ErrorWithDetails(), only_below=ONLY_BELOW
)
