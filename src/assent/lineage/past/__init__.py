"""How things stood at a moment, and what happened to a version since."""
