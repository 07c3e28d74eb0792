"""The inbox, and the page of a request: what would change, what is proven, what is missing, and the decision."""
