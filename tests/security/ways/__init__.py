"""The ways, face by face. A call that changes something and has none is found by a test."""

from security.way import Way
from security.ways import accounts, administration_pages, editing, governance, lineage, mlflow, models, pages

WAYS: tuple[Way, ...] = (
    *mlflow.WAYS,
    *models.WAYS,
    *governance.WAYS,
    *lineage.WAYS,
    *accounts.WAYS,
    *pages.WAYS,
    *administration_pages.WAYS,
    *editing.WAYS,
)
