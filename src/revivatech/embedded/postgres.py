"""The embedded PostgreSQL: made once, then started with the settings of a small shop."""

import os
import shutil
import stat
import subprocess
from pathlib import Path

from revivatech.embedded.errors import EmbeddedError, from_output
from revivatech.embedded.folder import DataFolder
from revivatech.embedded.processes import Launcher, end_leftovers
from revivatech.embedded.programs import Binaries

# The portal is an ordinary role that owns its database: it may create the trusted extensions (pg_trgm, citext,
# btree_gist, unaccent) and, for tests, other databases, but it can neither read files nor run programs.
FIRST_STATEMENTS = b"""CREATE ROLE portal LOGIN CREATEDB
CREATE DATABASE portal OWNER portal
"""
# The built-in C.UTF-8 sorts and folds the same on every machine. LC_CTYPE must be UTF-8 too: text search and
# pg_trgm ask the C library what a letter is, and in the locale C only ASCII has letters.
INITDB = (
    "--username=postgres",
    "--auth-local=trust",
    "--auth-host=reject",
    "--encoding=UTF8",
    "--locale=C.UTF-8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--no-instructions",
)
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    # A shop's data fits in memory and lies on flash.
    "shared_buffers": "128MB",
    "effective_cache_size": "512MB",
    "maintenance_work_mem": "64MB",
    "random_page_cost": "1.1",
    "max_wal_size": "512MB",
    "wal_compression": "pglz",
    "jit": "off",
    # Processes that one small server does not need.
    "io_method": "sync",
    "max_logical_replication_workers": "0",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "logging_collector": "off",
    "log_destination": "stderr",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    # Slow statements are named, but never with their values: those are people's data.
    "log_min_duration_statement": "1000",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_checkpoints": "off",
}
# The modes that PostgreSQL takes for its folder.
PRIVATE = (0o700, 0o750)
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
# For throwaway folders only: a crash of the machine may leave nothing usable.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


def initialise(folder: DataFolder, programs: Binaries, launcher: Launcher, *, fast: bool) -> None:
    """Make the database folder when there is none: wholly or, after any failure, not at all.

    Raises EmbeddedError with the reason, also for a database of another PostgreSQL version.
    """
    for remains in folder.path.glob("postgres.new-*"):  # of a first start that was killed
        shutil.rmtree(remains, ignore_errors=True)
    if folder.postgres.exists():
        _check_existing(folder, programs, launcher)
        return
    fresh = folder.path / f"postgres.new-{os.getpid()}"
    fresh.mkdir(mode=0o700)
    try:
        if launcher.account:
            launcher.account.take(fresh)
        durability = ("--no-sync",) if fast else ()
        _run(folder, launcher, programs.initdb, (f"--pgdata={fresh}", *INITDB, *durability), fresh)
        single = ("--single", "-D", str(fresh), "-c", "exit_on_error=true", "-c", f"fsync={'off' if fast else 'on'}")
        _run(folder, launcher, programs.postgres, (*single, "postgres"), fresh, statements=FIRST_STATEMENTS)
        fresh.rename(folder.postgres)
        _make_lasting(folder.path)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise


def start(
    folder: DataFolder, programs: Binaries, launcher: Launcher, *, fast: bool
) -> tuple[subprocess.Popen[bytes], tuple[int, ...]]:
    """The server, on its way up, and the process ids of an earlier run's server that had to be ended first."""
    ended = end_leftovers("postgres", folder.postgres_pid, (str(folder.postgres), folder.name))
    _forget_stranger(folder.postgres_pid)
    # Ours alone, and nobody is left behind it.
    folder.postgres_socket.with_name(f"{folder.postgres_socket.name}.lock").unlink(missing_ok=True)
    places = {"unix_socket_directories": str(folder.sockets), "cluster_name": folder.name}
    settings = SETTINGS | (FAST if fast else DURABLE) | places
    arguments = ["-D", str(folder.postgres)]
    for name, value in settings.items():
        arguments += ["-c", f"{name}={value}"]
    log = os.open(folder.postgres_log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        return launcher.start(programs.postgres, arguments, cwd=folder.postgres, output=log), ended
    finally:
        os.close(log)


def is_ready(folder: DataFolder, pid: int) -> bool:
    """Return whether the server `pid` takes connections: it says so in the last line of its own file."""
    try:
        lines = folder.postgres_pid.read_text().splitlines()
    except FileNotFoundError:
        return False
    return lines[:1] == [str(pid)] and lines[7:8] != [] and lines[7].strip() == "ready"


def _run(
    folder: DataFolder,
    launcher: Launcher,
    program: Path,
    arguments: tuple[str, ...],
    cwd: Path,
    statements: bytes | None = None,
) -> None:
    """Run a step of the initialisation to its end; raises EmbeddedError with the reason it gave."""
    with launcher.start(
        program, arguments, cwd=cwd, output=subprocess.PIPE, takes_input=statements is not None
    ) as process:
        output = process.communicate(statements)[0].decode(errors="replace")
    if process.returncode != 0:
        with folder.postgres_log.open("a") as log:
            log.write(output)
        raise from_output("PostgreSQL", output, folder.path, folder.postgres_log, launcher.user)


def _make_lasting(path: Path) -> None:
    """Write the names in a folder to disk: a power cut must not undo the renaming of a whole database."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _check_existing(folder: DataFolder, programs: Binaries, launcher: Launcher) -> None:
    version_file = folder.postgres / "PG_VERSION"
    if not version_file.exists():
        raise EmbeddedError(
            f"{folder.postgres} is not a database of PostgreSQL; move it away or choose another folder."
        )
    made_by, carried = version_file.read_text().strip(), _major_version(programs)
    if carried and made_by != carried:
        raise EmbeddedError(
            f"The database in {folder.postgres} was made by PostgreSQL {made_by} and this program carries {carried}; "
            f"restore a backup into a new data folder."
        )
    if launcher.account and folder.postgres.stat().st_uid != launcher.account.uid:
        launcher.account.take(folder.postgres)  # put back from a copy by root
    if stat.S_IMODE(folder.postgres.stat().st_mode) not in PRIVATE:
        folder.postgres.chmod(0o700)  # a copy that lost its modes: PostgreSQL would refuse it


def _major_version(programs: Binaries) -> str:
    """PostgreSQL's major version, as its own headers say; empty when the wheel has none."""
    header = programs.postgres_folder.parent / "include" / "pg_config.h"
    if not header.exists():
        return ""
    lines = header.read_text(encoding="ascii", errors="replace").splitlines()
    return next((line.split('"')[1] for line in lines if line.startswith("#define PG_MAJORVERSION ")), "")


def _forget_stranger(pid_file: Path) -> None:
    """Remove the pid file of a dead server when its number now belongs to another program: PostgreSQL would refuse.

    A file whose process is gone stays, because PostgreSQL itself looks in it for memory that is still in use.
    """
    try:
        os.kill(int(pid_file.read_text().splitlines()[0]), 0)
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return
    except (ValueError, IndexError):  # a machine that went down while the file was written
        pass
    pid_file.unlink(missing_ok=True)
