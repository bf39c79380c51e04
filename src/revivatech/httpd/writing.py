"""The outgoing side of a connection: small buffers, and an end to waiting for a client that does not read."""

import asyncio
import math
import socket
import struct
from contextlib import suppress

from revivatech.httpd.connections import Connections

# Per connection, in this process and in the kernel, which makes 128 KB of it for its own records. More helps nobody:
# a page fits. The kernel's own choice grows to 4 MB, which a client that never reads can have filled.
MOST_UNSENT_BYTES = 32 * 1024
KERNEL_BUFFER_BYTES = 64 * 1024
# With this, closing throws away what the kernel still holds for the client; else it is kept for minutes.
RESET = struct.pack("ii", 1, 0)


def bound_kernel(listener: socket.socket, write_seconds: float) -> None:
    """Set, for every connection that the listener accepts, how much the kernel holds for a client and for how long.

    What a client's kernel does not take is beyond our own reach once we have written it: with TCP_USER_TIMEOUT
    (RFC 5482) a connection is reset whose peer takes nothing for so long, closed ones too.
    """
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_BUFFER_BYTES)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, max(1, int(write_seconds * 1000)))


class Writer:
    """Mixin of a protocol: what its transport has not sent may wait for so long, and for a second each `body_rate`."""

    transport: asyncio.Transport
    loop: asyncio.AbstractEventLoop
    _open: Connections
    # Of most connections nothing ever waits: these are the class' own until something does.
    _unsent = 0
    _moved_at = 0.0
    _write_deadline = math.inf

    def bound_writing(self) -> None:
        """Have the transport say soon that the client reads slowly."""
        self.transport.set_write_buffer_limits(MOST_UNSENT_BYTES)

    def note_paused(self) -> None:
        """The transport has taken more than it should hold."""
        settings = self._open.settings
        unsent = self.transport.get_write_buffer_size()
        self._write_deadline = self.loop.time() + settings.write_seconds + unsent / settings.body_rate

    def note_resumed(self) -> None:
        """The transport has sent most of it."""
        self._write_deadline = math.inf
        self._unsent = 0

    def is_stuck(self, now: float) -> bool:
        """Return True where the client has taken nothing for too long, or all of it too slowly."""
        unsent = self.transport.get_write_buffer_size()
        if not unsent:
            self._unsent = 0
            return False
        if not self._unsent or unsent < self._unsent:
            self._moved_at = now
        self._unsent = unsent
        return now >= self._write_deadline or now - self._moved_at >= self._open.settings.write_seconds

    def reset(self) -> None:
        """Close at once and throw away what was not sent, in the kernel, too."""
        with suppress(OSError):
            self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self.transport.abort()
