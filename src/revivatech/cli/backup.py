"""`revivatech backup`."""

import tempfile
from pathlib import Path

import click

from revivatech.cli import archive
from revivatech.cli.services import any_servers, data_option
from revivatech.settings import Settings, read_settings


@click.command
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@data_option
def command(file: Path, data: Path | None) -> None:
    """Copy everything that must be kept into one FILE, beside a portal that goes on running.

    In it are the database, the files of a local folder, the generated secret, and the journals of erasures and of
    credentials. Whoever has the file has all of it: keep it as you keep the database.
    """
    with any_servers(read_settings(data=data)) as settings:
        file.absolute().parent.mkdir(parents=True, exist_ok=True)
        count = _write(settings, file.absolute())
    size = file.stat().st_size / 1e6
    click.echo(f"{file} holds the database and {count} files ({size:,.1f} MB).")
    if not archive.local_files(settings):
        click.echo(f"The files at {settings.storage_url} are not in it: they need a backup of their own.")


def _write(settings: Settings, file: Path) -> int:
    count = 0
    with archive.written(file) as tar:
        # The database first: a file that comes while the rest is copied belongs to no row yet and harms nobody.
        with tempfile.TemporaryDirectory(prefix=".revivatech-backup-", dir=file.parent) as folder:
            dump = Path(folder) / archive.DUMP
            archive.dump(settings.database_url, dump)
            tar.add(dump, archive.DUMP)
        for name in (archive.SECRET, archive.JOURNAL, archive.CREDENTIALS):
            if (settings.data / name).exists():
                tar.add(settings.data / name, name)
        if root := archive.local_files(settings):
            for path in sorted(path for path in root.rglob("*") if path.is_file()):
                try:
                    tar.add(path, f"{archive.FILES}/{path.relative_to(root)}")
                except FileNotFoundError:
                    continue  # deleted since
                count += 1
    return count
