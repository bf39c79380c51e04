"""The customer's home: what waits for them, what is under way, what happened. It owns no table."""
