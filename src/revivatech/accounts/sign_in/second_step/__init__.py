"""The second step of signing in, and signing in by a passkey, as pages and as JSON."""
