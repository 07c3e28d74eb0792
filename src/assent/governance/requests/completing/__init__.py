"""Looking at a request: who it waits for, and the move once nothing is missing."""
