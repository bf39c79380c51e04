"""The journal of erasures: beside the database, so that a restored backup can be erased again (R129).

One entry an erasure: its moment, the customer's id, which by then names nobody, and the marks by which an import knows
them again. It is written before the commit: an erasure that is due has no way back, so that an entry too many does no
harm, and one too few cannot be. Each entry is a line of `erasures.log` below the data folder; where the files are in a
bucket it is an object there too, so that every machine reads the same journal and none needs a disk of its own.
"""

import asyncio
import os
from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from uuid import UUID

import msgspec
import structlog

from revivatech.kit.structs import Json
from revivatech.settings import Settings
from revivatech.storage import Files

log = structlog.get_logger(__name__)

FOLDER = "erasures"


class Entry(Json, frozen=True):
    """One erasure. `marks` are those of `accounts.remember_erased`, in hex; lines of older versions have none."""

    erased_at: datetime
    customer_id: UUID
    key_id: str = ""
    marks: tuple[str, ...] = ()


def path_of(settings: Settings) -> Path:
    """Return where this machine's part of the journal is; keep it apart from the database's backups."""
    return settings.data / "erasures.log"


def may_know_somebody(settings: Settings, files: Files) -> bool:
    """Return whether anybody may have been erased here, as far as can be told at once."""
    return not files.is_local or path_of(settings).exists()


async def write(settings: Settings, files: Files, entry: Entry) -> None:
    """Add the entry; on the disk, and in the bucket where there is one, when this returns.

    Raises Unavailable while the bucket is away.
    """
    content = msgspec.json.encode(entry)
    await asyncio.to_thread(_append, path_of(settings), content)
    if not files.is_local:
        await files.put(f"{FOLDER}/{entry.customer_id}.json", content, "application/json")


async def known(settings: Settings, files: Files) -> set[UUID]:
    """The customers of every entry. Raises Unavailable while the bucket is away."""
    found = set(await asyncio.to_thread(_lines, path_of(settings)))
    if not files.is_local:
        found |= {customer_id async for file in files.list(FOLDER) if (customer_id := _named(file.key))}
    return found


async def entries(settings: Settings, files: Files, customer_ids: Collection[UUID]) -> list[Entry]:
    """The entries of those customers, in no order. Raises Unavailable while the bucket is away."""
    lines = await asyncio.to_thread(_lines, path_of(settings)) if customer_ids else {}
    found = []
    for customer_id in customer_ids:
        entry = lines.get(customer_id) or _entry(await files.get(f"{FOLDER}/{customer_id}.json") or b"")
        if entry is not None:
            found.append(entry)
    return found


def _append(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        # One call a line: two processes that append at once do not mix theirs. Begun with a line's end too: what a
        # crash cut short is a line of its own.
        os.write(descriptor, b"\n" + content + b"\n")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _lines(path: Path) -> dict[UUID, Entry]:
    """The last whole line of each customer; one that a crash cut short is of an erasure that was not committed."""
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return {}
    return {entry.customer_id: entry for line in text.splitlines() if (entry := _entry(line))}


def _entry(text: bytes) -> Entry | None:
    if not text:
        return None
    try:
        return msgspec.json.decode(text, type=Entry)
    except msgspec.DecodeError:
        log.warning("journal_entry_unreadable")
        return None


def _named(key: str) -> UUID | None:
    try:
        return UUID(Path(key).stem)
    except ValueError:
        return None
