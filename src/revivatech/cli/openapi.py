"""`revivatech openapi`."""

import click

from revivatech.app import openapi_document


@click.command
def command() -> None:
    """Print the OpenAPI document that the portal serves at /api/openapi.json."""
    click.echo(openapi_document())
