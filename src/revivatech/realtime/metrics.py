"""Metrics of the sockets."""

from prometheus_client import Counter, Gauge

SOCKETS = Gauge("customer_portal_sockets", "Sockets that are connected to this process.", ["realm"])
ACTIVE_USERS = Gauge("customer_portal_active_users", "Customers who have the portal open, connected to this process.")
EVENTS = Counter("customer_portal_socket_events_total", "Events written to sockets.", ["type"])
CLOSED = Counter("customer_portal_sockets_closed_total", "Sockets that the portal closed.", ["reason"])
REPLAYED = Counter("customer_portal_events_replayed_total", "Events read from the log again: what a socket had missed.")
UNSENT = Counter("customer_portal_bus_unsent_total", "Messages to other processes given up while Valkey was away.")
