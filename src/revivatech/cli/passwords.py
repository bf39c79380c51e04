"""Passwords for commands: from the terminal, a file or standard input."""

import secrets
import sys
from typing import NamedTuple

import click

from revivatech.accounts.service import DEMO_PASSWORD
from revivatech.cli.errors import Trouble
from revivatech.settings import Settings

password_option = click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")


class Password(NamedTuple):
    """A password to set, and whether it was generated here, so that nobody knows it yet."""

    text: str
    is_generated: bool

    def show(self) -> None:
        """Print it where it was generated: it can be read this once."""
        if self.is_generated:
            click.echo(f"Password: {self.text}")


def password_for(settings: Settings, *, from_stdin: bool) -> Password:
    """The password of standard input or of the terminal, where no answer means: generate one.

    Without a terminal one is generated. Raises Trouble for the demo's password in production.
    """
    text = ""
    if from_stdin:
        text = sys.stdin.readline().rstrip("\n")
        if not text:
            raise Trouble("Standard input holds no password.")
    elif sys.stdin.isatty():
        text = click.prompt("Password (empty: generate one)", hide_input=True, default="", show_default=False)
        if text and click.prompt("Once more", hide_input=True) != text:
            raise Trouble("The two passwords differ.")
    if settings.is_production and text == DEMO_PASSWORD:
        raise Trouble("This password is the demo's, which is public: production mode does not take it.")
    return Password(text or secrets.token_urlsafe(18), is_generated=not text)
