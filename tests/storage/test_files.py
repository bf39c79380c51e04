"""Files in a folder and in a bucket; stores that are away, full or lost."""

import asyncio
import os
import stat
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.sax.saxutils import escape

import msgspec
import pytest
from aiohttp import web

from revivatech.kit.errors import Unavailable
from revivatech.settings import Settings, SettingsError, read_settings
from revivatech.storage import Files, files_for
from revivatech.storage.cleanup import sweep
from revivatech.storage.files import folder_of

pytestmark = pytest.mark.anyio


class Bucket:
    """So much of S3 as the portal uses, on loopback; `trouble` is a status that it answers instead."""

    def __init__(self) -> None:
        self.objects: dict[str, tuple[bytes, str]] = {}
        self.trouble = 0
        self.asked = 0

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """One request."""
        self.asked += 1
        key = request.path.removeprefix("/bucket/").rstrip("/")
        if self.trouble:
            return web.Response(status=self.trouble)
        if request.method == "PUT":
            self.objects[key] = (await request.read(), request.headers.get("Content-Type", ""))
            return web.Response(headers={"ETag": '"1"'})
        if request.method in {"POST", "DELETE"}:
            return await self._delete(request, key)
        if "list-type" in request.query:
            return self._listing(request.query.get("prefix", ""))
        if key not in self.objects:
            return web.Response(status=404)
        body, kind = self.objects[key]
        headers = {"ETag": '"1"', "Last-Modified": "Sun, 01 Mar 2026 12:00:00 GMT", "Content-Type": kind}
        return web.Response(body=body, headers=headers)

    async def _delete(self, request: web.BaseRequest, key: str) -> web.Response:
        if request.method == "DELETE":
            self.objects.pop(key, None)
            return web.Response(status=204)
        asked = (await request.text()).split("<Key>")[1:]
        keys = [part.partition("</Key>")[0] for part in asked]
        for gone in keys:
            self.objects.pop(gone, None)
        deleted = "".join(f"<Deleted><Key>{gone}</Key></Deleted>" for gone in keys)
        return web.Response(text=f"<DeleteResult>{deleted}</DeleteResult>", content_type="application/xml")

    def _listing(self, prefix: str) -> web.Response:
        entries = "".join(
            f"<Contents><Key>{escape(key)}</Key><LastModified>2026-03-01T12:00:00.000Z</LastModified>"
            f"<ETag>1</ETag><Size>{len(body)}</Size></Contents>"
            for key, (body, _) in self.objects.items()
            if key.startswith(prefix)
        )
        listing = f"<ListBucketResult><IsTruncated>false</IsTruncated>{entries}</ListBucketResult>"
        return web.Response(text=listing, content_type="application/xml")


@pytest.fixture
async def bucket(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bucket]:
    """A bucket on a free port, with the credentials in the environment."""
    box = Bucket()
    runner = web.ServerRunner(web.Server(box.answer))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    for name, value in {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_ALLOW_HTTP": "true",
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_REGION": "eu-west-1",
    }.items():
        monkeypatch.setenv(name, value)
    yield box
    await runner.cleanup()


@pytest.fixture(params=["folder", "bucket"])
def files(request: pytest.FixtureRequest, tmp_path: Path, bucket: Bucket) -> Files:
    """The files of a test, here and there."""
    assert bucket.objects == {}
    return Files("s3://bucket/portal" if request.param == "bucket" else (tmp_path / "files").as_uri())


async def listed(files: Files, prefix: str) -> set[str]:
    """The keys below the prefix."""
    return {file.key async for file in files.list(prefix)}


async def test_what_was_put_comes_back(files: Files) -> None:
    """Put, read at once and in pieces, list, delete; a missing file is None and no fault."""
    content = os.urandom(900_000)
    await files.put("avatars/anna/1.webp", content, "image/webp")
    await files.put("avatars/ben/2.webp", b"2", "image/webp")
    await files.put("exports/3.zip", b"3", "application/zip")

    assert await files.get("avatars/anna/1.webp") == content
    pieces = await files.stream("avatars/anna/1.webp")
    assert pieces is not None
    assert b"".join([piece async for piece in pieces]) == content
    assert await files.exists("avatars/anna/1.webp")
    assert await listed(files, "avatars") == {"avatars/anna/1.webp", "avatars/ben/2.webp"}

    await files.put("avatars/anna/1.webp", b"new", "image/webp")
    assert await files.get("avatars/anna/1.webp") == b"new"
    await files.delete("avatars/anna/1.webp")
    await files.delete("avatars/anna/1.webp")
    assert await files.get("avatars/anna/1.webp") is None
    assert await files.stream("avatars/anna/1.webp") is None
    assert not await files.exists("avatars/anna/1.webp")
    assert await listed(files, "avatars") == {"avatars/ben/2.webp"}


