"""Starting a server process, ending it, and finding those that an earlier run left behind."""

import contextlib
import importlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from revivatech.embedded.os_user import Account

LAUNCHER = Path(__file__).with_name("launch.py")
# (signal, seconds to wait for the end): PostgreSQL rolls back and writes all out; then ends at once, to recover at the
# next start; then has no say. Valkey keeps nothing that must be written.
ENDINGS = {
    "postgres": ((signal.SIGINT, 30.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)),
    "valkey-server": ((signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0)),
}


@dataclass(frozen=True, slots=True)
class Launcher:
    """Starts server processes of one data folder."""

    account: Account | None
    may_pass: bool  # root only: the servers keep the capability to walk through folders closed to their account

    @property
    def user(self) -> str | None:
        """The name of the servers' user; none when it is ours."""
        return self.account.name if self.account else None

    def start(
        self, program: Path, arguments: Iterable[str], *, cwd: Path, output: int, takes_input: bool = False
    ) -> subprocess.Popen[bytes]:
        """Start `program`; what it prints goes to the file descriptor `output` (or `subprocess.PIPE`).

        It has a session of its own, so that Ctrl-C in our terminal does not reach it, and it is told to end when the
        thread that calls this ends: the caller must be a thread that lives as long as the server.
        """
        uid, gid = (self.account.uid, self.account.gid) if self.account else (0, 0)
        death_signal = ENDINGS.get(program.name, ((signal.SIGTERM, 0.0),))[0][0]
        words = (os.getpid(), int(death_signal), uid, gid, int(self.may_pass), program, *arguments)
        return subprocess.Popen(  # noqa: S603 - our own programs, no shell
            [sys.executable, "-I", "-S", str(LAUNCHER), *map(str, words)],
            stdin=subprocess.PIPE if takes_input else subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=cwd,
            # Nothing of the caller's PG*, LC_* or TZ may change how a server behaves.
            env={"PATH": "/usr/bin:/bin", "LANG": "C", "TZ": "UTC"},
            start_new_session=True,
        )


def end_all(servers: dict[str, subprocess.Popen[bytes]]) -> None:
    """End the servers that we started, by program name, side by side, and wait until they are gone."""
    for name, process in servers.items():
        process.send_signal(ENDINGS[name][0][0])
    for name, process in servers.items():
        for number, patience in ENDINGS[name]:
            process.send_signal(
                number
            )  # heard once more it changes nothing, and a process that has ended is left alone
            if _has_ended(process, patience):
                break


def _has_ended(process: subprocess.Popen[bytes], patience: float) -> bool:
    return wait_until(lambda: process.poll() is not None, patience)


def end_leftovers(name: str, pid_file: Path, signs: tuple[str, ...]) -> tuple[int, ...]:
    """End the servers called `name` that an earlier run left on this data folder; their process ids.

    `signs` are texts of this data folder alone: such a process has one as its working folder or in its title (in a
    container root may not see the working folder of another user's process).
    A `pid_file` is only a hint that one may live: its number may belong to any other program by now.
    """
    if not pid_file.exists():
        return ()
    found = _living(name, signs)
    for number, patience in ENDINGS[name]:
        _signal_heads(_alive(found), number)
        if wait_until(lambda: not _alive(found), patience):
            break
    return tuple(process.pid for process in found)


def wait_until(condition: Callable[[], bool], patience: float) -> bool:
    """Return whether `condition` came true within `patience` seconds; look every few milliseconds, later every 20."""
    deadline, pause = time.monotonic() + patience, 0.001
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
        pause = min(pause * 1.3, 0.02)
    return True


def _living(name: str, signs: tuple[str, ...]) -> list[Any]:
    # psutil comes with the PostgreSQL wheel; it is loaded only here, after an unclean end.
    psutil = importlib.import_module("psutil")
    found = []
    for process in psutil.process_iter(["name", "cwd", "cmdline"]):
        if process.info["name"] != name:
            continue
        words = process.info["cmdline"] or []
        if process.info["cwd"] in signs or any(sign in word for word in words for sign in signs):
            found.append(process)
    return found


def _signal_heads(processes: list[Any], number: signal.Signals) -> None:
    """Signal the servers among `processes` and not their children, which a server ends itself."""
    psutil = importlib.import_module("psutil")
    pids = {process.pid for process in processes}
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            if process.ppid() not in pids:
                process.send_signal(number)


def _alive(processes: list[Any]) -> list[Any]:
    psutil = importlib.import_module("psutil")
    alive = []
    for process in processes:
        try:
            if process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                alive.append(process)
        except psutil.NoSuchProcess:
            continue
    return alive
