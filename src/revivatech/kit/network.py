"""Network addresses: the client behind trusted proxies, and the network that one subscriber has."""

import ipaddress
import re
from collections.abc import Iterable
from functools import lru_cache

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

UNKNOWN = "unknown"
# One subscriber has all addresses of an IPv6 /64.
IPV6_PREFIX = 64
# No entry of X-Forwarded-For is longer: an IPv6 address in full, its zone, brackets and a port.
LONGEST_ENTRY = 80
WITH_PORT = re.compile(r"(\d{1,3}(?:\.\d{1,3}){3}):(\d{1,5})|\[([0-9A-Fa-f:.]+)\](?::(\d{1,5}))?", re.ASCII)
LARGEST_PORT = 65535


class UnreadableForwardingError(ValueError):
    """A trusted proxy sent an X-Forwarded-For header that does not name an address where the client's must be."""


def resolve(peer: str, forwarded: Iterable[str], proxies: tuple[str, ...]) -> str:
    """Return the client's address: the peer's own, or the last X-Forwarded-For entry that no trusted proxy wrote.

    `forwarded` holds the values of the header's lines in their order; they are one list (RFC 9110, 5.3). Entries are
    read from the right, because each proxy appends the address it saw; anyone may have written those further left. An
    entry is an address, alone or with a port: `192.0.2.1:4711`, `[2001:db8::1]:4711`. Without a trusted proxy the
    header is ignored. Raises UnreadableForwardingError.
    """
    address = parse_address(peer) or peer
    if not is_trusted(address, proxies):
        return address
    for entry in reversed([part.strip() for line in forwarded for part in line.split(",")]):
        if not entry:
            continue
        client = _parse_entry(entry) if len(entry) <= LONGEST_ENTRY else None
        if client is None:
            raise UnreadableForwardingError
        address = client
        if not is_trusted(address, proxies):
            break
    return address


@lru_cache(maxsize=4096)
def parse_address(text: str) -> str | None:
    """Return the address in its usual form, None for text that is no address.

    Without a zone (`fe80::1%eth0`), which means something on one machine alone. IPv4 mapped into IPv6, as a listener
    for both sees its peers, is IPv4.
    """
    try:
        parsed = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(parsed)


@lru_cache(maxsize=4096)
def network_of(address: str) -> str:
    """Return the network that one subscriber has: an IPv4 address, an IPv6 /64; `unknown` where it is no address."""
    canonical = parse_address(address)
    if canonical is None:
        return UNKNOWN
    if ":" in canonical:
        return str(ipaddress.ip_network((canonical, IPV6_PREFIX), strict=False))
    return canonical


@lru_cache(maxsize=4096)
def is_trusted(address: str, proxies: tuple[str, ...]) -> bool:
    """Return True for an address of one of these networks."""
    if not proxies:
        return False
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in _networks(proxies) if network.version == parsed.version)


@lru_cache(maxsize=8)
def _networks(proxies: tuple[str, ...]) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(proxy) for proxy in proxies)


@lru_cache(maxsize=4096)
def _parse_entry(entry: str) -> str | None:
    if (match := WITH_PORT.fullmatch(entry)) is None:
        return parse_address(entry)
    version_4, port_4, version_6, port_6 = match.groups()
    if int(port_4 or port_6 or 0) > LARGEST_PORT:
        return None
    address = parse_address(version_4 or version_6)
    # Brackets hold IPv6, mapped or not, and nothing else.
    return address if version_4 or ":" in version_6 else None
