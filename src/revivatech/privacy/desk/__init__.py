"""Requests for data that come by letter or at the counter: a manager writes them down, then they go their usual way."""
