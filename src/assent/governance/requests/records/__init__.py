"""Requests, decisions and delegations as they are kept, and what is told of them."""
