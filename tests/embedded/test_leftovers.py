"""However rudely the program ends, its servers end too, nothing is lost, and the next start works."""

import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest

from revivatech.embedded import EmbeddedServices
from revivatech.embedded.processes import wait_until

Hold = Callable[..., Any]
Lives = Callable[[int], bool]


def commit_a_row(url: str) -> None:
    """Commit something worth keeping."""
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE repair AS SELECT 'R-7K3M9' AS number")


def rows(url: str) -> list[tuple[str]]:
    """What was kept."""
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT number FROM repair").fetchall()


def kill(holder: Any) -> None:
    """End a program as the kernel does when memory runs out."""
    holder.process.kill()
    holder.process.wait(10)


def test_killed_program_takes_its_servers_along(tmp_path: Path, hold: Hold, lives: Lives) -> None:
    """Killing the program ends its servers without anybody's help, in an orderly way."""
    holder = hold(tmp_path)
    pids = holder.answer()["pids"]
    kill(holder)
    assert wait_until(lambda: not any(map(lives, pids.values())), 10)
    assert "database system is shut down" in (tmp_path / "log" / "postgres.log").read_text()


def test_start_right_after_a_kill_keeps_what_was_committed(tmp_path: Path, hold: Hold, lives: Lives) -> None:
    """The next start does not trip over servers that are just ending."""
    holder = hold(tmp_path)
    answer = holder.answer()
    commit_a_row(answer["url"])
    kill(holder)
    with EmbeddedServices.start(tmp_path, fast=True) as services:
        assert rows(services.database_url) == [("R-7K3M9",)]
        assert not any(map(lives, answer["pids"].values()))


def test_orphans_of_an_earlier_run_are_ended(tmp_path: Path, hold: Hold, lives: Lives) -> None:
    """Servers that outlived their program are ended cleanly and told of, and the data is there."""
    holder = hold(tmp_path, "orphans")
    answer = holder.answer()
    commit_a_row(answer["url"])
    kill(holder)
    assert all(map(lives, answer["pids"].values()))

    said: list[str] = []
    with EmbeddedServices.start(tmp_path, log=said.append, fast=True) as services:
        assert rows(services.database_url) == [("R-7K3M9",)]
        assert not any(map(lives, answer["pids"].values()))
        assert all(map(lives, services.pids.values()))
    assert sum("of an earlier run" in sentence for sentence in said) == 2


def test_everything_killed_at_once_is_recovered(tmp_path: Path, hold: Hold) -> None:
    """After a kill of the program and of its servers the next start recovers what was committed."""
    holder = hold(tmp_path, "orphans")
    answer = holder.answer()
    commit_a_row(answer["url"])
    for pid in answer["pids"].values():
        os.kill(pid, signal.SIGKILL)
    kill(holder)
    with EmbeddedServices.start(tmp_path, fast=True) as services:
        assert rows(services.database_url) == [("R-7K3M9",)]


def test_pid_file_that_names_another_program_does_not_block(tmp_path: Path, lives: Lives) -> None:
    """After a restart of the machine the old number may be anybody's; whoever has it is let live."""
    EmbeddedServices.start(tmp_path, fast=True).stop()
    for stranger in (os.getppid(), 1, os.getpid()):
        (tmp_path / "postgres" / "postmaster.pid").write_text(f"{stranger}\n{tmp_path}\n1\n5432\n\n\n  1 1\nready\n")
        (tmp_path / "valkey" / "valkey.pid").write_text(f"{stranger}\n")
        EmbeddedServices.start(tmp_path, fast=True).stop()
        assert lives(stranger)


def test_empty_pid_file_does_not_block(tmp_path: Path) -> None:
    """A machine that went down may leave a file without content."""
    EmbeddedServices.start(tmp_path, fast=True).stop()
    (tmp_path / "postgres" / "postmaster.pid").write_text("")
    EmbeddedServices.start(tmp_path, fast=True).stop()


def test_first_start_that_was_killed_is_begun_anew(tmp_path: Path) -> None:
    """A half-made database is thrown away."""
    half = tmp_path / "postgres.new-1"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    with EmbeddedServices.start(tmp_path, fast=True) as services:
        assert services.database_url
        assert not half.exists()


def test_ctrl_c_leaves_the_stop_to_the_program(tmp_path: Path, hold: Hold, lives: Lives) -> None:
    """Ctrl-C in a terminal reaches every process of the group; the servers live on until the program stops them."""
    holder = hold(tmp_path)
    pids = holder.answer()["pids"]
    os.killpg(holder.process.pid, signal.SIGINT)
    assert holder.answer() == {"alive": [True, True]}
    assert holder.answer() == {"stopped": True}
    assert not any(map(lives, pids.values()))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_program_that_ignores_all_care_leaves_nothing(tmp_path: Path, hold: Hold, number: int, lives: Lives) -> None:
    """A signal that ends Python at once ends the servers too."""
    holder = hold(tmp_path)
    pids = holder.answer()["pids"]
    os.killpg(holder.process.pid, number)
    assert wait_until(lambda: not any(map(lives, pids.values())), 10)


def test_servers_started_from_a_thread_outlive_it(tmp_path: Path) -> None:
    """The thread that calls `start` may end: the servers belong to the program."""
    with ThreadPoolExecutor() as pool:
        services = pool.submit(EmbeddedServices.start, tmp_path, fast=True).result(30)
    with services, psycopg.connect(services.database_url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
