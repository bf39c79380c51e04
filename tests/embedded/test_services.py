"""The embedded servers start, serve, keep what must be kept, and stop."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
import redis

from revivatech import embedded
from revivatech.embedded import (
    EmbeddedError,
    EmbeddedServices,
    binaries,
    running,
    supervisor,
    valkey,
)
from revivatech.embedded import folder as data_folder
from revivatech.embedded import services as services_module
from revivatech.embedded.processes import wait_until

Hold = Callable[..., Any]
Lives = Callable[[int], bool]


def setting(services: EmbeddedServices, name: str) -> str:
    """A setting of the running PostgreSQL."""
    with psycopg.connect(services.database_url) as connection:
        row = connection.execute("SELECT current_setting(%s)", [name]).fetchone()
    assert row is not None
    return str(row[0])


def test_portal_owns_its_database_and_is_no_superuser(services: EmbeddedServices) -> None:
    """The address leads to the database `portal` as a role that owns it but may not touch the machine."""
    with psycopg.connect(services.database_url) as connection:
        row = connection.execute(
            "SELECT current_user, current_database(), pg_get_userbyid(datdba), rolsuper"
            " FROM pg_database, pg_roles WHERE datname = current_database() AND rolname = current_user"
        ).fetchone()
        assert row == ("portal", "portal", "portal", False)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("COPY pg_class TO PROGRAM 'true'")


@pytest.mark.parametrize("name", ["pg_trgm", "citext", "btree_gist", "unaccent"])
def test_extensions_can_be_created_by_the_portal(services: EmbeddedServices, name: str) -> None:
    """The extensions that a migration may ask for need no superuser."""
    with psycopg.connect(services.database_url) as connection:
        connection.execute(f"CREATE EXTENSION {name}".encode())
        connection.rollback()


def test_letters_beyond_ascii_are_letters(services: EmbeddedServices) -> None:
    """Portuguese words fold, make trigrams and are found, whatever locale the machine has."""
    with psycopg.connect(services.database_url) as connection:
        connection.execute("CREATE EXTENSION pg_trgm")
        row = connection.execute(
            "SELECT upper('ção'), 'ã' = ANY (regexp_split_to_array(array_to_string(show_trgm('ã b'), ''), '')),"
            " similarity('câmera', 'câmara') > 0.3, to_tsvector('simple', 'manutenção já')::text"
        ).fetchone()
        connection.rollback()
    assert row is not None
    assert row[0] == "ÇÃO"
    assert row[2:] == (True, "'já':2 'manutenção':1")


def test_settings_are_those_of_a_small_durable_shop(tmp_path: Path) -> None:
    """What was committed is on disk; time is UTC, text is UTF-8, and no port is open."""
    with EmbeddedServices.start(tmp_path / "data") as services:
        names = ("fsync", "synchronous_commit", "full_page_writes", "timezone", "server_encoding", "listen_addresses")
        assert [setting(services, name) for name in names] == ["on", "on", "on", "UTC", "UTF8", ""]


def test_no_server_listens_on_the_network(services: EmbeddedServices) -> None:
    """Neither server has a TCP port."""
    for pid in services.pids.values():
        assert psutil.Process(pid).net_connections("inet") == []


def test_sockets_are_private(services: EmbeddedServices) -> None:
    """Only the user of the servers can enter the folder of the sockets, since they ask for no password."""
    socket = Path(redis.Redis.from_url(services.redis_url).get_connection_kwargs()["path"])
    assert socket.parent.stat().st_mode & 0o777 == 0o700


def test_valkey_is_a_bounded_cache(services: EmbeddedServices) -> None:
    """Valkey forgets the least used beyond its memory and writes nothing."""
    with redis.Redis.from_url(services.redis_url, decode_responses=True) as client:
        wanted = {
            "maxmemory": str(128 * 1024 * 1024),
            "maxmemory-policy": "allkeys-lru",
            "save": "",
            "appendonly": "no",
        }
        assert client.config_get(*wanted) == wanted


def test_second_start_is_quick_and_keeps_what_was_committed(tmp_path: Path) -> None:
    """A row survives stop and start, and the second start takes less than 1.5 s."""
    with EmbeddedServices.start(tmp_path) as first, psycopg.connect(first.database_url) as connection:
        connection.execute("CREATE TABLE repair AS SELECT 'R-7K3M9' AS number")
    begin = time.perf_counter()
    second = EmbeddedServices.start(tmp_path)
    took = time.perf_counter() - begin
    with second, psycopg.connect(second.database_url) as connection:
        assert connection.execute("SELECT number FROM repair").fetchall() == [("R-7K3M9",)]
    assert took < 1.5


def test_stop_ends_all_that_was_started_and_nothing_else(
    tmp_path: Path, services: EmbeddedServices, lives: Lives
) -> None:
    """After a stop no process of the servers is left, those of another folder serve on, and stopping again is fine."""
    started = EmbeddedServices.start(tmp_path, fast=True)
    processes = [psutil.Process(pid) for pid in started.pids.values()]
    processes += [child for process in processes for child in process.children(recursive=True)]
    assert len(processes) > 3

    started.stop()
    started.stop()

    assert [process.pid for process in processes if lives(process.pid)] == []
    assert started.pids == {}
    assert setting(services, "server_encoding") == "UTF8"


def test_stop_is_quick_with_open_connections(tmp_path: Path) -> None:
    """A stop does not wait for clients."""
    started = EmbeddedServices.start(tmp_path, fast=True)
    connection = psycopg.connect(started.database_url)
    connection.execute("SELECT 1")
    begin = time.perf_counter()
    started.stop()
    assert time.perf_counter() - begin < 2
    connection.close()


def test_servers_of_a_program_that_just_ends_are_stopped(tmp_path: Path, lives: Lives) -> None:
    """A program that forgets to stop them leaves nothing running: the end of Python stops them."""
    script = (
        "import sys; from pathlib import Path; from revivatech.embedded import EmbeddedServices;"
        "print(*EmbeddedServices.start(Path(sys.argv[1]), fast=True).pids.values())"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)],
        env={"PYTHONPATH": str(Path(embedded.__file__).parents[2])},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert [pid for pid in map(int, run.stdout.split()) if lives(pid)] == []
    assert "database system is shut down" in (tmp_path / "log" / "postgres.log").read_text()
    assert run.stderr == ""


def test_second_program_on_the_folder_is_refused(tmp_path: Path, hold: Hold) -> None:
    """The refusal names the folder and the process that has it; once that one stops, the folder is free."""
    holder = hold(tmp_path)
    holder.answer()
    with pytest.raises(EmbeddedError) as refusal:
        EmbeddedServices.start(tmp_path)
    assert str(refusal.value) == (
        f"The data folder {tmp_path} is in use by process {holder.process.pid};"
        " stop that one first or choose another folder."
    )
    holder.stop()
    EmbeddedServices.start(tmp_path, fast=True).stop()


def test_running_servers_can_be_found_by_another_command(tmp_path: Path, hold: Hold) -> None:
    """A second command gets the addresses of the servers that somebody runs, and none when nobody does."""
    assert running(tmp_path) is None
    holder = hold(tmp_path)
    answer = holder.answer()
    assert running(tmp_path) == embedded.Addresses(answer["url"], answer["redis"])
    holder.stop()
    assert running(tmp_path) is None


def test_a_server_configured_elsewhere_is_left_out(tmp_path: Path) -> None:
    """Only the wanted server runs, and the other has no address."""
    with EmbeddedServices.start(tmp_path, with_postgres=False) as services:
        assert list(services.pids) == ["valkey-server"]
        assert services.database_url == ""
        assert redis.Redis.from_url(services.redis_url).ping()


def test_a_server_that_ends_by_itself_is_started_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After kill -9 each answers again under its old address, is told of and counted; what was committed is there."""
    monkeypatch.setattr(services_module, "LOOK_EVERY", 0.01)
    said: list[str] = []
    counted: list[str] = []
    with EmbeddedServices.start(tmp_path, log=said.append, on_restart=counted.append) as services:
        with psycopg.connect(services.database_url) as connection:
            connection.execute("CREATE TABLE repair AS SELECT 'R-7K3M9' AS number")
        before = services.pids
        for pid in before.values():
            os.kill(pid, signal.SIGKILL)

        assert wait_until(lambda: len(counted) == 2, 20)

        assert sorted(counted) == ["postgres", "valkey-server"]
        assert set(before.values()).isdisjoint(services.pids.values())
        assert redis.Redis.from_url(services.redis_url).ping()
        with psycopg.connect(services.database_url) as connection:
            assert connection.execute("SELECT number FROM repair").fetchall() == [("R-7K3M9",)]
    told = "had ended by itself (SIGKILL): started it again."
    assert {"The embedded PostgreSQL " + told, "The embedded Valkey " + told} == set(said[-2:])


