"""What shows that a version is fit: the checks that CI posts."""
