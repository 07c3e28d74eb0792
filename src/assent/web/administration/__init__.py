"""Who may do what, and the rules: for administrators."""
