"""What each of the clients does. They run under a Python that has the client and no Assent."""
