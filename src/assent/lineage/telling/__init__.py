"""Events of the audit log as sentences: of a version, of a model, of anything. Pure."""
