"""Calls on registered models that MLflow's protocol does not have."""

from typing import Any

from assent.access.policy.levels import highest
from assent.access.policy.principals import Principal
from assent.databricks import schemas as s
from assent.databricks.face import databricks
from assent.http.calls import Uses
from assent.http.wire.answers import registered_model
from assent.kernel.dialects import Reader
from assent.registry import permissions, reading


@databricks.call(
    "GET",
    "/mlflow/databricks/registered-models/get",
    takes=s.OfModel(),
    gives=s.OneModelDatabricks(),
    errors=(400, 404),
    uses=Uses.READS,
)
def get_registered_model(session: Reader, name: str, *, by: Principal) -> dict[str, Any]:
    """Get a registered model with its id, and the highest level that the caller has on it."""
    model = permissions.named(session, name, by=by)
    found = registered_model(reading.model(session, name, by=by))
    level = highest(by.levels(model.name, model.granted))
    return {"registered_model_databricks": {**found, "id": str(model.id), "permission_level": level}}
