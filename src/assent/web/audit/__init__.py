"""Who did what, and how things stood at a moment."""
