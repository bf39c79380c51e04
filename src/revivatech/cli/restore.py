"""`revivatech restore`."""

import asyncio
import tarfile
import tempfile
from pathlib import Path

import click
import psycopg

from revivatech.accounts import service as accounts
from revivatech.cli import archive
from revivatech.cli.credentials import after_restore
from revivatech.cli.errors import Trouble
from revivatech.cli.services import data_option, own_servers, say
from revivatech.db.migrate import migrate
from revivatech.settings import Settings, read_settings


@click.command
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True, readable=True))
@data_option
def command(file: Path, data: Path | None) -> None:
    """Put the backup FILE into an empty database and data folder, and bring it up to this version of the program.

    Everyone is signed out, and emailed links end. What was revoked since the backup is revoked again where the newest
    journals are in the data folder, so put erasures.log and credentials.log there before: passwords, second factors,
    roles and closed accounts at once, erasures when the portal starts.
    """
    configured = read_settings(data=data)
    with archive.opened(file) as tar, own_servers(configured, with_valkey=False) as settings:
        _refuse_what_is_there(settings, tar)
        # The database last, in one transaction: until then it is empty, and all of this can be tried again.
        count = _put_back(settings, tar)
        with tempfile.TemporaryDirectory(prefix="revivatech-restore-") as folder:
            tar.extract(archive.DUMP, folder, filter="data")
            archive.load(settings.database_url, Path(folder) / archive.DUMP)
        migrated = migrate(settings.database_url)
        with psycopg.connect(settings.database_url, autocommit=True) as connection:
            connection.execute("ANALYZE")
        lines = asyncio.run(after_restore(settings))
    click.echo(f"The database and {count} files are back.")
    if migrated:
        click.echo(f"The backup was an older version's: {len(migrated)} migrations applied.")
    for line in lines:
        click.echo(line)


def _refuse_what_is_there(settings: Settings, tar: tarfile.TarFile) -> None:
    """Nothing is replaced: neither a database that has tables, nor a secret under which something may be signed."""
    with psycopg.connect(settings.database_url, connect_timeout=4) as connection:
        row = connection.execute("SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public')").fetchone()
    if row and row[0]:
        raise Trouble("The database is not empty: a backup is put into a new one only. Choose a new data folder.")
    secret = settings.data / archive.SECRET
    if archive.SECRET in tar.getnames() and secret.exists() and secret.read_bytes() != _content(tar, archive.SECRET):
        raise Trouble(f"{secret} is another one than the backup's: choose a new data folder, or move the file away.")


def _put_back(settings: Settings, tar: tarfile.TarFile) -> int:
    """Put the files, the secret and the journals in their places; return how many files of people there were."""
    names = tar.getnames()
    settings.data.mkdir(parents=True, exist_ok=True)
    if archive.SECRET in names and not settings.secret_key:
        tar.extract(archive.SECRET, settings.data, filter="data")
    if archive.JOURNAL in names:
        _add_to_journal(settings.data / archive.JOURNAL, _content(tar, archive.JOURNAL))
    if archive.CREDENTIALS in names:
        accounts.merge_journals(settings.data / archive.CREDENTIALS, _content(tar, archive.CREDENTIALS))
    count = 0
    root = archive.local_files(settings)
    for member in tar.getmembers():
        folder, _, rest = member.name.partition("/")
        if folder != archive.FILES or not rest or not member.isfile():
            continue
        if root is None:
            say(f"The files of the backup were not put to {settings.storage_url}: copy them there from its `files`.")
            break
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        tar.extract(member.replace(name=rest), root, filter="data")
        count += 1
    return count


def _add_to_journal(path: Path, backup: bytes) -> None:
    """Return what the backup's journal has and this one lacks; an entry twice would do no harm."""
    here = path.read_bytes() if path.exists() else b""
    known = set(here.splitlines())
    missing = [line for line in backup.splitlines() if line not in known]
    path.write_bytes(here + b"".join(b"\n" + line + b"\n" for line in missing))
    path.chmod(0o600)


def _content(tar: tarfile.TarFile, name: str) -> bytes:
    file = tar.extractfile(name)
    return file.read() if file else b""
