"""What the faces share: identity, calls and their contracts, the OpenAPI document, logs and metrics."""
