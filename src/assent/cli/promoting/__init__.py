"""Moves that are asked for, waited for, explained and decided on, over HTTP."""
