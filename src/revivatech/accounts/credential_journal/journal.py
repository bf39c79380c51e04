"""The journal of credentials: a file beside the database, and objects in the bucket where the files are in one.

One line an account and change: the moment of the change, whose account, and its credentials, encrypted. The newest line
of an account is what counts. Lines of erased customers are removed; the rest is cut down to the newest now and then.
"""

import asyncio
import fcntl
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from uuid import UUID

import msgspec
import structlog

from revivatech.accounts.contracts import Realm
from revivatech.kit.structs import Json
from revivatech.settings import Settings
from revivatech.storage import Files

log = structlog.get_logger(__name__)

NAME = "credentials.log"
FOLDER = "credentials"
# A journal of more than this is cut down to the newest line of each account once most of it is older lines.
LARGE_BYTES = 2_000_000

Owner = tuple[Realm, UUID]


class Entry(Json, frozen=True):
    """The credentials of an account since that moment, sealed by `state.seal`."""

    changed_at: datetime
    realm: Realm
    owner_id: UUID
    sealed: str

    @property
    def owner(self) -> Owner:
        """The owner of the credentials."""
        return self.realm, self.owner_id


def path_of(settings: Settings) -> Path:
    """Return where this machine's journal is; keep a copy of it apart from the database's backups."""
    return settings.data / NAME


def may_know_somebody(settings: Settings, files: Files) -> bool:
    """Return whether there may be a journal here, as far as can be told at once."""
    return not files.is_local or path_of(settings).exists()


async def write(settings: Settings, files: Files, entries: Sequence[Entry]) -> None:
    """Append the entries; on the disk, and in the bucket where there is one, when this returns.

    Raises Unavailable while the bucket is away.
    """
    await asyncio.to_thread(_append, path_of(settings), entries)
    if not files.is_local:
        for entry in entries:
            there = _entry(await files.get(_key(entry.owner)) or b"")
            # A database that was restored a moment ago may have old changes to tell of.
            if there is None or there.changed_at <= entry.changed_at:
                await files.put(_key(entry.owner), msgspec.json.encode(entry), "application/json")


async def newest(settings: Settings, files: Files) -> dict[Owner, Entry]:
    """Return the newest entry of each account. Raises Unavailable while the bucket is away."""
    found = await asyncio.to_thread(_read, path_of(settings))
    if not files.is_local:
        async for file in files.list(FOLDER):
            _keep_newest(found, _entry(await files.get(file.key) or b""))
    return found


async def forget(settings: Settings, files: Files, owners: Collection[Owner]) -> None:
    """Remove every entry of those accounts. Raises Unavailable while the bucket is away."""
    await asyncio.to_thread(_rewrite, path_of(settings), frozenset(owners))
    if not files.is_local:
        for owner in owners:
            await files.delete(_key(owner))


def merge(path: Path, other: bytes) -> None:
    """Add the entries of another journal, as of a backup, to the file; what is here already is not repeated."""
    known = set(path.read_bytes().splitlines()) if path.exists() else set()
    missing = [entry for line in other.splitlines() if line not in known and (entry := _entry(line))]
    if missing:
        _append(path, missing)


def _key(owner: Owner) -> str:
    return f"{FOLDER}/{owner[0]}-{owner[1]}.json"


# ------------------------------------------------------------------ the file


def _append(path: Path, entries: Sequence[Entry]) -> None:
    if not entries:
        return
    with _locked(path):
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            # Begun with a line's end, too: what a crash cut short is a line of its own.
            os.write(descriptor, b"".join(b"\n" + msgspec.json.encode(entry) + b"\n" for entry in entries))
            os.fsync(descriptor)
            size = os.fstat(descriptor).st_size
        finally:
            os.close(descriptor)
        if size > LARGE_BYTES:
            found = _read(path)
            if size > 2 * sum(len(msgspec.json.encode(entry)) for entry in found.values()):
                _replace(path, found)


def _rewrite(path: Path, without: frozenset[Owner]) -> None:
    if not path.exists():
        return
    with _locked(path):
        found = _read(path)
        if found.keys() & without:
            _replace(path, {owner: entry for owner, entry in found.items() if owner not in without})


def _replace(path: Path, entries: Mapping[Owner, Entry]) -> None:
    part = path.with_name(f"{path.name}.part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(b"".join(msgspec.json.encode(entry) + b"\n" for entry in entries.values()))
        file.flush()
        os.fsync(file.fileno())
    part.rename(path)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Keep other processes from the file: one that appends must not write to a file that was just replaced."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path.with_name(f"{path.name}.lock"), os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _read(path: Path) -> dict[Owner, Entry]:
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return {}
    found: dict[Owner, Entry] = {}
    for line in text.splitlines():
        _keep_newest(found, _entry(line))
    return found


def _keep_newest(found: dict[Owner, Entry], entry: Entry | None) -> None:
    if entry is not None and (entry.owner not in found or found[entry.owner].changed_at <= entry.changed_at):
        found[entry.owner] = entry


def _entry(text: bytes) -> Entry | None:
    if not text:
        return None
    try:
        return msgspec.json.decode(text, type=Entry)
    except msgspec.DecodeError:
        log.warning("journal_entry_unreadable")
        return None
