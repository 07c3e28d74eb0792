"""Rules that an administrator sets: gates, freezes and lifecycles."""
