"""Users, service accounts, and the groups that they are in."""
