"""Thousands of sockets at once (F25), and all of them back after the program was killed (F26)."""

import asyncio
import contextlib
import json
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx
import websockets

from bench.budget import Budget
from bench.clients import tokens_of
from bench.program import PORT, Program, running
from bench.sockets import open_repair

EACH = 20  # sockets of one account, the most that it may have
AT_ONCE = 100
HELD_SECONDS = 10
# A read now and then is enough to tell whether it is slow: what is held for minutes shall not be kept busy by us.
PAUSE, LONG_PAUSE = 0.02, 0.5
# Beyond this, memory that grows while nothing new is held is a leak.
GROWTH_MB = 10
BACK_SECONDS = 60
MISSED = 5
# As the portal's own page and the specification's client wait before they come back: 1 s, then longer, spread by half.
FIRST_DELAY, LONGEST_DELAY = 1.0, 30.0


@dataclass
class Client:
    """A page that stays: it answers pings, remembers the last seq, and comes back when the connection is lost."""

    address: str
    token: str
    last_seq: int | None = None
    missed: set[str] = field(default_factory=set)
    connects: int = 0
    is_connected: asyncio.Event = field(default_factory=asyncio.Event)
    gate: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))

    async def stay(self) -> None:
        """Until cancelled."""
        tries = 0
        while True:
            with contextlib.suppress(OSError, websockets.WebSocketException, TimeoutError, EOFError):
                async with self.gate:
                    socket = await self._connect()
                tries = 0
                self.connects += 1
                self.is_connected.set()
                async with contextlib.AsyncExitStack() as stack:
                    stack.push_async_callback(socket.close)
                    async for text in socket:
                        await self._take(socket, str(text))
            self.is_connected.clear()
            delay = min(LONGEST_DELAY, FIRST_DELAY * 2**tries) * random.uniform(0.5, 1.5)  # noqa: S311 - no secret
            tries += 1
            await asyncio.sleep(delay)

    async def _connect(self) -> websockets.ClientConnection:
        socket = await websockets.connect(self.address, compression=None, open_timeout=20)
        await socket.recv()
        auth = {"token": self.token} | ({"lastSeq": self.last_seq} if self.last_seq is not None else {})
        await socket.send("40" + json.dumps(auth))
        if not str(await socket.recv()).startswith("40"):
            raise EOFError
        return socket

    async def _take(self, socket: websockets.ClientConnection, text: str) -> None:
        if text == "2":
            await socket.send("3")
        elif text.startswith("42"):
            name, payload = json.loads(text[2:])
            self.last_seq = payload.get("seq", self.last_seq)
            if name == "repair:updated":
                self.missed.add(f"{payload['repairId']}:{payload['seq']}")


