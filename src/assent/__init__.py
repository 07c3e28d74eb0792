"""Assent: a model registry in which nothing reaches production unsigned."""
