"""What lets somebody in: passwords, tokens, sessions, and the keys that servers share."""
