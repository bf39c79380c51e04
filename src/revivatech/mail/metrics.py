"""Metrics of mail."""

from prometheus_client import Counter

MAILS = Counter(
    "customer_portal_mails_total",
    "Mails that this process handed over (sent), that a server will never take (refused), or that wait (failed).",
    ["outcome"],
)
