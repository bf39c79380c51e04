"""The event log of each customer, in order, and the sockets that tell of it at once."""

from revivatech.kit.imports import without

# What they load for their clients, and for a bus of theirs that we do not use, wherever it is installed: 16 MB, 0.3 s.
with without("aiohttp", "requests", "valkey"):
    import engineio as _engineio  # noqa: F401
    import socketio as _socketio  # noqa: F401
