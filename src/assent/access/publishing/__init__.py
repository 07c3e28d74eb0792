"""Tokens of others, such as CI jobs, that are exchanged for ours."""
