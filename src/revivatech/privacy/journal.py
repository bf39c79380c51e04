"""The journal of erasures: a file beside the database, so that a restored backup can be erased again (R129).

One line an erasure: its moment and the customer's id, which by then names nobody. It is written before the commit: an
erasure that is due has no way back, so that a line too many does no harm, and a line too few cannot be.
"""

import os
from pathlib import Path
from uuid import UUID

import msgspec

from revivatech.kit.clock import utcnow
from revivatech.settings import Settings


def path_of(settings: Settings) -> Path:
    """Where the journal is; keep it apart from the database's backups."""
    return settings.data / "erasures.log"


def has_erased(settings: Settings) -> bool:
    """Whether anybody was ever erased here."""
    return path_of(settings).exists()


def write(settings: Settings, customer_id: UUID) -> None:
    """Add a line; on the disk when this returns."""
    path = path_of(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    # Begun with a line's end too: what a crash cut short is a line of its own.
    line = b"\n" + msgspec.json.encode({"erasedAt": utcnow(), "customerId": customer_id}) + b"\n"
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        # One call a line: two processes that append at once do not mix theirs.
        os.write(descriptor, line)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read(settings: Settings) -> set[UUID]:
    """The customers of every line; one that a crash cut short is passed over, because its erasure was not committed."""
    try:
        text = path_of(settings).read_bytes()
    except FileNotFoundError:
        return set()
    found = set()
    for line in text.splitlines():
        try:
            found.add(UUID(msgspec.json.decode(line)["customerId"]))
        except (msgspec.DecodeError, KeyError, ValueError, TypeError):
            continue
    return found
