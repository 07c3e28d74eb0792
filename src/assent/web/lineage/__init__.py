"""Where versions come from and what comes of them, drawn and as a table; and what was recalled."""
