"""The operator's commands, beside a portal that runs on the same data folder."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import msgspec
import psycopg
import pytest

from revivatech.db.migrate import migrate
from revivatech.embedded import running
from revivatech.settings import Settings
from support.programs import Portal, environment, run, serving

SAMPLE = Path(__file__).parents[2] / "docs" / "importing-sample.csv"
DEMO_PASSWORD = "Nordic-Light-2026"
SECRET = "kT9vZp3LqX7wRb5NcY2mHd8FgJ4sAe6U"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the portal and the commands share."""
    return tmp_path_factory.mktemp("commands") / "data"


@pytest.fixture(scope="module")
def portal(data: Path) -> Iterator[Portal]:
    """A portal with the demo shop."""
    with serving(data, env=environment(mode="demo")) as portal:
        yield portal
        assert portal.end() == 0, portal.said()


def sign_in(portal: Portal, realm: str, email: str, password: str) -> httpx.Response:
    """The answer to a sign-in."""
    return httpx.post(f"{portal.url}/api/{realm}/auth/login", json={"email": email, "password": password})


def test_the_demo_is_loaded_into_an_empty_folder(portal: Portal) -> None:
    """The first start of a demo has its people."""
    for realm, email in (("customer", "customer@demo.example"), ("staff", "technician@demo.example")):
        assert sign_in(portal, realm, email, DEMO_PASSWORD).status_code == 200


def test_the_demo_is_loaded_once(portal: Portal, data: Path) -> None:
    """`demo` refuses a database that has people."""
    del portal
    refused = run("demo", "--data", str(data))

    assert refused.returncode == 1
    assert refused.stderr == "The database is not empty: the demo shop is loaded into a new one only.\n"


def test_create_staff_prints_a_generated_password_once(portal: Portal, data: Path) -> None:
    """Without a password of one's own there is one that works, and the same address is not taken twice."""
    arguments = ("create-staff", "Ada@shop.example", "--role", "admin", "--first-name", "Ada", "--data", str(data))
    created = run(*arguments)
    again = run(*arguments)

    assert (created.returncode, created.stderr) == (0, "")
    assert len(created.stdout.splitlines()) == 2
    password = created.stdout.splitlines()[-1].removeprefix("Password: ")
    answer = sign_in(portal, "staff", "ada@shop.example", password)
    assert (answer.status_code, answer.json()["user"]["role"]) == (200, "admin")
    assert again.returncode == 1
    assert again.stderr == "Another staff member has this e-mail address.\n"


def test_set_password_ends_sessions_at_once(portal: Portal, data: Path) -> None:
    """The new password works, the old one does not, and who was signed in no longer is."""
    email, password = "other-customer@demo.example", "a long enough password"
    token = sign_in(portal, "customer", email, DEMO_PASSWORD).json()["accessToken"]
    headers = {"Authorization": f"Bearer {token}"}
    assert httpx.get(f"{portal.url}/api/customer/profile", headers=headers).status_code == 200

    changed = run("set-password", email, "--password-stdin", "--data", str(data), stdin=f"{password}\n")

    assert changed.returncode == 0, changed.stderr
    assert password not in changed.stdout
    assert httpx.get(f"{portal.url}/api/customer/profile", headers=headers).status_code == 401
    assert sign_in(portal, "customer", email, DEMO_PASSWORD).status_code == 401
    assert sign_in(portal, "customer", email, password).status_code == 200


@pytest.mark.parametrize("password", ["", "short"])
def test_set_password_refuses_a_bad_one(portal: Portal, data: Path, password: str) -> None:
    """Nothing and too little are refused in one sentence."""
    del portal
    refused = run(
        "set-password", "customer@demo.example", "--password-stdin", "--data", str(data), stdin=f"{password}\n"
    )

    assert refused.returncode == 1
    assert len(refused.stderr.splitlines()) == 1
    assert "password" in refused.stderr


def test_an_import_is_seen_by_the_running_portal(portal: Portal, data: Path, tmp_path: Path) -> None:
    """What is imported is there and nothing of it twice; a wrong file leaves everything as it was."""
    arguments = ("import", "repairs", "--data", str(data))
    (tmp_path / "other.csv").write_text("name;price\nbread;3\n")
    imported = run(*arguments, str(SAMPLE))
    again = run(*arguments, str(SAMPLE))
    refused = run(*arguments, str(tmp_path / "other.csv"))

    with SAMPLE.open(newline="") as file:
        rows = sum(1 for _ in csv.DictReader(file))
    assert imported.stdout.startswith(f"{rows} imported, 0 updated, 0 unchanged, 0 skipped."), imported.stderr
    assert again.stdout.startswith(f"0 imported, 0 updated, {rows} unchanged, 0 skipped."), again.stderr
    assert (refused.returncode, len(refused.stderr.splitlines())) == (1, 1), refused.stderr
    assert httpx.get(f"{portal.url}/health/ready").status_code == 200


