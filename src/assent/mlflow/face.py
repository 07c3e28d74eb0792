"""The face itself: where its calls are found, and how they take their input."""

from assent.http.calls import Face
from assent.http.wire.inputs import load
from assent.http.wire.schemas import Error
from assent.mlflow.errors import domain_error, http_error

# The second prefix is that of MLflow's web page, the third that of its 1.x clients.
PREFIXES = ("/api/2.0/mlflow", "/ajax-api/2.0/mlflow", "/api/2.0/preview/mlflow")

mlflow = Face("mlflow", PREFIXES, load, domain_error, http_error, Error())

# What newer access clients call is below another number; the rest that is there is no matter of a registry.
mlflow3 = Face(
    "mlflow3",
    ("/api/3.0/mlflow",),
    load,
    domain_error,
    http_error,
    Error(),
    only_below=("/api/3.0/mlflow/users/", "/api/3.0/mlflow/roles/"),
)
