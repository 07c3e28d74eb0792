"""What people write beside models and versions: comments and model cards."""
