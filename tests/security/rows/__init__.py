"""The rows, face by face. A call without one is found by a guard."""

from security.row import Row
from security.rows import api, mlflow, operation

ROWS: tuple[Row, ...] = (*mlflow.ROWS, *api.ROWS, *operation.ROWS)
