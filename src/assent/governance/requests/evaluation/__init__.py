"""What is known of a move, and what is found of it."""
