"""MLflow's registry protocol, as its unmodified clients speak it."""
