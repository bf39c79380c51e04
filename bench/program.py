"""The portal as `make run` starts it, on a data folder of its own, and what its web process spends.

PostgreSQL's and Valkey's own time is not counted, as in the figures of the other stack beside it.
"""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "var" / "bench"
TICK = os.sysconf("SC_CLK_TCK")


def _free_port() -> int:
    """A port that nobody listens on: what answers there is the program that was started, not another bench's."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


PORT = _free_port()


class Program:
    """The running portal."""

    def __init__(self, port: int, *, keeps: bool, mode: str) -> None:
        environment = os.environ | {
            "REVIVATECH_MODE": mode,
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
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(60)


@contextlib.contextmanager
def running(port: int, *, keeps: bool = True, mode: str = "demo") -> Iterator[Program]:
    """The program, ready, ended at the end of the block; in the mode of `make run` where nothing else is said."""
    program = Program(port, keeps=keeps, mode=mode)
    try:
        yield program
    finally:
        program.end()
