"""The address that the portal listens on."""

import errno
import ipaddress
import socket

from revivatech.cli.errors import Trouble
from revivatech.settings import is_loopback

# Connections that wait while the process is busy or still starting.
BACKLOG = 2048
IPV6 = 6


def listen(host: str, port: int) -> socket.socket:
    """A listening socket, port 0 for any free one; raises Trouble with the reason it cannot be had."""
    try:
        listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    except OSError as error:  # a machine without IPv6
        raise Trouble(_why_not(error, host, port)) from None
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)  # binding alone does not tell whether somebody else listens
    except OSError as error:
        listener.close()
        raise Trouble(_why_not(error, host, port)) from None
    return listener


def _why_not(error: OSError, host: str, port: int) -> str:
    place = f"{host}:{port}"
    match error.errno:
        case errno.EADDRINUSE:
            return f"Another program already listens on {place}: end it, or choose another port with --port or PORT=."
        case errno.EACCES:
            return f"This user may not listen on {place}: choose a port above 1023 with --port or PORT=."
        case errno.EAFNOSUPPORT:
            return f"This machine has no IPv6, so it cannot listen on {host}: choose another with --host or HOST=."
        case errno.EADDRNOTAVAIL:
            return f"{host} is no address of this machine: choose another with --host or HOST=."
    return f"The portal cannot listen on {place}: {error.strerror}."


def seen_from_outside(host: str) -> str:
    """The address under which other machines reach one that listens on `host`; "" where only this one does."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "" if is_loopback(host) else host
    if address.is_loopback:
        return ""
    if address.is_unspecified:
        address = ipaddress.ip_address(_towards_the_network(address.version))
    return "" if address.is_loopback else f"[{address}]" if address.version == IPV6 else str(address)


def _towards_the_network(version: int) -> str:
    """This machine's address on the way to others. Nothing is sent: the system only looks up the way."""
    family, elsewhere = (socket.AF_INET6, "2001:db8::1") if version == IPV6 else (socket.AF_INET, "192.0.2.1")
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as question:
            question.connect((elsewhere, 9))
            return str(question.getsockname()[0])
    except OSError:
        return "::1" if version == IPV6 else "127.0.0.1"
