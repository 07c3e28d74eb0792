"""The security matrix: every call of every face, tried by everybody who could try it."""
