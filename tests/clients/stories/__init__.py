"""What each of the clients does. They run under a Python that has mlflow-skinny and no Assent."""
