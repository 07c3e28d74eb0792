"""The protocol of the Databricks Workspace Model Registry, as the unmodified `databricks-sdk` speaks it."""
