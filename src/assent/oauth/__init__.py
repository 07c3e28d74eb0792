"""Tokens in exchange for other proofs, in the words of OAuth 2 (RFC 6749, RFC 8693), and where to find that."""
