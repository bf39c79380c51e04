"""The figures of /metrics, with the specification's names."""

from prometheus_client import Counter, Gauge, Histogram

REQUESTS = Counter("customer_portal_api_requests", "Requests by route template.", ["method", "endpoint", "status"])
DURATION = Histogram(
    "customer_portal_request_duration_seconds",
    "Time from the request's headers to the answer's, by route template.",
    ["method", "endpoint"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
LOGINS = Counter("customer_portal_login_attempts", "Sign-ins by outcome.", ["status"])
REPAIR_VIEWS = Counter("customer_portal_repair_views", "Repairs that were opened.")
CHAT_MESSAGES = Counter("customer_portal_chat_messages", "Chat messages that were sent.")
# An answer that was kept is a view too, so views are counted where answers leave.
VIEWS = {"/api/customer/repairs/{repair_id}": REPAIR_VIEWS, "/customer/repairs/{repair_id}": REPAIR_VIEWS}
POOL_WAITING = Gauge("customer_portal_database_waiting", "Requests that wait for a database connection.")
POOL_SIZE = Gauge("customer_portal_database_connections", "Open database connections.")
RESTARTS = Counter(
    "customer_portal_embedded_restarts", "Embedded servers that ended by themselves and were started again.", ["server"]
)
for server in ("postgres", "valkey-server"):
    RESTARTS.labels(server)
