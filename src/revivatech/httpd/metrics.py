"""Figures of the connections of this process."""

from prometheus_client import Counter, Gauge

CONNECTIONS = Gauge("customer_portal_connections", "Open connections of this process, sockets included.")
CLOSED = Counter(
    "customer_portal_connections_closed", "Connections that the server closed, by what was wrong with them.", ["reason"]
)
for reason in ("head", "body", "write", "socket", "crowded", "full"):
    CLOSED.labels(reason)
