"""What the tests of the embedded servers share: servers to look at, and programs that hold them."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from revivatech.embedded import EmbeddedServices

SOURCE = Path(__file__).parents[2] / "src"
HOLDER = Path(__file__).with_name("holder.py")


@dataclass(frozen=True, slots=True)
class Holder:
    """A started holder.py."""

    process: subprocess.Popen[str]

    def answer(self) -> Any:
        """The next line that it says."""
        assert self.process.stdout is not None
        return json.loads(self.process.stdout.readline() or '"nothing"')

    def stop(self) -> None:
        """Ask for an orderly stop, unless it has ended already, and wait for the end."""
        if self.process.stdin and self.process.stdout and not self.process.stdin.closed:
            with contextlib.suppress(BrokenPipeError):
                self.process.stdin.close()
            self.process.stdout.read()
            self.process.stdout.close()
        self.process.wait(20)


@pytest.fixture
def hold() -> Iterator[Callable[..., Holder]]:
    """A function that starts holder.py on a data folder; all are stopped at the end."""
    holders: list[Holder] = []

    def start(
        data: Path, *words: str, user: int | None = None, python: str = sys.executable, path: tuple[Path, ...] = ()
    ) -> Holder:
        process = subprocess.Popen(
            [python, str(HOLDER), str(data), *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd="/",
            env={"PATH": os.defpath, "PYTHONPATH": os.pathsep.join(map(str, (*path, SOURCE)))},
            user=user,
            group=user,
            extra_groups=None if user is None else [],
            start_new_session=True,
        )
        holders.append(Holder(process))
        return holders[-1]

    yield start
    for holder in holders:
        holder.stop()


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short folder that every user may pass through, for data folders (pytest's own are closed to others)."""
    path = Path(tempfile.mkdtemp(prefix="rt-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="module")
def services() -> Iterator[EmbeddedServices]:
    """Running servers on a throwaway folder, for a whole module."""
    path = Path(tempfile.mkdtemp(prefix="rt-"))
    with EmbeddedServices.start(path / "data", fast=True) as started:
        yield started
    shutil.rmtree(path)


@pytest.fixture
def lives() -> Callable[[int], bool]:
    """A function that says whether a process runs (one that has ended and waits to be collected does not)."""

    def answer(pid: int) -> bool:
        try:
            return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
        except psutil.NoSuchProcess:
            return False

    return answer
