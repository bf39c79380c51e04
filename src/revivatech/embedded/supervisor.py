"""One server that is kept running: started again when it ends by itself, given up when it does not stay up."""

import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from revivatech.embedded.errors import EmbeddedError

# Recovery after a crash reads back at most max_wal_size of changes.
LONGEST_START = 120.0
# Seconds before each start of a server that ended by itself. One that then runs for `CALM` begins anew.
PAUSES = (0.0, 0.5, 2.0, 5.0, 10.0)
CALM = 60.0


@dataclass(frozen=True, slots=True)
class Observers:
    """Observers of what happens to the servers, from any thread."""

    # A sentence whenever the operator should know something.
    log: Callable[[str], None]
    # The name of a server, `postgres` or `valkey-server`, each time that it was started again.
    on_restart: Callable[[str], None]
    # A sentence, once, when a server is given up: without it the program is of no use.
    on_loss: Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Server:
    """The facts of a server of the data folder that starting it needs."""

    name: str
    title: str
    log: Path
    # The server on its way up, and the processes of an earlier run that had to be ended first.
    start: Callable[[], tuple[subprocess.Popen[bytes], tuple[int, ...]]]
    is_ready: Callable[[subprocess.Popen[bytes]], bool]


class SupervisedServer:
    """A server from when it is ready on. All is called by the thread that started it, with whose end it would end."""

    def __init__(self, server: Server, process: subprocess.Popen[bytes], observers: Observers) -> None:
        self.process = process
        self.is_lost = False
        self._server = server
        self._observers = observers
        self._up_since: float | None = time.monotonic()
        self._begun_at = time.monotonic()
        self._due: float | None = None
        self._how = ""
        self._starts = 0

    def look(self) -> None:
        """See how it is, and do the next thing that is due. Returns soon: nothing is waited for."""
        if self.is_lost:
            return
        if self._due is not None:
            if time.monotonic() >= self._due:
                self._start_again()
        elif self.process.poll() is not None:
            self._has_ended()
        elif self._up_since is None:
            self._look_at_start()

    def _has_ended(self) -> None:
        now = time.monotonic()
        if self._up_since is None:
            self._failed(f"{self._server.title} did not start ({_how_ended(self.process.returncode)})")
            return
        if now - self._up_since >= CALM:
            self._starts = 0
        self._how = _how_ended(self.process.returncode)
        self._plan(now)

    def _start_again(self) -> None:
        self._due, self._up_since, self._begun_at = None, None, time.monotonic()
        self._starts += 1
        try:
            self.process, _ = self._server.start()
        except (EmbeddedError, OSError) as error:
            self._failed(str(error))

    def _look_at_start(self) -> None:
        now = time.monotonic()
        if self._server.is_ready(self.process):
            self._up_since = now
            self._observers.on_restart(self._server.name)
            self._observers.log(
                f"The embedded {self._server.title} had ended by itself ({self._how}): started it again."
            )
        elif now - self._begun_at > LONGEST_START:
            self.process.kill()
            self.process.wait()
            self._failed(f"{self._server.title} was not ready within {LONGEST_START:.0f} s")

    def _failed(self, reason: str) -> None:
        self._plan(time.monotonic())
        if self._due is not None:
            pause = PAUSES[self._starts]
            self._observers.log(f"{reason.rstrip('.')}; it is started again in {pause:g} s.")

    def _plan(self, now: float) -> None:
        """Put the next start where the pauses allow it, or give up."""
        if self._starts < len(PAUSES):
            self._due = now + PAUSES[self._starts]
            return
        self.is_lost = True
        self._observers.on_loss(
            f"The embedded {self._server.title} ended by itself and did not stay up in {self._starts} starts; "
            f"the whole story is in {self._server.log}."
        )


def _how_ended(status: int) -> str:
    if status >= 0:
        return f"status {status}"
    try:
        return signal.Signals(-status).name
    except ValueError:
        return f"signal {-status}"
