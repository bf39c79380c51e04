"""The data folder: what lies where in it, and under which addresses its servers answer."""

import contextlib
import hashlib
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from revivatech.embedded.errors import DISK_FULL, NOT_A_FOLDER, EmbeddedError
from revivatech.embedded.os_user import Account

POSTGRES_SOCKET = ".s.PGSQL.5432"
LONGEST_SOCKET_PATH = 107 if sys.platform == "linux" else 103
ROOM_FOR_A_NEW_FOLDER = 100 * 1024 * 1024
LARGEST_LOG = 5 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses of a data folder's servers; empty for a server that was not asked for."""

    database_url: str
    redis_url: str


@dataclass(frozen=True, slots=True)
class DataFolder:
    """The absolute paths of one data folder."""

    path: Path

    @property
    def name(self) -> str:
        """A short name that no other data folder has, as in the titles of its database processes."""
        return f"revivatech-{hashlib.sha256(os.fsencode(self.path)).hexdigest()[:12]}"

    @property
    def postgres(self) -> Path:
        """The database."""
        return self.path / "postgres"

    @property
    def postgres_pid(self) -> Path:
        """Exists while PostgreSQL runs, or after it ended without a goodbye."""
        return self.postgres / "postmaster.pid"

    @property
    def valkey(self) -> Path:
        """Valkey's working folder; it keeps nothing in it but its process id."""
        return self.path / "valkey"

    @property
    def valkey_pid(self) -> Path:
        """Exists while Valkey runs, or after it ended without a goodbye."""
        return self.valkey / "valkey.pid"

    @property
    def logs(self) -> Path:
        """The servers' logs: postgres.log and valkey.log, each with one older part."""
        return self.path / "log"

    @property
    def postgres_log(self) -> Path:
        """PostgreSQL's log."""
        return self.logs / "postgres.log"

    @property
    def valkey_log(self) -> Path:
        """Valkey's log."""
        return self.logs / "valkey.log"

    @property
    def all_logs(self) -> tuple[Path, Path]:
        """Both logs."""
        return self.postgres_log, self.valkey_log

    @property
    def lock(self) -> Path:
        """Held by the program that uses this folder."""
        return self.path / "lock"

    @property
    def sockets(self) -> Path:
        """The folder of the two sockets: `run`, or a short one elsewhere when the system could not bind that path."""
        usual = self.path / "run"
        longest = os.fsencode(usual / POSTGRES_SOCKET)
        # A comma separates hosts in a database address, and folders in PostgreSQL's own setting, as a quote does.
        if len(longest) <= LONGEST_SOCKET_PATH and not {b",", b'"', b"\\"} & {bytes([byte]) for byte in longest}:
            return usual
        return _short_folder() / f"{self.name}-{os.geteuid()}"

    @property
    def postgres_socket(self) -> Path:
        """The socket that PostgreSQL listens on."""
        return self.sockets / POSTGRES_SOCKET

    @property
    def valkey_socket(self) -> Path:
        """The socket that Valkey listens on."""
        return self.sockets / "valkey.sock"

    @property
    def addresses(self) -> Addresses:
        """The addresses of both servers. The folder of the sockets is private, so neither asks for a password."""
        return Addresses(
            database_url=f"postgresql://portal@/portal?host={quote(str(self.sockets), safe='')}",
            redis_url=f"unix://{quote(str(self.valkey_socket))}?db=0",
        )

    def prepare(self, account: Account | None, log: Callable[[str], None]) -> None:
        """Make what is missing of the folder; raises EmbeddedError or OSError when that cannot be."""
        _check_room(self)
        for folder in (self.logs, self.valkey):
            folder.mkdir(mode=0o700, exist_ok=True)
        _make_private(self.sockets, account)
        if self.sockets.parent != self.path:
            log(f"The path of {self.path} does not fit a socket: the sockets of its servers are in {self.sockets}.")
        if account:
            account.take(self.valkey)
            account.take(self.sockets)
            if self.path.stat().st_uid == account.uid:  # root stands in for the owner, who starts it again tomorrow
                account.take(self.logs)
                account.take(self.lock)

    def leave(self) -> None:
        """Remove the folder of the sockets when it is one elsewhere."""
        if self.sockets.parent != self.path:
            with contextlib.suppress(OSError):  # not empty, or already gone
                self.sockets.rmdir()

    def shorten_logs(self) -> None:
        """Move a log that has grown large into its older part, which is replaced."""
        for log in self.all_logs:
            if log.exists() and log.stat().st_size > LARGEST_LOG:
                shutil.copyfile(log, log.with_suffix(".log.1"))
                os.truncate(log, 0)  # the server appends, so it goes on at the new end


def open_folder(data: Path, owner: Account | None) -> DataFolder:
    """The data folder, made when it is missing; raises OSError when that cannot be."""
    path = data.expanduser().resolve()
    above = next(part for part in (path, *path.parents) if part.exists())
    if not above.is_dir():
        raise EmbeddedError(NOT_A_FOLDER.format(path=above))
    if not path.exists():
        path.mkdir(mode=0o700, parents=True)
        if owner:  # the servers of root run as another user, who has to pass through
            os.chown(path, -1, owner.gid)
            path.chmod(0o710)
    return DataFolder(path)


def _check_room(folder: DataFolder) -> None:
    """Refuse to begin a database that the disk cannot hold: initdb itself would end half-way."""
    if not folder.postgres.exists() and shutil.disk_usage(folder.path).free < ROOM_FOR_A_NEW_FOLDER:
        raise EmbeddedError(DISK_FULL.format(folder=folder.path))


def _make_private(folder: Path, account: Account | None) -> None:
    """Make the folder of the sockets, or make sure that nobody else can have made it: who enters needs no password."""
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    ours = {os.geteuid(), account.uid if account else os.geteuid()}
    if not stat.S_ISDIR(status.st_mode) or status.st_uid not in ours:
        raise EmbeddedError(f"The folder {folder}, meant for the sockets of the servers, belongs to somebody else.")
    folder.chmod(0o700)


def _short_folder() -> Path:
    """A folder with a short path where this user may make others."""
    for candidate in (os.environ.get("XDG_RUNTIME_DIR"), "/run" if os.geteuid() == 0 else None, tempfile.gettempdir()):
        if candidate and len(candidate) <= LONGEST_SOCKET_PATH // 2 and os.access(candidate, os.W_OK | os.X_OK):
            return Path(candidate)
    return Path("/tmp")  # noqa: S108 - a long TMPDIR; the folder made in it is private and checked to be ours
