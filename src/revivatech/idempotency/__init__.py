"""Requests that a client may send again: what the first of them made is what the others get (Idempotency-Key)."""
