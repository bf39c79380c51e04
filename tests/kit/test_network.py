"""The client's address (R12), and the network that it belongs to."""

import ipaddress
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revivatech.kit.network import UnreadableForwardingError, network_of, resolve

PROXIES = ("10.0.0.0/8", "::1/128")


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("203.0.113.9", [], "203.0.113.9"),
        # Nobody but a proxy is believed.
        ("203.0.113.9", ["198.51.100.1"], "203.0.113.9"),
        ("203.0.113.9", ["nonsense"], "203.0.113.9"),
        ("10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        # What the client wrote itself stands left of what the proxy saw.
        ("10.0.0.1", ["1.2.3.4, 198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["nonsense, 198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["1.2.3.4", "198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["198.51.100.1, 10.0.0.2"], "198.51.100.1"),
        ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        ("::1", ["2001:db8::7"], "2001:db8::7"),
        ("10.0.0.1", ["fe80::1%eth0"], "fe80::1"),
        # Some proxies say the port, too.
        ("10.0.0.1", ["198.51.100.1:4711"], "198.51.100.1"),
        ("10.0.0.1", ["[2001:db8::7]:4711"], "2001:db8::7"),
        ("10.0.0.1", ["[2001:db8::7]"], "2001:db8::7"),
        ("10.0.0.1", ["198.51.100.1:4711, 10.0.0.2:80"], "198.51.100.1"),
        # A list may have empty elements (RFC 9110, 5.6.1).
        ("10.0.0.1", ["198.51.100.1, ,", ""], "198.51.100.1"),
        ("10.0.0.1", ["", " , "], "10.0.0.1"),
        # A listener for both versions of IP sees IPv4 mapped into IPv6.
        ("::ffff:203.0.113.9", [], "203.0.113.9"),
        ("::ffff:10.0.0.1", ["::ffff:198.51.100.1"], "198.51.100.1"),
    ],
)
def test_r12_a_forwarded_address_is_believed_from_a_proxy_only(peer: str, forwarded: list[str], expected: str) -> None:
    """The last entry that no trusted proxy wrote is the client."""
    assert resolve(peer, forwarded, PROXIES) == expected


@pytest.mark.parametrize(
    "entry",
    [
        "nonsense",
        "unknown",
        "198.51.100.1:",
        "198.51.100.1:65536",
        "198.51.100.1:x",
        "198.51.100.256",
        "[198.51.100.1]",
        "[2001:db8::7",
        "[2001:db8::7]x",
        "[2001:db8::7]:",
        '"[2001:db8::7]:4711"',
        "２.２.２.２",
        "1" * 5000,
        "for=198.51.100.1",
    ],
)
def test_r12_garbage_does_not_count_as_the_proxy(entry: str) -> None:
    """Where the client's address must be, something else is refused: all clients would share the proxy's address."""
    for forwarded in (entry, f"198.51.100.1, {entry}", f"{entry}, 10.0.0.2"):
        with pytest.raises(UnreadableForwardingError):
            resolve("10.0.0.1", [forwarded], PROXIES)


ADDRESSES = st.ip_addresses().map(str)


@given(st.text(max_size=60), ADDRESSES)
def test_r12_whatever_a_client_sends_its_proxy_wins(written: str, seen: str) -> None:
    """What stands left of the address that the proxy saw changes nothing."""
    alone = resolve("10.0.0.1", [seen], ("10.0.0.1",))

    assert resolve("10.0.0.1", [f"{written}, {seen}"], ("10.0.0.1",)) == alone


@given(st.text(max_size=60))
def test_r12_an_entry_is_an_address_or_refused(entry: str) -> None:
    """Nothing else comes back, and nothing else is raised."""
    with suppress(UnreadableForwardingError):
        ipaddress.ip_address(resolve("10.0.0.1", [entry], PROXIES))


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "unknown"),
        ("", "unknown"),
    ],
)
def test_a_network_is_what_one_subscriber_has(address: str, network: str) -> None:
    """An IPv4 address is one subscriber's, of IPv6 the whole /64."""
    assert network_of(address) == network
