"""`revivatech`: the list of its commands, and how it fails."""

import importlib
import io
import sys

import click
from typing_extensions import override

from revivatech import __version__

# Each module has a `command`. The sentence is here, so that help need not load what it describes.
COMMANDS = {
    "serve": ("revivatech.cli.serve", "Start the portal: web, sockets and jobs in one process."),
    "worker": ("revivatech.cli.worker", "Run the jobs alone, beside web processes that leave them."),
    "migrate": ("revivatech.cli.migrate", "Bring the database up to this version of the program."),
    "demo": ("revivatech.cli.demo", "Load the demo shop into an empty database."),
    "import": ("revivatech.cli.importing", "Bring in the records of an older system."),
    "create-staff": ("revivatech.cli.create_staff", "Make an account for somebody who works here."),
    "set-password": ("revivatech.cli.set_password", "Give an account a password and end its sessions."),
    "shop": ("revivatech.cli.shop", "Show the shop's name, email, phone and address, and change them."),
    "shop-text": ("revivatech.cli.shop_text", "Put the shop's own terms or privacy notice in place of the portal's."),
    "jobs": ("revivatech.cli.jobs", "List the jobs that were given up, and run them again."),
    "backup": ("revivatech.cli.backup", "Copy everything that must be kept into one file."),
    "restore": ("revivatech.cli.restore", "Put a backup into an empty database."),
    "credentials": ("revivatech.cli.credentials", "Sign everyone out after a restore, and put credentials back."),
    "erasures": ("revivatech.cli.erasures", "Erase again whom a restored backup has brought back."),
    "check": ("revivatech.cli.check", "Say whether the configuration is right and every service answers."),
    "config": ("revivatech.cli.config", "List every setting and what it does."),
    "openapi": ("revivatech.cli.openapi", "Print the OpenAPI document of the API."),
    "schema": ("revivatech.cli.schema", "Print the schema that the migrations make."),
}


class Program(click.Group):
    """The group of commands, each of which is imported when it is called."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(COMMANDS[cmd_name][0]).command
        return command

    @override
    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, sentence) for name, (_, sentence) in COMMANDS.items()])


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", prog_name="Revivatech Customer Portal")
def program() -> None:
    """The customer portal of a device-repair shop.

    Settings come from the environment: `revivatech config` lists them. With nothing set, the commands work on the demo
    shop below ./var.
    """


def main() -> None:
    """Run the command line; end with 0, or with one sentence on standard error and 1."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal that lacks a letter is no reason to end
    try:
        program()
    except Exception as fault:
        # What there is to say depends on libraries that a command without a fault need not load.
        sentence = importlib.import_module("revivatech.cli.error_messages").sentence(fault)
        if sentence is None:
            raise
        click.secho(sentence, fg="red", err=True)
        sys.exit(1)
