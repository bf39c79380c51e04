"""Where the portal listens, and what it says where it cannot."""

import errno
import ipaddress
import socket

import pytest

from revivatech.cli.errors import Trouble
from revivatech.cli.listening import listen, seen_from_outside


def test_a_machine_without_ipv6_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """The system refuses such a socket before there is one."""

    def refuse(*_: object) -> None:
        raise OSError(errno.EAFNOSUPPORT, "Address family not supported by protocol")

    monkeypatch.setattr(socket, "socket", refuse)

    with pytest.raises(Trouble, match="This machine has no IPv6"):
        listen("::1", 0)


@pytest.mark.parametrize("host", ["no such host", "203.0.113.9"])
def test_an_address_of_somebody_else_is_one_sentence(host: str) -> None:
    """It is named."""
    with pytest.raises(Trouble, match=rf"{host}.*\.$"):
        listen(host, 0)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.3.2.1"])
def test_nobody_else_reaches_a_machines_own_address(host: str) -> None:
    """So there is nothing to tell."""
    assert seen_from_outside(host) == ""


def test_others_are_told_a_real_address() -> None:
    """Never the one that means all addresses; a name or an address that was given stays."""
    assert seen_from_outside("192.0.2.7") == "192.0.2.7"
    assert seen_from_outside("2001:db8::7") == "[2001:db8::7]"
    assert seen_from_outside("portal.local") == "portal.local"
    found = seen_from_outside("0.0.0.0")  # noqa: S104 - not bound
    assert not found or not ipaddress.ip_address(found).is_unspecified
