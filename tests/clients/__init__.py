"""The registry in the hands of real clients, from the oldest line to the newest. Run by `make test-clients`."""
