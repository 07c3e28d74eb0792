"""Who was given what: grants, and what they let somebody find."""
