"""The registry in the hands of MLflow's clients, from the oldest line to the newest. Run by `make test-clients`."""
