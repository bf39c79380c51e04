"""The JSON reads and the pages: CPU time a request."""

from collections.abc import Iterator

from bench.budget import Budget
from bench.clients import cookie_of, get, tokens_of
from bench.program import PORT, running
from bench.wrk import load

READS: list[tuple[str, str, float | None, float | None, tuple[str, str]]] = [
    ("GET /repairs?limit=20", "/api/customer/repairs?limit=20", 0.20, 0.50, ("0.74", "1.47")),
    ("GET /repairs/{id}", "/api/customer/repairs/{id}", 0.18, 0.48, ("", "1.45")),
    ("GET /repairs/{id}/timeline", "/api/customer/repairs/{id}/timeline", None, 0.42, ("", "1.23")),
    ("GET /dashboard/stats", "/api/customer/dashboard/stats", 0.18, None, ("0.71", "")),
]
PAGES = [
    ("dashboard page", "/customer/dashboard"),
    ("repairs page, 20 repairs", "/customer/repairs"),
    ("repair page", "/customer/repairs/{id}"),
]


def reads(seconds: int) -> Iterator[Budget]:
    """The JSON reads and the pages, kept and not."""
    emails = [f"customer-{number}@bench.example" for number in range(1, 41)]
    for keeps in (True, False):
        with running(PORT, keeps=keeps) as program:
            if keeps:
                yield Budget(
                    "start to ready, the data are there",
                    "<= 2 s",
                    f"{program.seconds_to_ready:.2f} s",
                    program.seconds_to_ready <= 2,
                )
                yield Budget(
                    "resident memory, idle",
                    "<= 110 MB",
                    f"{program.resident_mb():.0f} MB",
                    program.resident_mb() <= 110,
                    "262 MB",
                )
            tokens = tokens_of(program, "customer", emails)
            values = [
                f"Bearer {token}|{get(program, '/api/customer/repairs?limit=1', token)['items'][0]['id']}"
                for token in tokens
            ]
            how = "kept" if keeps else "not kept"
            for name, path, kept, fresh, other in READS:
                limit = kept if keeps else fresh
                if limit is None:
                    continue
                found = load(program, path, "Authorization", values, seconds)
                yield Budget(
                    f"{name}, {how}",
                    f"<= {limit:.2f} CPU-ms",
                    f"{found.cpu_ms:.3f} CPU-ms, {found.rps:.0f}/s"
                    + (f", {found.failed} FAILED" if found.failed else ""),
                    found.cpu_ms <= limit and not found.failed,
                    other[0] if keeps else other[1],
                )
            cookies = [
                f"{cookie_of(program, email)}|{value.partition('|')[2]}"
                for email, value in zip(emails, values, strict=True)
            ]
            for name, path in PAGES:
                found = load(program, path, "Cookie", cookies, seconds)
                calm = load(program, path, "Cookie", cookies, 2, connections=4)
                yield Budget(
                    f"{name}, {how}",
                    "<= 1.5 CPU-ms, p95 <= 50 ms",
                    f"{found.cpu_ms:.2f} CPU-ms, p95 {calm.p95_ms:.0f} ms at 4 side by side",
                    found.cpu_ms <= 1.5 and calm.p95_ms <= 50 and not found.failed,
                    "4.57 CPU-ms",
                )
            if not keeps:
                small = load(program, "/api/customer/repairs?limit=20", "Authorization", values, seconds)
                big = tokens_of(program, "customer", ["big@bench.example"])
                large = load(program, "/api/customer/repairs?limit=20", "Authorization", [f"Bearer {big[0]}|"], seconds)
                ratio = large.cpu_ms / small.cpu_ms
                yield Budget(
                    "the same list with 100 times the repairs", "<= 1.3 times", f"{ratio:.2f} times", ratio <= 1.3
                )
                yield Budget(
                    "resident memory, under load",
                    "<= 160 MB",
                    f"{program.resident_mb():.0f} MB",
                    program.resident_mb() <= 160,
                    "262 MB",
                )