def storms(count: int, hold_seconds: int = HELD_SECONDS) -> Iterator[Budget]:
    """Return what `count` open sockets cost everybody else, and how soon they are all back after kill -9."""
    with running(PORT) as program:
        emails = [f"customer-{number}@bench.example" for number in range(1, count // EACH + 1)]
        tokens = tokens_of(program, "customer", emails)
        staff = tokens_of(program, "staff", ["technician-1@bench.example"])[0]
        storm = _Storm(program, tokens, staff)
        with asyncio.Runner() as runner:
            runner.run(storm.gather_up())
            yield from runner.run(storm.hold(hold_seconds))
            with running_again(program) as second:
                yield from runner.run(storm.come_back(second))
                yield from runner.run(storm.go(second))


@contextlib.contextmanager
def running_again(program: Program) -> Iterator[Program]:
    """The program, killed as by the machine and started anew on the same port."""
    program.process.kill()
    program.process.wait(10)
    with running(PORT) as second:
        yield second


class _Storm:
    """The sockets, and who watches them."""

    def __init__(self, program: Program, tokens: list[str], staff: str) -> None:
        address = program.url.replace("http", "ws") + "/customer/socket.io/?EIO=4&transport=websocket"
        gate = asyncio.Semaphore(AT_ONCE)
        self.clients = [Client(address, token, gate=gate) for token in tokens for _ in range(EACH)]
        self.tokens = tokens
        self.repairs = [found for token in tokens[:MISSED] if (found := open_repair(program, token))]
        self.headers = {"Authorization": f"Bearer {staff}"}
        self.before_mb = program.resident_mb()
        self.program = program
        self.tasks: list[asyncio.Task[None]] = []

    async def gather_up(self) -> None:
        """Open them all, as pages that say up to which event they were drawn."""
        async with httpx.AsyncClient(base_url=self.program.url, timeout=20) as client:
            seqs = {token: await _last_seq(client, token) for token in self.tokens}
        for one in self.clients:
            one.last_seq = seqs[one.token]
        self.tasks = [asyncio.create_task(client.stay()) for client in self.clients]
        await self._all_connected()

    async def hold(self, seconds: int) -> list[Budget]:
        """Hold them while somebody reads; then each must still be the one that was opened, and hear of a change."""
        begin_mb, count = self.program.resident_mb(), len(self.clients)
        reads = await self._read_for(seconds, LONG_PAUSE if seconds > HELD_SECONDS else PAUSE)
        mb = self.program.resident_mb()
        kept = sum(client.connects == 1 and client.is_connected.is_set() for client in self.clients)
        changed = await self._change()
        await asyncio.sleep(1)
        heard, expected = self._heard(changed)
        p95, kb = reads[int(len(reads) * 0.95)], (mb - self.before_mb) * 1024 / count
        said = f"p95 {p95:.0f} ms of {len(reads)}; {mb:.0f} MB, {kb:.0f} KB a socket"
        alive = f"{kept} of {count}; {heard} of {expected} heard a change; {begin_mb:.0f} MB at first, {mb:.0f} at last"
        holds = kept == count and heard == expected and mb - begin_mb <= GROWTH_MB
        return [
            Budget(f"a read beside {count} sockets (F25)", "p95 <= 300 ms", said, p95 <= 300),
            Budget(f"{count} sockets held {seconds} s (F25)", f"all alive, <= {GROWTH_MB} MB more", alive, holds),
        ]

    async def come_back(self, program: Program) -> list[Budget]:
        """Change repairs before the sockets are back; all must return and hear of it."""
        self.program = program
        began = time.perf_counter()
        changed = await self._change()
        reading = asyncio.create_task(self._read_for(HELD_SECONDS))
        await self._all_connected()
        seconds = time.perf_counter() - began
        reads = await reading
        await asyncio.sleep(1)
        heard, expected = self._heard(changed)
        p95 = reads[int(len(reads) * 0.95)]
        said = f"{seconds:.0f} s; {heard} of {expected} heard what they missed; reads p95 {p95:.0f} ms"
        holds = seconds <= BACK_SECONDS and heard == expected
        return [Budget(f"{len(self.clients)} sockets back after kill -9 (F26)", "<= 60 s, none missed", said, holds)]

    async def go(self, program: Program) -> list[Budget]:
        """Close them all: nothing of them may stay."""
        full = program.resident_mb()
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        began = time.monotonic()
        async with httpx.AsyncClient(base_url=program.url, timeout=60) as client:
            deadline = began + 30
            while (left := await _sockets_left(client)) and time.monotonic() < deadline:  # noqa: ASYNC110 - asked from outside
                await asyncio.sleep(0.2)
        seconds = time.monotonic() - began
        said = f"{left} left after {seconds:.1f} s; {full:.0f} MB before, {program.resident_mb():.0f} after"
        return [Budget("sockets left behind after they went", "0", said, left == 0)]

    async def _all_connected(self) -> None:
        async with asyncio.timeout(BACK_SECONDS * 2):
            for client in self.clients:
                await client.is_connected.wait()

    def _heard(self, changed: dict[str, set[str]]) -> tuple[int, int]:
        """Return how many sockets heard of their customer's change, and how many should have."""
        concerned = [client for client in self.clients if client.token in changed]
        return sum(bool(client.missed & changed[client.token]) for client in concerned), len(concerned)

    async def _read_for(self, seconds: float, pause: float = PAUSE) -> list[float]:
        """Milliseconds of each read of a repairs list, sorted; every one of them is answered."""
        took: list[float] = []
        headers = {"Authorization": f"Bearer {self.tokens[0]}"}
        async with httpx.AsyncClient(base_url=self.program.url, headers=headers, timeout=20) as client:
            until = time.perf_counter() + seconds
            while (began := time.perf_counter()) < until:
                (await client.get("/api/customer/repairs")).raise_for_status()
                took.append((time.perf_counter() - began) * 1000)
                await asyncio.sleep(pause)
        return sorted(took)

    async def _change(self) -> dict[str, set[str]]:
        """By customer, the seq of each change that they have not heard of yet, with its repair."""
        changed: dict[str, set[str]] = {}
        async with httpx.AsyncClient(base_url=self.program.url, headers=self.headers, timeout=20) as client:
            for token, (repair_id, _, status) in zip(self.tokens, self.repairs, strict=False):
                bearer = {"Authorization": f"Bearer {token}"}
                version = (await client.get(f"/api/staff/repairs/{repair_id}")).json()["repair"]["version"]
                before = await _last_seq(client, token)
                change = {"status": status, "notes": "The part has arrived.", "version": version}
                (await client.post(f"/api/staff/repairs/{repair_id}/status", json=change)).raise_for_status()
                events = (await client.get(f"/api/customer/events?after={before}", headers=bearer)).json()["events"]
                changed[token] = {f"{repair_id}:{one['seq']}" for one in events if one["type"] == "repair:updated"}
        return changed


async def _sockets_left(client: httpx.AsyncClient) -> int:
    text = (await client.get("/metrics")).text
    lines = [line for line in text.splitlines() if line.startswith("customer_portal_sockets{")]
    return int(sum(float(line.rsplit(" ", 1)[1]) for line in lines))


async def _last_seq(client: httpx.AsyncClient, token: str) -> int:
    bearer = {"Authorization": f"Bearer {token}"}
    seq: int = (await client.get("/api/customer/events?after=0&limit=1", headers=bearer)).json()["lastSeq"]
    return seq
