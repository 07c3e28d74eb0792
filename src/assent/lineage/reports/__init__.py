"""What others tell of versions: deployments that serve them, parents that are declared, events of other tools."""
