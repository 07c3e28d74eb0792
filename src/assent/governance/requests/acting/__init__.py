"""What is done about a request: asking, approving, rejecting, overriding, withdrawing."""
