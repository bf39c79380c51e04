"""A client written from the specification, word for word, works against the program."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from support.desk import Desk
from support.people import People
from support.serving import Served

pytestmark = pytest.mark.anyio

CLIENT = Path(__file__).with_name("spec_client.mjs")
MODULES = Path(__file__).parents[2] / "assets" / "node_modules" / "socket.io-client"
NODE = shutil.which("node")


class Client:
    """The running client: what it has said so far, and waiting for more."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.said: list[tuple[str, Any]] = []

    async def says(self, what: str) -> Any:
        """The data of its next line of that name."""
        assert self._process.stdout
        async with asyncio.timeout(20):
            async for line in self._process.stdout:
                said = json.loads(line)
                self.said.append((said["what"], said["data"]))
                if said["what"] == what:
                    return said["data"]
        raise AssertionError(f"The client ended without {what!r}: {self.said}")


@asynccontextmanager
async def client(*arguments: str) -> AsyncIterator[Client]:
    """The specification's client, ended with the block."""
    assert NODE
    process = await asyncio.create_subprocess_exec(
        NODE, str(CLIENT), *arguments, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    try:
        yield Client(process)
    finally:
        assert process.stdin
        process.stdin.close()
        try:
            async with asyncio.timeout(5):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


@pytest.mark.skipif(NODE is None, reason="needs Node: the specification's client is JavaScript")
@pytest.mark.skipif(not MODULES.is_dir(), reason="needs socket.io-client: `npm ci --prefix assets`")
async def test_the_specifications_client_works_unchanged(served: Served, people: People, desk: Desk) -> None:
    """It signs in, reads its user, refreshes, connects, subscribes, and shows both toasts of a change."""
    repair = (await desk.take_in(people.anna))["repair"]

    async with client(served.url, people.anna.email, people.anna.password, repair["id"]) as theirs:
        refused = await theirs.says("refused")
        assert refused["success"] is False
        assert len(refused["error"]) > 10, "the client shows `message` of the problem document"
        signed_in = await theirs.says("signed in")
        assert signed_in["success"] is True
        assert signed_in["user"]["id"] == str(people.anna.id)
        profile = await theirs.says("profile")
        assert {**profile, "lastLoginAt": None} == {**signed_in["user"], "lastLoginAt": None}
        assert (await theirs.says("profile after the end"))["id"] == str(people.anna.id)
        assert await theirs.says("rotated") is True

        assert await theirs.says("first transport") == "polling"
        await theirs.says("connected")
        assert await theirs.says("subscribed") == {"ok": True}
        if "upgraded" not in dict(theirs.said):
            assert await theirs.says("upgraded") == "websocket"

        await desk.move(repair["id"], "diagnosing")

        toasts = [await theirs.says("toast"), await theirs.says("toast")]
        update, notification = sorted(toasts, key=lambda toast: toast["title"] != "Repair Update")
        assert update["description"] == "Your repair status has been updated to: diagnosing"
        anna = await served.sign_in(people.anna)
        told = (await served.client.get("/api/customer/notifications", headers=anna)).json()["items"][0]
        assert (notification["title"], notification["description"]) == (told["title"], told["message"])
        assert not [data for what, data in theirs.said if what in {"disconnected", "connect_error"}]
