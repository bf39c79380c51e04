"""`revivatech serve`, as an operator meets it."""

import os
import signal
import socket
import subprocess
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psutil
import pytest

from support.programs import environment, run, serving, starting

# The budget is 2 s by the clock of a machine that does nothing else, which `make bench` measures. Here other tests run
# beside it, so this counts what the program itself computes until it is ready, which is nearly all that it waits for.
SECOND_START_CPU_SECONDS = 3.0
END_SECONDS = 8.0


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that a portal has run on before."""
    folder = tmp_path_factory.mktemp("serve") / "data"
    with serving(folder) as portal:
        portal.end()
    return folder


def test_a_second_start_is_quick_and_keeps_the_data(data: Path) -> None:
    """It computes no more than the budget, is ready when it says so, and what was written before is still there."""
    env = environment(mode="development")
    created = run(
        "create-staff",
        "kept@shop.example",
        "--first-name",
        "Kept",
        "--data",
        str(data),
        "--password-stdin",
        env=env,
        stdin="a password that is kept\n",
    )
    assert created.returncode == 0, created.stderr

    with serving(data) as portal:
        assert _status(portal.url, "/health/ready") == 200
        spent = psutil.Process(portal.process.pid).cpu_times()
        assert spent.user + spent.system < SECOND_START_CPU_SECONDS
        answer = httpx.post(
            f"{portal.url}/api/staff/auth/login",
            json={"email": "kept@shop.example", "password": "a password that is kept"},
        )

        assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_all_that_was_started(data: Path, number: signal.Signals) -> None:
    """It returns 0 soon, and its servers are gone."""
    with serving(data) as portal:
        servers = psutil.Process(portal.process.pid).children(recursive=True)
        assert {"postgres", "valkey-server"} <= {server.name() for server in servers}

        assert portal.end(number) == 0

    gone, alive = psutil.wait_procs(servers, timeout=END_SECONDS)
    assert alive == []
    assert len(gone) == len(servers)
    assert "Traceback" not in portal.said()


def test_a_signal_ends_an_open_connection(data: Path) -> None:
    """Somebody whose connection idles does not hold up the end."""
    with serving(data) as portal, httpx.Client(base_url=portal.url) as client:
        assert client.get("/health/live").status_code == 200
        portal.process.send_signal(signal.SIGTERM)

        assert portal.process.wait(END_SECONDS) == 0


def test_a_signal_while_it_starts_ends_it(data: Path) -> None:
    """SIGTERM before it is ready leaves nothing running."""
    with starting(data) as portal:
        _wait_for_servers(portal.process.pid)
        servers = psutil.Process(portal.process.pid).children(recursive=True)
        portal.process.send_signal(signal.SIGTERM)

        portal.process.wait(END_SECONDS)

    _, alive = psutil.wait_procs(servers, timeout=END_SECONDS)
    assert alive == []


def test_a_port_in_use_is_one_sentence(tmp_path: Path) -> None:
    """It says so before it starts anything."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        refused = run("serve", "--port", str(port), "--data", str(tmp_path / "data"))

    _is_one_sentence(refused)
    assert f"127.0.0.1:{port}" in refused.stderr
    assert not (tmp_path / "data").exists()


def test_a_second_instance_is_one_sentence(data: Path) -> None:
    """It names the process that uses the folder, which goes on undisturbed."""
    with serving(data) as portal:
        refused = run("serve", "--port", "0", "--data", str(data))

        _is_one_sentence(refused)
        assert str(portal.process.pid) in refused.stderr
        assert httpx.get(f"{portal.url}/health/ready").status_code == 200


def test_commands_share_the_servers_of_a_running_portal(data: Path) -> None:
    """`migrate` and `check` work beside it."""
    with serving(data):
        migrated = run("migrate", "--data", str(data))
        checked = run("check", "--data", str(data))

    assert (migrated.returncode, migrated.stdout) == (0, "The database is up to date.\n")
    assert checked.returncode == 0, checked.stdout
    assert "PostgreSQL 18" in checked.stdout


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    """It names the folder."""
    folder = tmp_path / "data"
    if os.geteuid() == 0:
        folder.write_text("root may write anywhere, but not below a file")
    else:
        folder.mkdir(mode=0o500)

    refused = run("serve", "--port", "0", "--data", str(folder))

    _is_one_sentence(refused)
    assert str(folder) in refused.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may write what is somebody else's")
@pytest.mark.parametrize("command", [("serve", "--port", "0"), ("worker",)])
def test_root_leaves_a_folder_of_somebody_else_alone(tmp_path: Path, command: tuple[str, ...]) -> None:
    """What root wrote there its owner could not read: it names whose the folder is, and writes nothing."""
    folder = tmp_path / "data"
    folder.mkdir()
    os.chown(folder, 65534, 65534)

    refused = run(*command, env=environment(data=str(folder)))

    _is_one_sentence(refused)
    assert f"{folder} belongs to user nobody" in refused.stderr
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"mode": "production"}, "REVIVATECH_SECRET_KEY"),
        ({"database_url": "postgresql://nobody@127.0.0.1:1/none", "redis_url": "redis://127.0.0.1:1"}, "database"),
    ],
)
def test_a_wrong_setting_is_one_sentence(tmp_path: Path, settings: dict[str, str], word: str) -> None:
    """It names the setting, or what cannot be reached; tests/settings/ has all the others."""
    env = environment(**({"port": "0"} | settings), data=str(tmp_path / "data"))

    refused = run("serve", env=env)

    _is_one_sentence(refused)
    assert word in refused.stderr


def _status(url: str, path: str) -> int:
    """What a request answers that is made at once: httpx would first read the world's certificates."""
    with closing(HTTPConnection(urlsplit(url).netloc, timeout=10)) as connection:
        connection.request("GET", path)
        return connection.getresponse().status


def _is_one_sentence(refused: "subprocess.CompletedProcess[str]") -> None:
    assert refused.returncode == 1
    assert refused.stdout == ""
    [sentence] = refused.stderr.splitlines()
    assert sentence.endswith(".")


def _wait_for_servers(pid: int) -> None:
    parent = psutil.Process(pid)
    while not parent.children():
        assert parent.is_running()
