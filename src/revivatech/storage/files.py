"""The files: a folder of this machine, or a bucket of S3, Google or Azure, behind the same few calls.

A file is put before the row that names it and deleted after the row is gone: a row never names what is not there. What
a crash in between leaves behind is found by `sweep`.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import structlog

from revivatech.kit.errors import Unavailable
from revivatech.kit.structs import Value
from revivatech.settings import Settings

if TYPE_CHECKING:
    from obstore.store import ObjectStore

log = structlog.get_logger(__name__)

# Somebody waits for the answer: a store that is away is said to be so, and not waited for.
CONNECT_SECONDS = 3
REQUEST_SECONDS = 15
RETRIES = 2
RETRY_SECONDS = 15
CHUNK_BYTES = 512 * 1024
# The least that S3 takes as one part of several.
UPLOADED_AT_ONCE = 5 * 1024 * 1024
LISTED_AT_ONCE = 500


class StoredFile(Value):
    """A file of the store, without its content."""

    key: str
    size: int
    modified_at: datetime


class Files:
    """The files of the shop.

    `url` is `file:///folder`, `s3://bucket/prefix`, `gs://bucket/prefix` or `az://account/container/prefix`; a
    cloud's credentials come from its usual environment variables. Every call raises Unavailable while the store is
    away, full or refuses us, and then nothing was stored. Keys are made by us and never by whoever sends a file.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._store: ObjectStore | None = None

    async def put(self, key: str, content: bytes, content_type: str) -> None:
        """Keep the content under that key, whole or not at all; what was there is replaced."""
        store = await self._opened()
        # A folder keeps no types: who serves a file knows what it is.
        attributes = None if self.is_local else {"Content-Type": content_type}
        with _away():
            await store.put_async(key, content, attributes=attributes)

    async def put_file(self, key: str, path: Path) -> None:
        """Keep the content of that file under the key, whole or not at all, piece by piece however large it is."""
        store = await self._opened()
        with _away():
            await store.put_async(key, path, chunk_size=UPLOADED_AT_ONCE)

    async def get(self, key: str) -> bytes | None:
        """The content, None where there is none."""
        store = await self._opened()
        try:
            with _away():
                found = await store.get_async(key)
                return bytes(await found.bytes_async())
        except FileNotFoundError:
            return None

    async def stream(self, key: str) -> AsyncIterator[bytes] | None:
        """The content in pieces of half a megabyte, None where there is none; Unavailable may come in between."""
        store = await self._opened()
        try:
            with _away():
                found = await store.get_async(key)
        except FileNotFoundError:
            return None

        async def pieces() -> AsyncIterator[bytes]:
            with _away():
                async for piece in found.stream(min_chunk_size=CHUNK_BYTES):
                    yield bytes(piece)

        return pieces()

    async def exists(self, key: str) -> bool:
        """Return whether there is such a file."""
        store = await self._opened()
        try:
            with _away():
                await store.head_async(key)
        except FileNotFoundError:
            return False
        return True

    async def delete(self, key: str) -> None:
        """Have no such file any more; that there was none is as good."""
        store = await self._opened()
        try:
            with _away():
                await store.delete_async(key)
        except FileNotFoundError:
            return

    async def list(self, prefix: str) -> AsyncIterator[StoredFile]:
        """Every file below `prefix`, a whole path segment such as `avatars`, in no order."""
        store = await self._opened()
        with _away():
            async for some in store.list(prefix, chunk_size=LISTED_AT_ONCE):
                for one in some:
                    yield StoredFile(one["path"], one["size"], one["last_modified"])

    @property
    def is_local(self) -> bool:
        """True if the files lie in a folder of this machine."""
        return self.url.startswith("file:")

    async def _opened(self) -> "ObjectStore":
        """The store; its library is loaded when the first file is touched, off the loop."""
        if self._store is None:
            self._store = await asyncio.to_thread(_open, self.url)
        return self._store


def files_for(settings: Settings) -> Files:
    """The files where the settings want them: `storage_url`, or the folder `files` below the data folder."""
    return Files(settings.storage_url or (settings.data.expanduser().absolute() / "files").as_uri())


def folder_of(url: str) -> Path:
    """The folder of a `file:` address."""
    return Path(unquote(urlsplit(url).path))


def _open(url: str) -> "ObjectStore":
    # 30 ms and some memory that a portal without files need not spend at its start.
    from obstore.store import LocalStore, from_url  # noqa: PLC0415

    if url.startswith("file:"):
        folder = folder_of(url)
        with _away():
            # What people send is nobody else's on this machine.
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            return LocalStore(folder)
    return from_url(
        url,
        client_options={
            "connect_timeout": timedelta(seconds=CONNECT_SECONDS),
            "timeout": timedelta(seconds=REQUEST_SECONDS),
            # Options that are given here take the place of those in the environment, this one among them.
            "allow_http": os.environ.get("AWS_ALLOW_HTTP", "").lower() == "true",
        },
        retry_config={"max_retries": RETRIES, "retry_timeout": timedelta(seconds=RETRY_SECONDS)},
    )


@contextmanager
def _away() -> Iterator[None]:
    """Turn what the store says of itself into Unavailable; a missing file stays FileNotFoundError."""
    from obstore.exceptions import BaseError  # noqa: PLC0415 - as above

    try:
        yield
    except FileNotFoundError:
        raise
    except (BaseError, OSError) as error:
        log.warning("files_away", error=type(error).__name__)
        raise Unavailable("Files cannot be reached at this moment. Please try again shortly.") from error
