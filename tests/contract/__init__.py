"""Stories that the real MLflow client runs against a real server."""
