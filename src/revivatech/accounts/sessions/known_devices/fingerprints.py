"""By what a device is known again; kept as digests, which open nothing."""

import hashlib

from revivatech.accounts.contracts import Client

REMEMBERED_DAYS = 90


def of_browser(device: str | None) -> bytes:
    """By its long-lived cookie, which nobody guesses."""
    return hashlib.sha256(f"browser {device}".encode()).digest()


def of_program(client: Client, network: str) -> bytes:
    """By its name and its network, which others may have too: good for a notice, never for trust."""
    return hashlib.sha256(f"client {network} {client.user_agent}".encode()).digest()
