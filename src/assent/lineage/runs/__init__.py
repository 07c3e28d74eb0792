"""What runs said of themselves: facts, snapshots of them, and digests of what they made."""
