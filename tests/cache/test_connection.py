"""The shared connection: answers reach who asked, and a broken server never hangs a request."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote

import hiredis
import pytest

from revivatech.cache.connection import Connection, ConnectionLost

pytestmark = pytest.mark.anyio


async def test_many_callers_each_get_their_own_answer(redis_url: str) -> None:
    """A thousand commands side by side on one connection are not mixed up."""
    line = Connection(redis_url, timeout=2)

    answers = await asyncio.gather(*(line.call("ECHO", str(number)) for number in range(1000)))

    assert answers == [str(number).encode() for number in range(1000)]
    await line.close()


async def test_a_refused_command_raises_and_the_line_goes_on(redis_url: str) -> None:
    """A mistake in one command is that caller's alone."""
    line = Connection(redis_url, timeout=2)

    outcomes = await asyncio.gather(line.call("PING"), line.call("NO-SUCH-COMMAND"), return_exceptions=True)

    assert outcomes[0] == b"PONG"
    assert isinstance(outcomes[1], hiredis.ReplyError)
    assert await line.call("PING") == b"PONG"
    await line.close()


async def test_nobody_listens(tmp_path: Path) -> None:
    """Without a server the caller learns it at once."""
    line = Connection(f"unix://{tmp_path}/nobody.sock", timeout=2)

    with pytest.raises(ConnectionLost):
        await line.call("PING")


@asynccontextmanager
async def dumb_server(folder: Path, *, answers: list[bytes]) -> AsyncIterator[str]:
    """A server that answers each chunk it reads with the next of `answers`, then keeps silent."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(4096):
            if answers:
                writer.write(answers.pop(0))
        writer.close()

    server = await asyncio.start_unix_server(serve, folder / "dumb.sock")
    async with server:
        yield f"unix://{quote(str(folder))}/dumb.sock"


async def test_a_socket_is_found_below_any_folder(tmp_path: Path) -> None:
    """Blanks and letters of other languages in a folder's name are written as an address writes them."""
    folder = tmp_path / "Loja São João 100%"
    folder.mkdir()
    async with dumb_server(folder, answers=[b"+PONG\r\n"]) as url:
        line = Connection(url, timeout=2)

        assert await line.call("PING") == b"PONG"
        await line.close()


async def test_a_silent_server_is_given_up_on(tmp_path: Path) -> None:
    """Everybody who waits is told within the deadline, and the next caller gets a new connection."""
    async with dumb_server(tmp_path, answers=[]) as url:
        line = Connection(url, timeout=0.1)
        async with asyncio.timeout(2):
            outcomes = await asyncio.gather(*(line.call("PING") for _ in range(10)), return_exceptions=True)

        assert [type(outcome) for outcome in outcomes] == [ConnectionLost] * 10
        await line.close()


async def test_nonsense_from_the_server_cuts_the_connection(tmp_path: Path) -> None:
    """What is not the protocol is not taken for an answer."""
    async with dumb_server(tmp_path, answers=[b"HTTP/1.1 200 OK\r\n\r\n"]) as url:
        line = Connection(url, timeout=1)

        with pytest.raises(ConnectionLost):
            await line.call("PING")
        await line.close()


async def test_a_lost_connection_is_opened_again(redis_url: str) -> None:
    """A connection that the server closed costs the commands in flight, not the next ones."""
    line = Connection(redis_url, timeout=2)
    number = await line.call("CLIENT", "ID")
    other = Connection(redis_url, timeout=2)

    await other.call("CLIENT", "KILL", "ID", number)

    async def again() -> int:
        while True:
            try:
                return int(await line.call("CLIENT", "ID"))
            except ConnectionLost:
                await asyncio.sleep(0)

    async with asyncio.timeout(5):
        assert await again() != number
    await line.close()
    await other.close()
