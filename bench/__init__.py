"""Measures Assent beside an MLflow server: the same data, the same machine, the same client, in turns."""
