"""Print the budgets' table (docs/performance.md) with what this machine needs beside each.

usage: python bench/budgets.py [--seconds 5] [--only NAME]

Starts the program that `make run` starts, on a data folder of its own with 10,000 customers and 200,000 repairs, loads one
endpoint after the other with wrk, and reads the CPU time that the web process itself has spent. PostgreSQL's and Valkey's
own time is not counted, as in the figures of the other stack beside it.
"""

import argparse
import asyncio
import contextlib
import gzip
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "var" / "bench"
PASSWORD = "Nordic-Light-2026"  # noqa: S105 - the bench's own accounts
TICK = os.sysconf("SC_CLK_TCK")


class Budget(NamedTuple):
    """One line of the table."""

    name: str
    budget: str
    measured: str
    holds: bool
    other: str = ""


class Program:
    """The running portal."""

    def __init__(self, port: int, *, keeps: bool) -> None:
        environment = os.environ | {
            "REVIVATECH_MODE": "development",
            "REVIVATECH_API_RATE_LIMIT": "1000000000",
            "REVIVATECH_KEEP_ANSWERS": "true" if keeps else "false",
        }
        self.url = f"http://127.0.0.1:{port}"
        self.log = tempfile.NamedTemporaryFile(prefix="bench-", suffix=".log", delete=False)  # noqa: SIM115
        started = time.perf_counter()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "revivatech", "serve", "--port", str(port), "--data", str(DATA)],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=self.log,
            start_new_session=True,
        )
        self._wait()
        self.seconds_to_ready = time.perf_counter() - started

    def _wait(self) -> None:
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise SystemExit(f"The program ended; its log is {self.log.name}.")
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.url}/health/ready", timeout=2) as answer:
                if answer.status == 200:
                    return
            time.sleep(0.01)
        raise SystemExit("The program was not ready within two minutes.")

    def cpu_ms(self) -> float:
        """CPU milliseconds, user and system, that the web process has spent so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) * 1000 / TICK

    def resident_mb(self) -> float:
        """Resident memory of the web process in MiB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+)", status)
        return int(found[1]) / 1024 if found else 0.0

    def end(self) -> None:
        """Stop it as Ctrl-C does."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)


@contextlib.contextmanager
def running(port: int, *, keeps: bool = True) -> Iterator[Program]:
    """The program, ready, ended at the end of the block."""
    program = Program(port, keeps=keeps)
    try:
        yield program
    finally:
        program.end()


class Load(NamedTuple):
    """What wrk and /proc saw."""

    rps: float
    cpu_ms: float
    p95_ms: float
    failed: int


def load(program: Program, path: str, header: str, values: list[str], seconds: int, connections: int = 32) -> Load:
    """Ask for a path as often as it goes, with each of the header's values in turn; `{id}` stands for an id beside it."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        pairs = ",".join(json.dumps(value) for value in values)
        script.write(
            f"local v={{{pairs}}}\nlocal i=0\nlocal h={json.dumps(header)}\nlocal p={json.dumps(path)}\n"
            "request=function() i=i%#v+1; local a,b=v[i]:match('^(.-)|(.*)$'); wrk.headers[h]=a;"
            " return wrk.format('GET', (p:gsub('{id}', b))) end\n"
            "done=function(s,l) io.write(string.format('P95 %f\\n', l:percentile(95)/1000)) end\n"
        )
        script.flush()

        def wrk(duration: int) -> str:
            command = [
                "wrk",
                "-t1",
                f"-c{connections}",
                f"-d{duration}s",
                "-s",
                script.name,
                program.url + path.partition("{")[0],
            ]
            return subprocess.run(command, capture_output=True, text=True, check=True).stdout

        wrk(2)
        before = program.cpu_ms()
        out = wrk(seconds)
        used = program.cpu_ms() - before
    requests = int(_found(r"(\d+) requests in", out))
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
    return Load(
        float(_found(r"Requests/sec: +([0-9.]+)", out)),
        used / requests,
        float(_found(r"P95 ([0-9.]+)", out)),
        int(failed[1]) if failed else 0,
    )


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    if match is None:
        raise SystemExit(f"wrk said nothing of {pattern}:\n{text}")
    return match[1]
