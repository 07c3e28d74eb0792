"""What the protocols of MLflow and Databricks have in common: how they read, write and refuse."""
