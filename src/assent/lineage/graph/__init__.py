"""What made what: nodes, edges, walks, and recalls that go along them."""
