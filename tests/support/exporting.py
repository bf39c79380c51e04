"""Exports as a client asks for them."""

import asyncio
import io
import zipfile
from collections.abc import Mapping
from typing import Any

import httpx

from support.people import PASSWORD
from support.serving import Served

EXPORT = "/api/customer/privacy/export"


async def ask(served: Served, headers: Mapping[str, str]) -> httpx.Response:
    """The answer to asking for an export."""
    return await served.client.post(EXPORT, json={"password": PASSWORD}, headers=headers)


async def done(served: Served, headers: Mapping[str, str], seconds: float = 20.0) -> dict[str, Any]:
    """An export that was asked for and has ended, however it did."""
    asked = await ask(served, headers)
    assert asked.status_code == 202, asked.text
    async with asyncio.timeout(seconds):
        while True:
            answer = await served.client.get(f"{EXPORT}s/{asked.json()['id']}", headers=headers)
            found: dict[str, Any] = answer.json()
            if found["status"] not in {"waiting", "running"}:
                return found
            await asyncio.sleep(0.05)


async def fetched(served: Served, headers: Mapping[str, str]) -> zipfile.ZipFile:
    """The ZIP of a new export."""
    export = await done(served, headers)
    assert export["status"] == "ready"
    answer = await served.client.get(export["downloadUrl"], headers=headers)
    assert answer.status_code == 200, answer.text
    assert len(answer.content) == export["sizeBytes"]
    return zipfile.ZipFile(io.BytesIO(answer.content))
