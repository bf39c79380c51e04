"""Two thousand open sockets: what each holds, and how soon a change reaches its customer."""

import asyncio
import contextlib
import json
import re
import time
from collections.abc import AsyncIterator, Iterator

import httpx
import websockets

from bench.budget import Budget
from bench.clients import get, tokens_of
from bench.program import PORT, Program, running


def sockets(count: int) -> Iterator[Budget]:
    """Memory of a socket, and how long a staff change takes to reach its customer among all of them."""
    with running(PORT) as program:
        each = 15
        emails = [f"customer-{number}@bench.example" for number in range(1, count // each + 1)]
        tokens = tokens_of(program, "customer", emails)
        staff = tokens_of(program, "staff", ["technician-1@bench.example"])[0]
        repairs = [open_repair(program, token) for token in tokens]
        kb, delays = asyncio.run(_sockets(program, tokens, each, staff, [found for found in repairs if found]))
        yield Budget("a socket", "<= 33 KB", f"{kb:.0f} KB, {len(tokens) * each} open", kb <= 33, "31 KB")
        delays.sort()
        p99 = delays[int(len(delays) * 0.99)]
        yield Budget(
            "staff change -> its customer's socket",
            "p99 <= 150 ms",
            f"p50 {delays[len(delays) // 2]:.0f} ms, p99 {p99:.0f} ms of {len(delays)} at {len(tokens) * each} sockets",
            p99 <= 150,
            "25-68 ms (emit alone)",
        )


def open_repair(program: Program, token: str) -> tuple[str, int, str] | None:
    """Id, version and status of an open repair of that customer."""
    for item in get(program, "/api/customer/repairs?limit=100", token)["items"]:
        if item["status"] not in {"completed", "cancelled"}:
            return item["id"], item["version"], item["status"]
    return None


async def _sockets(
    program: Program, tokens: list[str], each: int, staff: str, repairs: list[tuple[str, int, str]]
) -> tuple[float, list[float]]:
    """KB that a socket costs the program, and milliseconds that each change took to reach its customer."""
    before = program.resident_mb()
    address = program.url.replace("http", "ws") + "/customer/socket.io/?EIO=4&transport=websocket"
    arrived: dict[str, asyncio.Future[float]] = {}
    opened: list[websockets.ClientConnection] = []
    for token in tokens:
        opened += await asyncio.gather(*(_connect(address, token) for _ in range(each)))
    listeners = [asyncio.create_task(_listen(socket, arrived)) for socket in opened]
    await asyncio.sleep(2)
    kb = (program.resident_mb() - before) * 1024 / len(opened)
    delays = [delay async for delay in _changes(program, staff, repairs, arrived)]
    for socket in opened:
        await socket.close()
    await asyncio.gather(*listeners)
    return kb, delays


async def _connect(address: str, token: str) -> websockets.ClientConnection:
    """A signed-in socket."""
    socket = await websockets.connect(address, compression=None, open_timeout=30)
    await socket.recv()
    await socket.send("40" + json.dumps({"token": token}))
    answer = await socket.recv()
    if not str(answer).startswith("40"):
        raise SystemExit(f"a socket was refused: {answer!r}")
    return socket


async def _listen(socket: websockets.ClientConnection, arrived: dict[str, asyncio.Future[float]]) -> None:
    """Answer pings, and note when the news of a repair that somebody waits for comes."""
    with contextlib.suppress(websockets.ConnectionClosed):
        async for text in socket:
            if text == "2":
                await socket.send("3")
            elif isinstance(text, str) and (found := re.search(r'"repair:updated".*?"repairId":"([^"]+)"', text)):
                waiting = arrived.get(found[1])
                if waiting and not waiting.done():
                    waiting.set_result(time.perf_counter())


async def _changes(
    program: Program, staff: str, repairs: list[tuple[str, int, str]], arrived: dict[str, asyncio.Future[float]]
) -> AsyncIterator[float]:
    """Write a note on each repair; milliseconds from the request's start to the first socket that knows."""
    headers = {"Authorization": f"Bearer {staff}"}
    async with httpx.AsyncClient(base_url=program.url, headers=headers, timeout=20) as client:
        for repair_id, version, status in repairs:
            arrived[repair_id] = asyncio.get_running_loop().create_future()
            started = time.perf_counter()
            change = {"status": status, "notes": "The part has arrived.", "version": version}
            answer = await client.post(f"/api/staff/repairs/{repair_id}/status", json=change)
            answer.raise_for_status()
            yield (await asyncio.wait_for(arrived[repair_id], 10) - started) * 1000