async def test_a_bucket_knows_what_its_files_are(bucket: Bucket) -> None:
    """The type goes along, below the prefix of the address."""
    await Files("s3://bucket/portal").put("a/b.webp", b"1", "image/webp")

    assert bucket.objects == {"portal/a/b.webp": (b"1", "image/webp")}


@pytest.mark.parametrize("status", [403, 500, 503])
async def test_f17_a_bucket_in_trouble_is_unavailable(bucket: Bucket, status: int) -> None:
    """Every call says 503 to whoever waits; nothing is stored, and afterwards all works again."""
    files = Files("s3://bucket/portal")
    bucket.trouble = status

    for call in (
        files.put("a", b"1", "text/plain"),
        files.get("a"),
        files.stream("a"),
        files.exists("a"),
        files.delete("a"),
        listed(files, "a"),
    ):
        with pytest.raises(Unavailable):
            await call
    bucket.trouble = 0

    assert bucket.objects == {}
    await files.put("a", b"1", "text/plain")
    assert await files.get("a") == b"1"


async def test_f17_a_bucket_that_is_not_there_is_unavailable_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """A refused connection is known within seconds."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")

    async with asyncio.timeout(10):
        with pytest.raises(Unavailable):
            await Files("s3://bucket").put("a", b"1", "text/plain")


async def test_a_folder_that_cannot_be_made_is_unavailable(tmp_path: Path) -> None:
    """A file stands where the folder should be: 503, no fault."""
    (tmp_path / "files").write_text("in the way")

    with pytest.raises(Unavailable):
        await Files((tmp_path / "files").as_uri()).put("a", b"1", "text/plain")


async def test_the_folder_is_nobody_elses(settings: Settings) -> None:
    """By default it is `files` below the data folder, open to the program's user alone."""
    files = files_for(settings)
    await files.put("a/b", b"1", "text/plain")

    folder = settings.data.absolute() / "files"
    assert folder_of(files.url) == folder
    assert (folder / "a" / "b").read_bytes() == b"1"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


async def test_no_key_leads_out_of_the_folder(tmp_path: Path) -> None:
    """Keys are ours; were one not, it would be refused and not followed."""
    files = Files((tmp_path / "files").as_uri())

    with pytest.raises(ValueError, match="path"):
        await files.put("../outside", b"1", "text/plain")

    assert not (tmp_path / "outside").exists()


def test_a_wrong_address_is_refused_at_the_start(settings: Settings) -> None:
    """What the settings cannot mean is said before anything starts."""
    with pytest.raises(SettingsError, match="STORAGE_URL"):
        read_settings({"REVIVATECH_STORAGE_URL": "https://evil.example/files"})

    assert files_for(msgspec.structs.replace(settings, storage_url="s3://bucket/x")).url == "s3://bucket/x"


async def test_f18_the_sweep_deletes_what_no_row_names_after_a_day(tmp_path: Path) -> None:
    """Old and unknown goes; old and known stays; young stays, for its row may be on its way."""
    files = Files((tmp_path / "files").as_uri())
    yesterday = (datetime.now(UTC) - timedelta(hours=25)).timestamp()
    for key in ("avatars/known", "avatars/orphan", "avatars/young", "exports/orphan"):
        await files.put(key, b"1", "text/plain")
        if not key.endswith("young"):
            os.utime(tmp_path / "files" / key, (yesterday, yesterday))

    async def known(keys: Sequence[str]) -> set[str]:
        return {"avatars/known"} & set(keys)

    assert await sweep(files, "avatars", known) == 1
    assert await listed(files, "avatars") == {"avatars/known", "avatars/young"}
    assert await listed(files, "exports") == {"exports/orphan"}, "another slice's files are its own"
