"""The gate. Only from here does a version enter a stage, an alias come to point, or something get deleted."""