def test_a_server_that_does_not_stay_up_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After as many starts as there are pauses one sentence says so, once; the other server is left alone."""
    monkeypatch.setattr(services_module, "LOOK_EVERY", 0.01)
    monkeypatch.setattr(supervisor, "PAUSES", (0.0, 0.02, 0.04))
    said: list[str] = []
    lost: list[str] = []
    with EmbeddedServices.start(tmp_path, log=said.append, on_loss=lost.append, fast=True) as services:
        said.clear()
        monkeypatch.setitem(valkey.SETTINGS, "maxmemory", "nonsense")
        os.kill(services.pids["valkey-server"], signal.SIGKILL)

        assert wait_until(lambda: len(lost) == 1, 10)

        assert list(services.pids) == ["postgres"]
    log = tmp_path / "log" / "valkey.log"
    [sentence] = lost
    assert sentence.startswith("The embedded Valkey ended by itself and did not stay up in 3 starts;")
    assert str(log) in sentence
    assert said == [f"Valkey did not start (status 1); it is started again in {pause} s." for pause in ("0.02", "0.04")]


def test_logs_stay_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A log that has grown large is moved into its older part while the servers run."""
    monkeypatch.setattr(services_module, "LOOK_EVERY", 0.01)
    with EmbeddedServices.start(tmp_path, fast=True):
        monkeypatch.setattr(data_folder, "LARGEST_LOG", 100)
        log = tmp_path / "log" / "postgres.log"
        assert wait_until(lambda: log.stat().st_size <= 100, 5)
        assert "ready to accept connections" in log.with_suffix(".log.1").read_text()


def test_missing_wheels_are_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra the program says what to install or to configure."""
    monkeypatch.setattr("revivatech.embedded.programs.find_spec", lambda _name: None)
    with pytest.raises(EmbeddedError, match=r"install it with its extra `embedded`, or name your own servers"):
        EmbeddedServices.start(tmp_path)


def test_the_tools_of_postgresql_run() -> None:
    """psql, pg_dump, pg_restore and pgbench of the wheel start on this machine."""
    programs = binaries()
    for program in (programs.psql, programs.pg_dump, programs.pg_restore, programs.pgbench):
        version = subprocess.check_output([program, "--version"], text=True)
        assert "(PostgreSQL) 18." in version
