"""`revivatech openapi`."""

import asyncio
from typing import Any

import click

from revivatech.app import create_app
from revivatech.cli.errors import Trouble
from revivatech.settings import read_settings

PATH = "/api/openapi.json"
# The document is the same whatever is configured; nothing is opened or read to make it.
NOWHERE = read_settings(
    {}, database_url="postgresql://nowhere", redis_url="redis://nowhere", secret_key=("-" * 32,), log_level="error"
)
SCOPE = {
    "type": "http",
    "asgi": {"version": "3.0"},
    "http_version": "1.1",
    "method": "GET",
    "scheme": "http",
    "path": PATH,
    "raw_path": PATH.encode(),
    "root_path": "",
    "query_string": b"",
    "headers": [(b"host", b"127.0.0.1:8000")],
    "client": ("127.0.0.1", 1),
    "server": ("127.0.0.1", 8000),
    "state": {},
}


@click.command
def command() -> None:
    """Print the OpenAPI document that the portal serves at /api/openapi.json."""
    click.echo(asyncio.run(document()))


async def document() -> bytes:
    """Return what the portal answers there, asked without a server."""
    app: Any = create_app(NOWHERE)
    statuses: list[int] = []
    parts: list[bytes] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])
        else:
            parts.append(message.get("body", b""))

    await app(dict(SCOPE), receive, send)
    if statuses != [200]:
        raise Trouble(f"The portal has no document at {PATH}.")
    return b"".join(parts)
