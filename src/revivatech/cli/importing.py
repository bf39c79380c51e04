"""`revivatech import repairs`."""

import asyncio
import sys
from pathlib import Path
from typing import get_args

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from revivatech.cli.database import open_database
from revivatech.cli.services import any_servers, data_option
from revivatech.db.migrate import migrate
from revivatech.repairs.importing import Format, Summary, import_repairs
from revivatech.settings import Settings, read_settings, with_secret

A_FILE = click.Path(path_type=Path, dir_okay=False)


@click.group("import")
def command() -> None:
    """Bring in the records of an older system."""


@command.command("repairs")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True, readable=True))
@click.option("--format", "kind", type=click.Choice(get_args(Format)), help="Else its columns tell.")
@click.option("--keep-going", is_flag=True, help="Import the good rows and skip the others; else it is all or nothing.")
@click.option("--report", type=A_FILE, help="Where to say what is wrong with which line.")
@data_option
def repairs(*, file: Path, kind: Format | None, keep_going: bool, report: Path | None, data: Path | None) -> None:
    """Import repairs from a CSV of the Open Repair Data Standard, or of our own format (docs/importing.md).

    A second import of the same file changes nothing. Nobody is notified.
    """
    with any_servers(read_settings(data=data)) as settings:
        migrate(settings.database_url)
        summary = asyncio.run(_import(settings, file, kind, keep_going=keep_going, report=report))
    _tell(summary)
    if not summary.committed:
        sys.exit(1)


async def _import(
    settings: Settings, file: Path, kind: Format | None, *, keep_going: bool, report: Path | None
) -> Summary:
    columns = (TextColumn(file.name), BarColumn(), TaskProgressColumn(), DownloadColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("")
        async with open_database(settings) as db:
            return await import_repairs(
                db,
                file,
                format=kind,
                keep_going=keep_going,
                report=report,
                secrets=with_secret(settings).secret_key,
                progress=lambda done, total: progress.update(task, completed=done, total=total),
            )


def _tell(summary: Summary) -> None:
    counts = f"{summary.imported:,} imported, {summary.updated:,} updated, {summary.unchanged:,} unchanged"
    if summary.committed:
        click.echo(f"{counts}, {summary.skipped:,} skipped.")
    else:
        wrong = "1 line is" if summary.skipped == 1 else f"{summary.skipped:,} lines are"
        click.echo(f"{wrong} wrong, so nothing was imported; --keep-going imports the others.")
    if summary.hints:
        lines = "1 imported line needs" if summary.hints == 1 else f"{summary.hints:,} imported lines need"
        click.echo(f"{lines} a look.")
    if summary.report_path and (summary.skipped or summary.hints):
        click.echo(f"The report names each line: {summary.report_path}")
    if summary.erased:
        click.echo(f"{summary.erased:,} lines tell of customers who had themselves erased, and were left out.")
    if summary.forgotten_marks:
        click.echo(
            "Some customers were erased under a secret that REVIVATECH_SECRET_KEY does not hold any more: "
            "if the file has them, they are here again.",
            err=True,
        )
    if summary.largest:
        click.echo("The customers with most of these repairs:")
        for account in summary.largest:
            click.echo(f"  {account.repairs:7,}  {account.name}  {account.email or ''}")
        click.echo("`revivatech set-password EMAIL` gives one of them a password.")