def test_a_file_that_is_not_there_is_one_sentence(data: Path) -> None:
    """It names the file."""
    refused = run("import", "repairs", "nowhere.csv", "--data", str(data))

    assert refused.returncode != 0
    assert "nowhere.csv" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_check_says_that_all_is_well(portal: Portal, data: Path) -> None:
    """Every service is named and answers."""
    del portal
    checked = run("check", "--data", str(data))

    assert checked.returncode == 0, checked.stdout
    for name in ("Configuration", "Data folder", "Database: PostgreSQL 18", "Cache: Valkey 9", "Mail"):
        assert f"ok    {name}" in checked.stdout


def test_check_says_what_is_wrong(tmp_path: Path) -> None:
    """Services that do not answer are named, each with the reason, and the command fails."""
    env = environment(
        data=str(tmp_path / "data"),
        database_url="postgresql://nobody@127.0.0.1:1/none",
        redis_url="redis://127.0.0.1:1",
        smtp_url="smtp://127.0.0.1:1",
    )
    checked = run("check", env=env)

    assert checked.returncode == 1
    assert [line.split(":")[0] for line in checked.stdout.splitlines() if line.startswith("WRONG")] == [
        "WRONG Database",
        "WRONG Cache",
        "WRONG Mail",
    ]


def test_production_refuses_the_demo_and_an_old_schema(portal: Portal, data: Path, tmp_path: Path) -> None:
    """A database with the demo's accounts, or without this version's tables, does not open for production."""
    del portal
    servers = running(data)
    assert servers is not None
    with psycopg.connect(servers.database_url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE fresh")
    fresh = servers.database_url.replace("/portal?", "/fresh?")
    production = {
        "mode": "production",
        "secret_key": SECRET,
        "public_url": "https://portal.example",
        "port": "0",
        "data": str(tmp_path),
        "redis_url": servers.redis_url,
    }

    with_demo = run("serve", env=environment(**production, database_url=servers.database_url))
    unmigrated = run("serve", env=environment(**production, database_url=fresh))
    migrate(fresh)
    taken = run(
        "create-staff",
        "ada@shop.example",
        "--first-name",
        "Ada",
        "--password-stdin",
        env=environment(**production, database_url=fresh),
        stdin=f"{DEMO_PASSWORD}\n",
    )

    assert (with_demo.returncode, unmigrated.returncode, taken.returncode) == (1, 1, 1)
    assert "@demo.example has the demo's password" in with_demo.stderr
    assert "run `revivatech migrate`" in unmigrated.stderr
    assert "demo's" in taken.stderr


def test_config_lists_every_setting() -> None:
    """Each setting is there with its variable and a description."""
    listed = run("config").stdout.splitlines()
    names = [line.partition("=")[0].split(" ")[0] for line in listed if line.startswith("REVIVATECH_")]

    assert names == [f"REVIVATECH_{field.name.upper()}" for field in msgspec.structs.fields(Settings)]
    assert all(listed[listed.index(line) + 1].startswith("    ") for line in listed if line.startswith("REVIVATECH_"))


def test_openapi_prints_what_is_served(portal: Portal) -> None:
    """The printed document is the served one."""
    printed = json.loads(run("openapi").stdout)

    assert printed == httpx.get(f"{portal.url}/api/openapi.json").json()


def test_the_shop_s_settings_are_shown_and_changed(portal: Portal, data: Path) -> None:
    """One at a time; a wrong one is one sentence and changes nothing."""
    del portal
    changed = run("shop", "--email", "desk@lantern.example", "--data", str(data))
    refused = run("shop", "--email", "nobody", "--name", "Nobody", "--data", str(data))
    shown = run("shop", "--data", str(data))

    assert changed.returncode == 0
    assert refused.returncode == 1
    assert refused.stderr == "The email is not an address such as hello@shop.example.\n"
    assert "Lantern Repair" in shown.stdout
    assert "desk@lantern.example" in shown.stdout


def test_help_names_every_command() -> None:
    """`--help` needs no server and lists the commands; an unknown one is refused."""
    assert "serve" in run("--help").stdout
    assert run("conquer").returncode == 2
