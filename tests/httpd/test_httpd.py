"""The server under the portal: heads are short, and a request is one request to everybody."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import pytest

from support.serving import Served

pytestmark = pytest.mark.anyio

LIVE = b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n"


@asynccontextmanager
async def connection(served: Served) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A bare connection to the portal."""
    address = urlsplit(served.url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    try:
        yield reader, writer
    finally:
        writer.close()


async def test_r124_a_large_head_is_refused(served: Served) -> None:
    """Above 32 KB in one header the answer is 431, and the connection ends."""
    async with connection(served) as (reader, writer):
        writer.write(LIVE + b"X-Large: " + b"a" * 40_000 + b"\r\n\r\n")
        answer = await asyncio.wait_for(reader.read(), 5)

    assert answer.startswith(b"HTTP/1.1 431 ")


async def test_r124_a_head_without_end_is_refused(served: Served) -> None:
    """Headers that never end are cut off, however many they are: the connection ends under whoever goes on."""
    async with connection(served) as (_, writer), asyncio.timeout(5):
        writer.write(LIVE)
        with pytest.raises(ConnectionError):
            await _headers_without_end(writer)


HIDDEN = b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
# What two servers may read differently (RFC 9112, 11.2): a request hides in what one of them takes for the body.
AMBIGUOUS = [
    b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
    b"Content-Length: 2\r\nContent-Length: 0\r\n\r\n{}",
    b"Content-Length: 2, 2\r\n\r\n{}",
    b"Content-Length: +2\r\n\r\n{}",
    b"Content-Length: 0x2\r\n\r\n{}",
    b"Content-Length : 2\r\n\r\n{}",
    b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
    b"Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
    b"X: a\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"X: a\x00b\r\nContent-Length: 2\r\n\r\n{}",
    b"Transfer-Encoding: chunked\r\n\r\n2\n{}\n0\n\n",
    b"Transfer-Encoding: chunked\r\n\r\n2;a\nxx\r\n{}\r\n0\r\n\r\n",
    b"Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF2\r\n{}\r\n0\r\n\r\n",
    b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}xx0\r\n\r\n",
]


async def test_no_request_hides_in_another(served: Served, capfd: pytest.CaptureFixture[str]) -> None:
    """What is ambiguous is refused and its connection ended, the rest unread; it is no fault that fills the log."""
    head = b"POST /api/customer/auth/login HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\n"
    for rest in AMBIGUOUS:
        async with connection(served) as (reader, writer):
            writer.write(head % urlsplit(served.url).netloc.encode() + rest + HIDDEN)
            answer = await asyncio.wait_for(reader.read(), 5)
        assert (rest, answer[:13], answer.count(b"HTTP/1.1 ")) == (rest, b"HTTP/1.1 400 ", 1)
    out, err = capfd.readouterr()
    assert "unexpected" not in out + err


async def test_a_large_body_is_no_large_head(served: Served) -> None:
    """A body of many chunks behind a short head is the application's to judge."""
    answer = await served.client.post("/api/customer/auth/login", content=b"{" + b" " * 200_000 + b"}")

    assert answer.status_code in {400, 415, 422}


async def _headers_without_end(writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"X-Another: " + b"a" * 100 + b"\r\n")
        await writer.drain()
