"""Valkey: cached answers, request limits and the sessions that are known to be alive, in one round trip a request."""
