"""Requests as they are shown: to whoever decides, asks, waits or wonders what a move would take."""
