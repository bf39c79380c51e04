"""The JSON reads and the pages: CPU time a request, start, memory."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from bench.budget import Budget
from bench.clients import cookie_of, get, tokens_of
from bench.program import PORT, Program, running
from bench.wrk import load

# Path, budget kept and not kept in CPU-ms, and what the other stack needs for it on a quiet machine.
READS: list[tuple[str, str, float | None, float | None, tuple[str, str]]] = [
    ("GET /repairs?limit=20", "/api/customer/repairs?limit=20", 0.20, 0.50, ("0.74 CPU-ms", "1.47 CPU-ms")),
    ("GET /repairs/{id}", "/api/customer/repairs/{id}", 0.18, 0.48, ("", "1.45 CPU-ms")),
    ("GET /repairs/{id}/timeline", "/api/customer/repairs/{id}/timeline", None, 0.42, ("", "1.23 CPU-ms")),
    ("GET /dashboard/stats", "/api/customer/dashboard/stats", 0.18, None, ("0.71 CPU-ms", "")),
]
PAGES = [
    ("dashboard page", "/customer/dashboard"),
    ("repairs page, 20 repairs", "/customer/repairs"),
    ("repair page", "/customer/repairs/{id}"),
]
EMAILS = [f"customer-{number}@bench.example" for number in range(1, 41)]
# More than the executor's threads, so that some always wait.
SIGN_INS = 4
LEAK_ROUNDS = 3


def reads(seconds: int) -> Iterator[Budget]:
    """The JSON reads and the pages, kept and not; memory before, after, and after more of the same."""
    for keeps in (True, False):
        with running(PORT, keeps=keeps) as program:
            if keeps:
                yield from _started(program)
            tokens = tokens_of(program, "customer", EMAILS)
            first = [get(program, "/api/customer/repairs?limit=1", token)["items"][0]["id"] for token in tokens]
            bearers = [f"Bearer {token}|{repair_id}" for token, repair_id in zip(tokens, first, strict=True)]
            yield from _json(program, bearers, seconds, keeps=keeps)
            cookies = [f"{cookie_of(program, email)}|{found}" for email, found in zip(EMAILS, first, strict=True)]
            yield from _pages(program, cookies, seconds, keeps=keeps)
            if not keeps:
                yield _hundred_times(program, bearers, seconds)
                yield _beside_sign_ins(program, bearers, seconds)
                yield _memory("resident memory, under load", 160, program.resident_mb())
                yield _leaked(program, cookies, seconds)


def _started(program: Program) -> Iterator[Budget]:
    took = program.seconds_to_ready
    yield Budget("start to ready, the data are there", "<= 2 s", f"{took:.2f} s", took <= 2)
    yield _memory("resident memory, idle", 110, program.resident_mb())


def _memory(name: str, most: int, measured: float) -> Budget:
    return Budget(name, f"<= {most} MB", f"{measured:.0f} MB", measured <= most, "262 MB")


def _json(program: Program, bearers: list[str], seconds: int, *, keeps: bool) -> Iterator[Budget]:
    for name, path, kept, fresh, other in READS:
        limit = kept if keeps else fresh
        if limit is None:
            continue
        found = load(program, path, "Authorization", bearers, seconds)
        yield Budget(
            f"{name}, {'kept' if keeps else 'not kept'}",
            f"<= {limit:.2f} CPU-ms",
            f"{found.cpu_ms:.3f} CPU-ms" + (f", {found.failed} FAILED" if found.failed else ""),
            found.cpu_ms <= limit and not found.failed,
            other[0] if keeps else other[1],
        )


def _pages(program: Program, cookies: list[str], seconds: int, *, keeps: bool) -> Iterator[Budget]:
    for name, path in PAGES:
        found = load(program, path, "Cookie", cookies, seconds)
        calm = load(program, path, "Cookie", cookies, 1, connections=4, warming=0)
        yield Budget(
            f"{name}, {'kept' if keeps else 'not kept'}",
            "<= 1.5 CPU-ms, p95 <= 50 ms",
            f"{found.cpu_ms:.2f} CPU-ms, p95 {calm.p95_ms:.0f} ms at 4 side by side"
            + (f", {found.failed} FAILED" if found.failed else ""),
            found.cpu_ms <= 1.5 and calm.p95_ms <= 50 and not found.failed,
            "4.57 CPU-ms, of an empty page",
        )


def _hundred_times(program: Program, bearers: list[str], seconds: int) -> Budget:
    """The list of who has 2,000 repairs, beside that of who has 20; in turns, as the machine's speed changes."""
    path = "/api/customer/repairs?limit=20"
    big = [f"Bearer {tokens_of(program, 'customer', ['big@bench.example'])[0]}|"]
    turns = [
        (load(program, path, "Authorization", bearers, seconds), load(program, path, "Authorization", big, seconds))
        for _ in range(2)
    ]
    ratio = min(large.cpu_ms for _, large in turns) / min(small.cpu_ms for small, _ in turns)
    return Budget("the same list with 100 times the repairs", "<= 1.3 times", f"{ratio:.2f} times", ratio <= 1.3)


def _beside_sign_ins(program: Program, bearers: list[str], seconds: int) -> Budget:
    """How long a read waits while passwords are hashed all the time: nothing on the event loop may wait for them."""
    with _signing_in(program):
        found = load(program, "/api/customer/repairs?limit=20", "Authorization", bearers, seconds, connections=1)
    return Budget(
        f"a read beside {SIGN_INS} sign-ins at a time",
        "p95 <= 50 ms",
        f"p95 {found.p95_ms:.0f} ms",
        found.p95_ms <= 50 and not found.failed,
    )


@contextmanager
def _signing_in(program: Program) -> Iterator[None]:
    """Sign-ins, one after the other in each of some threads, for the length of the block."""
    is_over = threading.Event()

    def sign_in(email: str) -> None:
        while not is_over.is_set():
            tokens_of(program, "customer", [email])

    threads = [threading.Thread(target=sign_in, args=(email,), daemon=True) for email in EMAILS[:SIGN_INS]]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        is_over.set()
        for thread in threads:
            thread.join()


def _leaked(program: Program, cookies: list[str], seconds: int) -> Budget:
    """Return what the process has grown by after more of what it has done before."""
    before = program.resident_mb()
    answered = sum(
        round(load(program, path, "Cookie", cookies, seconds, warming=0).rps * seconds)
        for _ in range(LEAK_ROUNDS)
        for _, path in PAGES
    )
    grown = program.resident_mb() - before
    return Budget(
        "memory that more requests leave behind", "<= 3 MB", f"{grown:.1f} MB after {answered:,} pages", grown <= 3
    )
