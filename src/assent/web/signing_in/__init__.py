"""Signing in and out, and the page about oneself."""
