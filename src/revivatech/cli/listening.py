"""The address that the portal listens on."""

import errno
import socket

from revivatech.cli.troubles import Trouble

# Connections that wait while the process is busy or still starting.
BACKLOG = 2048


def listen(host: str, port: int) -> socket.socket:
    """A listening socket, port 0 for any free one; raises Trouble with the reason it cannot be had."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
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
        case errno.EADDRNOTAVAIL:
            return f"{host} is no address of this machine: choose another with --host or HOST=."
    return f"The portal cannot listen on {place}: {error.strerror}."
