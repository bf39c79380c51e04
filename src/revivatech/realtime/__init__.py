"""What happened, in order, for each customer; and the sockets that say so at once."""

from revivatech.kit.imports import without

# Its client, which a server never is, takes this wherever it is installed: 6 MB and 70 ms.
with without("requests"):
    import engineio as _engineio  # noqa: F401
