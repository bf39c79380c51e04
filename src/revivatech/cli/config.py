"""`revivatech config`."""

from pathlib import Path
from typing import get_type_hints

import click
import msgspec

from revivatech.settings import COMMON_NAMES, PREFIX, Settings


@click.command
def command() -> None:
    """List every setting: its variable, what it is when nothing is set, and what it does.

    A secret may come from a file: REVIVATECH_SECRET_KEY_FILE=/run/secrets/key.
    """
    hints = get_type_hints(Settings, include_extras=True)
    for field in msgspec.structs.fields(Settings):
        names = " or ".join(filter(None, (PREFIX + field.name.upper(), COMMON_NAMES.get(field.name))))
        click.secho(f"{names}={_shown(field.default)}", bold=True)
        click.echo(click.wrap_text(description(hints[field.name]), 100, "    ", "    "))


def description(hint: object) -> str:
    """Return what the setting's annotation says of it."""
    metas = [meta for meta in getattr(hint, "__metadata__", ()) if isinstance(meta, msgspec.Meta)]
    return next((meta.description for meta in metas if meta.description), "")


def _shown(default: object) -> str:
    match default:
        case bool():
            return str(default).lower()
        case tuple():
            return ",".join(map(str, default))
        case Path():
            return str(default)
    return str(default)
