"""The address that a request comes from, believing nobody but a configured proxy."""

import ipaddress
from functools import lru_cache

from revivatech.web.portal import portal_of
from revivatech.web.request import Request

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@lru_cache(maxsize=8)
def _networks(proxies: tuple[str, ...]) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(proxy) for proxy in proxies)


def resolve(peer: str, forwarded: str | None, proxies: tuple[str, ...]) -> str:
    """The client's address: the peer's own, or the last X-Forwarded-For entry that no trusted proxy wrote.

    Entries are read from the right, because each proxy appends what it saw; whatever stands further left was written
    by somebody unknown.
    """
    if not forwarded or not _trusted(peer, proxies):
        return peer
    for entry in reversed([part.strip() for part in forwarded.split(",")]):
        try:
            parsed = ipaddress.ip_address(entry)
        except ValueError:
            return peer
        # A zone (`fe80::1%eth0`) means something on the proxy alone, and the database takes none.
        address = str(parsed).partition("%")[0]
        if not _trusted(address, proxies):
            return address
        peer = address
    return peer


def _trusted(address: str, proxies: tuple[str, ...]) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in _networks(proxies) if network.version == parsed.version)


def client_address(request: Request) -> str:
    """The address of whoever sent this request, as text; `0.0.0.0` where the transport has none."""
    peer = request.scope.get("client")
    # Some proxies append to the client's line, others add one of their own below it: all of them are one list.
    forwarded = ",".join(request.headers.getall("x-forwarded-for", []))
    return resolve(
        peer[0] if peer else "0.0.0.0",  # noqa: S104 - a placeholder, nothing is bound
        forwarded or None,
        portal_of(request).settings.trusted_proxies,
    )
