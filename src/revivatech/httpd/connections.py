"""Every open connection of the process: bounded in number, and looked at again and again until it is overdue."""

from collections.abc import Callable
from typing import Protocol

import structlog

from revivatech.httpd.descriptors import most_connections
from revivatech.httpd.metrics import CLOSED, CONNECTIONS
from revivatech.httpd.refusals import refusals_for
from revivatech.kit.crowd import Crowd, FullError
from revivatech.kit.network import is_trusted, network_of, parse_address
from revivatech.settings import Settings

log = structlog.get_logger(__name__)

LONGEST_TICK = 1.0
TICKS_A_DEADLINE = 4


class Held(Protocol):
    """A connection, of HTTP or a WebSocket."""

    def check(self, now: float) -> str:
        """Return what the connection is overdue with, empty where it is not; what can be said to the client is said."""

    def drop(self) -> None:
        """Close it, whatever it is doing."""


class Connections:
    """The connections, at most so many in all and of one network.

    Where they are too many, the one that has waited longest for its client makes room; a request that is being
    answered and a socket on which someone has signed in do not wait. Connections of trusted proxies count in all, but
    not as one network's: a proxy speaks for many.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.refusals = refusals_for(settings)
        most = most_connections(settings.connections, settings.database_pool)
        if most < settings.connections:
            log.warning("few_open_files", connections=most, wanted=settings.connections)
        self._crowd: Crowd[Held] = Crowd(most, settings.connections_per_network)
        shortest = min(settings.head_seconds, settings.body_seconds, settings.write_seconds)
        self.tick = min(LONGEST_TICK, shortest / TICKS_A_DEADLINE)
        self._looked_at = 0.0
        # A request calls these two; without a detour.
        self.hold: Callable[[Held], None] = self._crowd.hold
        self.wait: Callable[[Held], None] = self._crowd.wait

    def __len__(self) -> int:
        return len(self._crowd)

    def enter(self, connection: Held, peer: str) -> None:
        """Count a new connection; another one, or this one itself, is dropped where they are too many."""
        address = parse_address(peer) or peer
        network = None if is_trusted(address, self.settings.trusted_proxies) else network_of(address)
        self._enter(connection, network)

    def admit(self, connection: Held) -> None:
        """Count the connection as no network's any more, and keep it: someone has signed in on it."""
        if connection in self._crowd:
            self._crowd.leave(connection)
            self._enter(connection, None)
            self._crowd.hold(connection)

    def leave(self, connection: Held) -> None:
        """Forget a connection."""
        self._crowd.leave(connection)

    def sweep(self, now: float) -> None:
        """Drop what is overdue."""
        CONNECTIONS.set(len(self._crowd))
        late = now - self._looked_at > self.tick + LONGEST_TICK
        self._looked_at = now
        if late:
            # This process itself was busy or stopped: what clients have sent meanwhile is still unread.
            return
        for connection in self._crowd:
            try:
                reason = connection.check(now)
            except Exception:
                log.exception("check_failed")
                reason = "socket"
            if reason:
                CLOSED.labels(reason).inc()

    def drop_all(self) -> None:
        """Close every connection: the server has ended."""
        for connection in self._crowd:
            connection.drop()

    def _enter(self, connection: Held, network: str | None) -> None:
        try:
            leaving = self._crowd.enter(connection, network)
        except FullError:
            CLOSED.labels("full").inc()
            connection.drop()
            return
        if leaving is not None:
            CLOSED.labels("crowded").inc()
            leaving.drop()
