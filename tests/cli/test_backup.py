"""A backup taken beside running servers, and put back into a new folder."""

import stat
import tarfile
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner

from revivatech.cli import backup, restore
from revivatech.cli.errors import Trouble
from revivatech.db.migrate import migrate, migrations
from revivatech.embedded import EmbeddedError, EmbeddedServices

ERASED, ERASED_SINCE = (
    f'{{"erasedAt":"2026-01-0{day}T00:00:00Z","customerId":"00000000-0000-7000-8000-00000000000{day}"}}'
    for day in (1, 2)
)


# Servers that our own environment may name are not those that are meant here.
RUNNER = CliRunner(env={"DATABASE_URL": None, "REVIVATECH_DATABASE_URL": None})


def back_up(file: Path, data: Path) -> str:
    """What `revivatech backup` says; raises what it fails with."""
    return RUNNER.invoke(backup.command, [str(file), "--data", str(data)], catch_exceptions=False).stdout


def put_back(file: Path, data: Path) -> str:
    """What `revivatech restore` says; raises what it fails with."""
    return RUNNER.invoke(restore.command, [str(file), "--data", str(data)], catch_exceptions=False).stdout


def test_what_is_kept_comes_back(tmp_path: Path) -> None:
    """Rows, files, secret and journal, into an empty folder; nothing that is there is replaced."""
    data, restored, file = tmp_path / "data", tmp_path / "restored", tmp_path / "kept" / "portal.tar"
    with EmbeddedServices.start(data, fast=True, with_valkey=False) as servers:
        migrate(servers.database_url)
        with psycopg.connect(servers.database_url) as connection:
            connection.execute("UPDATE shop_settings SET name = 'Zé & Filhos'")
        (data / "files" / "people").mkdir(parents=True)
        (data / "files" / "people" / "ada 1.webp").write_bytes(b"picture")
        (data / "secret-key").write_text("kT9vZp3LqX7wRb5NcY2mHd8FgJ4sAe6U")
        (data / "erasures.log").write_text(f"\n{ERASED}\n")

        assert "the database and 1 files" in back_up(file, data)
        with pytest.raises(Trouble, match="does not replace another one"):
            back_up(file, data)
        with pytest.raises(EmbeddedError, match="in use by process"):
            put_back(file, data)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [found.name for found in file.parent.iterdir()] == ["portal.tar"]

    restored.mkdir()
    (restored / "erasures.log").write_text(f"\n{ERASED}\n\n{ERASED_SINCE}\n")
    put_back(file, restored)

    with (
        EmbeddedServices.start(restored, fast=True, with_valkey=False) as servers,
        psycopg.connect(servers.database_url) as connection,
    ):
        assert connection.execute("SELECT name FROM shop_settings").fetchall() == [("Zé & Filhos",)]
        assert connection.execute("SELECT count(*) FROM schema_migrations").fetchone() == (len(migrations()),)
    assert (restored / "files" / "people" / "ada 1.webp").read_bytes() == b"picture"
    assert (restored / "secret-key").read_text() == (data / "secret-key").read_text()
    assert (restored / "erasures.log").read_text().split() == [ERASED, ERASED_SINCE]
    with pytest.raises(Trouble, match="not empty"):
        put_back(file, restored)


@pytest.mark.parametrize("content", [b"", b"not a backup", "a tar of something else"])
def test_another_file_is_refused_before_anything_is_made(tmp_path: Path, content: bytes | str) -> None:
    """One sentence, and no data folder."""
    file = tmp_path / "other.tar"
    if isinstance(content, bytes):
        file.write_bytes(content)
    else:
        with tarfile.open(file, "w") as tar:
            tar.add(__file__, "readme")

    with pytest.raises(Trouble, match=r"backup of a portal.*\.$"):
        put_back(file, tmp_path / "data")

    assert not (tmp_path / "data").exists()
