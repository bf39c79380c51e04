"""What requests may look like, and when each must have arrived (R154, F23)."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from revivatech.httpd import connection
from support.waiting import until_true

from .conftest import Bare, Client, Serve

pytestmark = pytest.mark.anyio

SHORT = 0.3


@pytest.fixture
async def strict(bare: Serve, monkeypatch: pytest.MonkeyPatch) -> Bare:
    """A server that waits for nothing longer than a moment."""
    monkeypatch.setattr(connection, "LINGER_SECONDS", SHORT)
    monkeypatch.setattr(connection, "LONGEST_LINGER_SECONDS", 2 * SHORT)
    return await bare(head_seconds=SHORT, body_seconds=SHORT, body_rate=20_000)


async def test_f23_a_slow_head_is_refused(strict: Bare) -> None:
    """A head that begins and is not complete in time is answered with 408, and the connection ends."""
    async with strict.connect() as client:
        client.send("GET")

        assert (await client.response())[0] == 408
        assert await client.until_closed() == b""


async def test_f23_an_idle_connection_ends(strict: Bare) -> None:
    """A connection on which nothing is asked is closed without a word."""
    async with strict.connect() as client:
        assert await client.until_closed() == b""


async def test_a_second_request_has_its_own_time(strict: Bare) -> None:
    """A connection that is kept may wait longer than a head may take, and is then answered."""
    async with strict.connect() as client:
        for pause in (0.0, 2 * SHORT):
            await asyncio.sleep(pause)  # the waiting is what is tested
            client.send("GET /read HTTP/1.1\nHost: x\n\n")
            assert (await client.response())[0] == 200


async def test_f23_a_second_head_has_its_end(strict: Bare) -> None:
    """A byte now and then does not keep a connection whose first request was right."""
    async with strict.connect() as client:
        client.send("GET /read HTTP/1.1\nHost: x\n\nG")
        assert (await client.response())[0] == 200
        client.send("E")

        assert (await client.response())[0] == 408


EARLY = {
    "length": "POST /early HTTP/1.1\nHost: x\nContent-Length: 9000\n\nx",
    "chunked": "POST /early HTTP/1.1\nHost: x\nTransfer-Encoding: chunked\n\n5\nab",
    "nothing": "POST /early HTTP/1.1\nHost: x\nContent-Length: 9000\n\n",
    "get": "GET /early HTTP/1.1\nHost: x\nContent-Length: 9000\n\nx",
    "expect": "PUT /early HTTP/1.1\nHost: x\nContent-Length: 9000\nExpect: 100-continue\n\n",
    "1.0": "POST /early HTTP/1.0\nHost: x\nConnection: keep-alive\nContent-Length: 9000\n\nx",
}


@pytest.mark.parametrize("request_", EARLY.values(), ids=EARLY)
async def test_r154_an_answer_before_the_body_ends_the_connection(strict: Bare, request_: str) -> None:
    """The client reads the answer, that it was the last one, and the end; a moment later the server holds nothing."""
    async with strict.connect() as client:
        client.send(request_)
        status, headers, _ = await client.response()
        assert await client.until_closed(1) == b""

        assert (status, headers["connection"]) == (404, "close")
        await until_true(lambda: len(strict) == 0, 2)
    assert len(strict.app.asked) == 1


async def test_r154_who_goes_on_after_an_early_answer_is_cut_off(strict: Bare) -> None:
    """However fast the body still comes, and whatever stands behind it."""
    async with strict.connect() as client:
        client.send("POST /early HTTP/1.1\nHost: x\nContent-Length: 100\n\n")
        await client.response()
        sent = await client.send_until_reset(b"x" * 1000 + b"\r\n\r\nGET /read HTTP/1.1\r\nHost: x\r\n\r\n", 0.01)
    assert sent < 1_000_000
    assert strict.app.asked == ["POST /early"]


async def test_an_early_answer_is_read_by_who_sends_on(strict: Bare) -> None:
    """A body of some size that is not wanted is taken off the network: else the client would see a lost connection."""
    async with strict.connect() as client:
        client.send("POST /early HTTP/1.1\nHost: x\nContent-Length: 3000000\n\n")
        client.send(b"x" * 3_000_000)
        await client.writer.drain()

        assert (await client.response())[0] == 404
        assert await client.until_closed() == b""


async def _silence() -> AsyncIterator[bytes]:
    await asyncio.Event().wait()
    yield b""


async def _drip(*parts: bytes) -> AsyncIterator[bytes]:
    """The parts again and again, ten times as often as anybody would wait for."""
    while True:
        for part in parts:
            yield part
            await asyncio.sleep(SHORT / 10)  # the dripping is what is tested


CHUNKED = "POST /read HTTP/1.1\nHost: x\nTransfer-Encoding: chunked\n\n"
LENGTH = "POST /read HTTP/1.1\nHost: x\nContent-Length: 9000\n\n"
SLOW = {
    "a head": ("POST /read HTTP/1.1\nHost: x\n", lambda: _drip(b"X-A: b\r\n")),
    "no body": (LENGTH, _silence),
    "a body": (LENGTH, lambda: _drip(b"x")),
    "chunks": (CHUNKED, lambda: _drip(b"1\r\nx\r\n")),
    "half a chunk": (CHUNKED + "ff\nx", _silence),
    "a chunk's size": (CHUNKED, lambda: _drip(b"0")),
    "a chunk's extension": (CHUNKED + "5;a=", lambda: _drip(b"b")),
    "trailers": (CHUNKED + "1\nx\n0\n", lambda: _drip(b"X-A: b\r\n")),
    "expected": (LENGTH.replace("\n\n", "\nExpect: 100-continue\n\n"), lambda: _drip(b"x")),
    "a handshake": (
        "GET /read HTTP/1.1\nHost: x\nConnection: upgrade\nUpgrade: websocket\nContent-Length: 9\n\n",
        lambda: _drip(b"x"),
    ),
}


@pytest.mark.parametrize("slow", SLOW.values(), ids=SLOW)
async def test_f23_what_drips_is_cut_off(strict: Bare, slow: tuple[str, Any]) -> None:
    """Each part of a message has its end, however often a byte comes; the application is not left waiting."""
    head, rest = slow
    began = time.monotonic()
    async with strict.connect() as client:
        client.send(head)
        dripping = asyncio.create_task(_send_all(client, rest()))
        try:
            answer = await client.until_closed()
        finally:
            dripping.cancel()

    assert time.monotonic() - began < 3
    assert answer.removeprefix(b"HTTP/1.1 100 Continue\r\n\r\n")[9:12] in {b"408", b"400"}
    assert b"x-content-type-options: nosniff\r\n" in answer
    assert len(strict) == 0
    await until_true(lambda: strict.app.gone == len(strict.app.asked))


FAST = {
    "sizes": (CHUNKED, b"0" * 10_000),
    "extensions": (CHUNKED + "5;a=", b"b" * 10_000),
    "trailers": (CHUNKED + "1\nx\n0\n", b"X-A: b\r\n" * 1000),
}


@pytest.mark.parametrize("fast", FAST.values(), ids=FAST)
async def test_r154_what_frames_a_body_has_a_bound(bare: Serve, fast: tuple[str, bytes]) -> None:
    """Endless sizes, extensions and trailers of chunks are refused long before their deadline."""
    server = await bare()
    head, rest = fast
    async with server.connect() as client:
        client.send(head)
        sent = await client.send_until_reset(rest)
    # Beyond what is refused, the kernels hold some.
    assert sent < 10_000_000
    await until_true(lambda: server.app.gone == 1)


async def test_a_body_without_end_is_refused(bare: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """What no call takes is not read on, whoever answers: 413, in time for the client to see it."""
    monkeypatch.setattr(connection, "MOST_BODY_BYTES", 100_000)
    server = await bare()
    async with server.connect() as client:
        client.send(CHUNKED)
        client.send(b"186a1\r\n" + b"x" * 100_001)
        assert (await client.response())[0] == 413
    await until_true(lambda: server.app.gone == 1)


async def test_an_honest_slow_upload_is_waited_for(strict: Bare) -> None:
    """It takes five times as long as a body may at least, at a little more than the rate."""
    async with strict.connect() as client:
        client.send("POST /read HTTP/1.1\nHost: x\nContent-Length: 45000\n\n")
        for _ in range(30):
            client.send(b"x" * 1500)
            await asyncio.sleep(SHORT / 6)  # a slow line

        status, _, body = await client.response()
        assert (status, body) == (200, b"45000")


async def test_r154_a_body_in_time_keeps_the_connection(strict: Bare) -> None:
    """In one piece, in two or in chunks: the next request is answered on the same connection."""
    async with strict.connect() as client:
        for head, body in (("Content-Length: 4", "body"), ("Transfer-Encoding: chunked", "4\nbody\n0\n\n")):
            for pause in (0.0, 0.02):
                client.send(f"POST /read HTTP/1.1\nHost: x\n{head}\n\n")
                await asyncio.sleep(pause)  # two reads of the server
                client.send(body)
                status, headers, answer = await client.response()
                assert (status, answer) == (200, b"4")
                assert "connection" not in headers
        client.send("GET /read HTTP/1.1\nHost: x\n\n")
        assert (await client.response())[0] == 200


async def test_a_client_may_ask_whether_its_body_is_wanted(strict: Bare) -> None:
    """Expect: 100-continue is answered when somebody reads."""
    async with strict.connect() as client:
        client.send("POST /read HTTP/1.1\nHost: x\nContent-Length: 4\nExpect: 100-continue\n\n")
        assert (await client.response())[0] == 100
        client.send("body")
        assert (await client.response())[2] == b"4"


async def test_pipelined_requests_are_answered_in_their_order(strict: Bare) -> None:
    """Also where a body is among them, and where one is answered late."""
    post = "POST /read HTTP/1.1\nHost: x\nContent-Length: 4\n\nbo"
    async with strict.connect() as client:
        client.send("GET /wait HTTP/1.1\nHost: x\n\nHEAD /read HTTP/1.1\nHost: x\n\n" + post)
        await until_true(lambda: strict.app.asked)
        await asyncio.sleep(2 * SHORT)  # longer than a body may take: here it is the server that is late
        strict.app.go_on.set()
        await client.response()
        assert (await client.response(to_head=True))[1]["content-length"] == "1"
        client.send("dyGET /early HTTP/1.1\nHost: x\n\n")
        assert (await client.response())[2] == b"4"
        assert (await client.response())[0] == 404
        client.send("GET /read HTTP/1.1\nHost: x\n\n")
        assert (await client.response())[0] == 200


async def test_who_leaves_is_not_answered(strict: Bare, caplog: pytest.LogCaptureFixture) -> None:
    """Of pipelined requests each learns that the client has gone, at the latest when it answers; none is a fault."""
    async with strict.connect() as client:
        client.send("GET /wait HTTP/1.1\nHost: x\n\n" * 10)
        await until_true(lambda: strict.app.asked)
    strict.app.go_on.set()
    await until_true(lambda: len(strict) == 0 and not strict.server.server_state.tasks)

    assert [record for record in caplog.records if record.levelname in {"ERROR", "WARNING"}] == []


async def test_r154_too_many_pipelined_requests_are_not_kept(strict: Bare) -> None:
    """So many are answered, the last of them says that it is, and the rest of thousands is forgotten."""
    async with strict.connect() as client:
        client.send("GET /wait HTTP/1.1\nHost: x\n\n" + "POST /read HTTP/1.1\nHost: x\nContent-Length: 1\n\nx" * 5000)
        await until_true(lambda: strict.app.asked)
        strict.app.go_on.set()
        answers = await client.until_closed()

    assert answers.count(b"HTTP/1.1 200 ") == connection.MOST_PIPELINED == len(strict.app.asked)
    assert answers.count(b"connection: close") == 1
    assert answers.endswith(b"connection: close\r\n\r\n1")


async def test_r12_trailers_are_no_headers(bare: Serve) -> None:
    """A field behind the body is not merged into those that a proxy has checked (RFC 9110, 6.5.1)."""
    server = await bare()
    async with server.connect() as client:
        for pause in (0.0, 0.05):
            client.send(CHUNKED + "1\nx\n")
            await asyncio.sleep(pause)  # in one read, or in two
            client.send("0\nX-Forwarded-For: 203.0.113.9\n\n")
            assert (await client.response())[0] == 200

    assert [b"x-forwarded-for" in headers for headers in server.app.headers] == [False, False]


async def test_the_process_is_late_and_nobody_else(bare: Serve) -> None:
    """What arrived while the process was busy is read before anybody is called slow."""
    server = await bare(head_seconds=1.0)
    async with server.connect() as client:
        client.send("GET /read HTTP/1.1\nHost: x\n")
        await until_true(lambda: len(server) == 1)
        client.send("\n")
        time.sleep(2.5)  # noqa: ASYNC251 - the whole process stands still

        assert (await client.response())[0] == 200


async def _send_all(client: Client, parts: AsyncIterator[bytes]) -> None:
    try:
        async for part in parts:
            client.send(part)
            await client.writer.drain()
    except ConnectionError:
        pass


HANDSHAKE = "HTTP/1.1\nHost: x\nConnection: upgrade\nUpgrade: websocket\n"
KEY = "Sec-WebSocket-Version: 13\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\n"
MANY = "X: a\n" * 200
STRANGE = {
    "without a key": (f"GET / {HANDSHAKE}\n", 400),
    "of another version": (f"GET / {HANDSHAKE}{KEY.replace('13', '12')}\n", 400),
    "by another method": (f"POST / {HANDSHAKE}{KEY}\n", 405),
    "with a body": (f"GET / {HANDSHAKE}{KEY}Content-Length: 4\n\nbody", 400),
    "with a long header": (f"GET / {HANDSHAKE}{KEY}X: {'a' * 9000}\n\n", 400),
    "with many headers": (f"GET / {HANDSHAKE}{KEY}{MANY}\n", 400),
}


@pytest.mark.parametrize("strange", STRANGE.values(), ids=STRANGE)
async def test_r52_a_strange_handshake_is_answered(
    bare: Serve, strange: tuple[str, int], caplog: pytest.LogCaptureFixture
) -> None:
    """With a status, with the headers of every response, and with an end; it is no fault of the server."""
    server = await bare()
    request, expected = strange
    async with server.connect() as client:
        client.send(request)
        status, headers, _ = await client.response()
        await client.until_closed()

    assert (status, headers["x-content-type-options"]) == (expected, "nosniff")
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []
    await until_true(lambda: len(server) == 0)
