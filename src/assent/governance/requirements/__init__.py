"""What a gate may ask for, judged by pure functions over one gathered value."""
