"""The program as an operator starts it: a process of its own, real servers, signals."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

READY = "is ready: "
# What our own environment says of servers and settings is none of the program's business here.
OURS = ("REVIVATECH_", "DATABASE_URL", "REDIS_URL", "SMTP_URL", "PG", "PYTHONDONTWRITEBYTECODE")
PATIENCE = 60.0
PROGRAM = ("-m", "revivatech")


def environment(**settings: str) -> dict[str, str]:
    """An environment in which only these settings are set, each by its name without the prefix."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return inherited | {f"REVIVATECH_{name.upper()}": value for name, value in settings.items()}


def run(*arguments: str, env: Mapping[str, str] | None = None, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """A command, run to its end."""
    return subprocess.run(
        [sys.executable, "-m", "revivatech", *arguments],
        env=environment() if env is None else env,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


@dataclass
class Portal:
    """A `revivatech serve` that runs, or has run."""

    process: subprocess.Popen[str]
    errors: IO[str]
    started_at: float
    url: str = ""
    seconds_to_ready: float = 0.0
    _said: str = ""

    def wait_until_ready(self) -> None:
        """Return when it answers; AssertionError with what it said when it ends instead."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if READY in line:
                self.seconds_to_ready = time.perf_counter() - self.started_at
                self.url = line.partition(READY)[2].strip()
                return
        raise AssertionError(f"It ended with {self.process.wait()} and said: {self.said()}")

    def said(self) -> str:
        """Return what it wrote to standard error so far."""
        if not self.errors.closed:
            self.errors.seek(0)
            self._said = self.errors.read()
        return self._said

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send the signal and wait for the end; the exit code."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


@contextmanager
def serving(
    data: Path, *arguments: str, env: Mapping[str, str] | None = None, program: Sequence[str] = PROGRAM
) -> Iterator[Portal]:
    """A portal on that data folder and a free port, ready; killed at the end if it still runs."""
    with starting(data, *arguments, env=env, program=program) as portal:
        portal.wait_until_ready()
        yield portal


@contextmanager
def starting(
    data: Path, *arguments: str, env: Mapping[str, str] | None = None, program: Sequence[str] = PROGRAM
) -> Iterator[Portal]:
    """As `serving`, but on its way up."""
    with tempfile.TemporaryFile("w+") as errors:
        started_at = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, *program, "serve", "--data", str(data), "--port", "0", *arguments],
            env=environment(mode="development") if env is None else env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        with process:
            portal = Portal(process, errors, started_at)
            try:
                yield portal
            finally:
                process.kill()
                process.wait()
                portal.said()
