"""Transition requests: opened, decided on, applied."""
