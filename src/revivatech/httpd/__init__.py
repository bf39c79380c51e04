"""uvicorn as this program runs it: with deadlines and bounds for every connection (ADR 15)."""

from revivatech.httpd.server import GRACE_SECONDS, Server, new_server

__all__ = ["GRACE_SECONDS", "Server", "new_server"]
