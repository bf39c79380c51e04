"""Metrics of requests."""

from prometheus_client import Gauge

from revivatech.db import Database
from revivatech.privacy import requests

DUE = Gauge(
    "customer_portal_privacy_requests_due_seconds",
    "Seconds left to answer the most urgent open request; negative is late, absent is none.",
    ["kind"],
)


async def refresh(db: Database) -> None:
    """Look when the next answer is due, for the text that is about to be written. Raises Unavailable."""
    async with db.read() as reader:
        left = await requests.due_seconds(reader)
    DUE.clear()
    for kind, seconds in left.items():
        DUE.labels(kind).set(seconds)
