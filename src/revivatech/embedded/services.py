"""Both servers of a data folder as one thing that starts and stops."""

import atexit
import contextlib
import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from revivatech.embedded import postgres, valkey
from revivatech.embedded.errors import EmbeddedError, from_os, from_output
from revivatech.embedded.folder import Addresses, DataFolder, open_folder
from revivatech.embedded.lock import FolderLock
from revivatech.embedded.os_user import Account, server_account
from revivatech.embedded.processes import Launcher, end_all, wait_until
from revivatech.embedded.programs import Binaries, binaries
from revivatech.embedded.supervisor import (
    LONGEST_START,
    Observers,
    Server,
    SupervisedServer,
)

LONGEST_STOP = 60.0
# So soon a server that ended by itself is noticed, and one that was started again found ready.
LOOK_EVERY = 0.25


def _ignore(_words: str) -> None:
    """Return who does not ask is not told."""


class EmbeddedServices:
    """PostgreSQL and Valkey of one data folder, running until `stop`, the end of the program or its death."""

    def __init__(
        self,
        folder: DataFolder,
        lock: FolderLock,
        programs: Binaries,
        launcher: Launcher,
        observers: Observers,
    ) -> None:
        self._folder = folder
        self._lock = lock
        self._programs = programs
        self._launcher = launcher
        self._owner = os.getpid()
        self._observers = observers
        self._log_ends: dict[Path, int] = {}
        self._kept: dict[str, SupervisedServer] = {}
        self._failure: BaseException | None = None
        self._settled = threading.Event()
        self._stopping = threading.Event()
        self._stop_called = False
        self.addresses = Addresses("", "")

    @classmethod
    def start(
        cls,
        data: Path,
        *,
        log: Callable[[str], None] = _ignore,
        on_restart: Callable[[str], None] = _ignore,
        on_loss: Callable[[str], None] | None = None,
        fast: bool = False,
        with_postgres: bool = True,
        with_valkey: bool = True,
    ) -> Self:
        """Both servers, ready to be used; the data folder is made on the first start.

        `log` is called with a sentence whenever the operator should know something, from any thread. A server that ends
        by itself is started again, which `on_restart` hears with its name; one that does not stay up is given up, and
        `on_loss` (else `log`) hears a sentence. `fast` gives up safety against a crash of the machine and is for
        throwaway folders. A server that is configured elsewhere is left out with `with_postgres` or `with_valkey`.
        Raises EmbeddedError.
        """
        programs = binaries()
        try:
            account = server_account(data / "postgres", data)
            folder = open_folder(data, account)
            lock = FolderLock(folder.lock, folder.path)
        except OSError as error:
            raise from_os(error, data.expanduser().absolute()) from error
        try:
            folder.prepare(account, log)
            launcher = Launcher(account, may_pass=_must_pass(account, folder, programs, log))
            services = cls(folder, lock, programs, launcher, Observers(log, on_restart, on_loss or log))
        except OSError as error:
            lock.release()
            raise from_os(error, folder.path) from error
        except BaseException:
            lock.release()
            raise
        services._bring_up(fast=fast, with_postgres=with_postgres, with_valkey=with_valkey)
        return services

    @property
    def database_url(self) -> str:
        """The address of the database `context`, for psycopg; empty when PostgreSQL was left out."""
        return self.addresses.database_url

    @property
    def redis_url(self) -> str:
        """The address of Valkey, for redis-py; empty when Valkey was left out."""
        return self.addresses.redis_url

    @property
    def pids(self) -> dict[str, int]:
        """The process id of each running server, by `postgres` and `valkey-server`."""
        return {name: kept.process.pid for name, kept in self._kept.items() if kept.process.poll() is None}

    def stop(self) -> None:
        """End what `start` started and wait until it is gone. Calling it again, from anywhere, does nothing."""
        # The flag is a plain attribute, not a lock: a signal handler may interrupt a stop that is under way.
        if self._stop_called or os.getpid() != self._owner:
            return
        self._stop_called = True
        self._stopping.set()
        self._keeper.join(LONGEST_STOP)
        self._folder.leave()
        self._lock.release()
        atexit.unregister(self.stop)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _bring_up(self, *, fast: bool, with_postgres: bool, with_valkey: bool) -> None:
        # The kernel ends the servers when the thread that started them ends, so that thread stays until `stop`.
        self._keeper = threading.Thread(
            target=self._keep, args=(fast, with_postgres, with_valkey), name="embedded-services", daemon=True
        )
        self._keeper.start()
        try:
            self._settled.wait()
        except BaseException:  # Ctrl-C while we wait
            self.stop()
            raise
        if self._failure is not None:
            self.stop()
            raise self._failure
        atexit.register(self.stop)
        all_addresses = self._folder.addresses
        self.addresses = Addresses(
            database_url=all_addresses.database_url if with_postgres else "",
            redis_url=all_addresses.redis_url if with_valkey else "",
        )

    def _keep(self, fast: bool, with_postgres: bool, with_valkey: bool) -> None:  # noqa: FBT001 - a thread's target
        """The life of the keeper thread: start the servers, look after them, end them."""
        try:
            self._start_servers(fast=fast, with_postgres=with_postgres, with_valkey=with_valkey)
        except OSError as error:
            self._failure = from_os(error, self._folder.path)
        except BaseException as error:  # noqa: BLE001 - raised again by the thread that waits
            self._failure = error
        finally:
            self._settled.set()
        while self._failure is None and not self._stopping.wait(LOOK_EVERY):
            self._look_after()
        self._end_servers()

    def _start_servers(self, *, fast: bool, with_postgres: bool, with_valkey: bool) -> None:
        self._folder.shorten_logs()
        self._log_ends = {log: log.stat().st_size for log in self._folder.all_logs if log.exists()}
        # Valkey first: it comes up while PostgreSQL does.
        if with_valkey:
            self._start_server(self._valkey)
        if with_postgres:
            postgres.initialise(self._folder, self._programs, self._launcher, fast=fast)
            server = self._postgres(fast=fast)
            self._start_server(server)
            self._await(server)
        if with_valkey:
            self._await(self._valkey)

    def _postgres(self, *, fast: bool) -> Server:
        folder = self._folder
        return Server(
            "postgres",
            "PostgreSQL",
            folder.postgres_log,
            start=lambda: postgres.start(folder, self._programs, self._launcher, fast=fast),
            is_ready=lambda process: postgres.is_ready(folder, process.pid),
        )

    @property
    def _valkey(self) -> Server:
        folder = self._folder
        return Server(
            "valkey-server",
            "Valkey",
            folder.valkey_log,
            start=lambda: valkey.start(folder, self._programs, self._launcher),
            is_ready=lambda _process: valkey.is_ready(folder),
        )

    def _start_server(self, server: Server) -> None:
        process, ended = server.start()
        self._kept[server.name] = SupervisedServer(server, process, self._observers)
        if ended:
            self._observers.log(
                f"{server.title} of an earlier run that ended without a stop still ran (process {ended[0]}): ended it."
            )

    def _await(self, server: Server) -> None:
        """Wait until a server is ready; raises EmbeddedError when it ends instead, or takes too long."""
        process = self._kept[server.name].process

        def decided() -> bool:
            return self._stopping.is_set() or process.poll() is not None or server.is_ready(process)

        if not wait_until(decided, LONGEST_START):
            raise EmbeddedError(f"{server.title} was not ready within {LONGEST_START:.0f} s; see {server.log}.")
        if self._stopping.is_set():
            raise EmbeddedError(f"{server.title} was stopped while it started.")
        if process.poll() is not None:
            said = _tail(server.log, self._log_ends.get(server.log, 0))
            raise from_output(server.title, said, self._folder.path, server.log, self._launcher.user)

    def _look_after(self) -> None:
        with contextlib.suppress(
            OSError
        ):  # a full disk is PostgreSQL's to tell; the servers live while this thread does
            self._folder.shorten_logs()
        for kept in self._kept.values():
            kept.look()

    def _end_servers(self) -> None:
        end_all({name: kept.process for name, kept in self._kept.items()})
        self._kept.clear()


def running(data: Path) -> Addresses | None:
    """Return where the servers of `data` answer that another process runs; none when neither answers."""
    folder = DataFolder(data.expanduser().resolve())
    found = Addresses(
        database_url=folder.addresses.database_url if _listens(folder.postgres_socket) else "",
        redis_url=folder.addresses.redis_url if _listens(folder.valkey_socket) else "",
    )
    return found if found.database_url or found.redis_url else None


def _listens(path: Path) -> bool:
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(path))
    except OSError:
        return False
    return True


def _must_pass(account: Account | None, folder: DataFolder, programs: Binaries, log: Callable[[str], None]) -> bool:
    """Return whether the servers need a capability of root to reach programs and data; say as whom they run."""
    if account is None:
        return False
    places = (folder.valkey, folder.sockets, programs.postgres, programs.valkey_server)
    closed = not all(account.reaches(place) for place in places)
    through = ", with leave to pass through folders that are closed to that user" if closed else ""
    log(f"The program runs as root, which PostgreSQL refuses: its servers run as user {account.name}{through}.")
    return closed


def _tail(log: Path, start: int) -> str:
    """Return what a log says from byte `start` on."""
    with log.open("rb") as file:
        file.seek(start)
        return file.read().decode(errors="replace")
