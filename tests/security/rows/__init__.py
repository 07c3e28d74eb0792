"""The rows, face by face. A call without one is found by a guard."""

from security.row import Row
from security.rows import api, databricks, grants, mlflow, operation, principals

ROWS: tuple[Row, ...] = (
    *mlflow.ROWS,
    *databricks.ROWS,
    *api.ROWS,
    *principals.ROWS,
    *grants.ROWS,
    *operation.ROWS,
)
