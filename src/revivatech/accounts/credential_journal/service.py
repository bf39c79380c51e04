"""Writing the journal of credentials, and putting them back after a backup was restored."""

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import get_args
from uuid import UUID

import structlog
from msgspec import structs

from revivatech.accounts.contracts import Realm
from revivatech.accounts.credential_journal import journal, queries
from revivatech.accounts.credential_journal.journal import Entry, Owner
from revivatech.accounts.credential_journal.state import State, seal, unseal
from revivatech.accounts.secrets.passwords import hash_password
from revivatech.accounts.sessions import service as sessions
from revivatech.accounts.sessions.queries import sessions as stored_sessions
from revivatech.db import Database, Transaction
from revivatech.kit.clock import utcnow
from revivatech.kit.structs import Value
from revivatech.realtime.contracts import CustomerChanged
from revivatech.settings import Settings
from revivatech.storage import Files

log = structlog.get_logger(__name__)

REALMS: tuple[Realm, ...] = get_args(Realm)
# What is told of an account's credentials that were put back, by the fields of its state.
KINDS: Mapping[str, tuple[str, ...]] = {
    "passwords": ("password_hash",),
    "email addresses": ("email",),
    "roles": ("role",),
    "closed or reopened accounts": ("disabled_at",),
    "two-step sign-in": ("two_factor_enabled", "secret"),
    "recovery codes": ("recovery_codes",),
    "passkeys": ("passkeys",),
}


class Ended(Value, frozen=True):
    """Counts of what was ended."""

    sessions: int
    pending: int
    links: int


class Replayed(Value, frozen=True):
    """Counts of what was put back from the journal.

    `kinds` counts accounts by what differed. `unreadable`: accounts whose entry this secret does not open, which must
    choose a new password; `conflicts`: those whose address another account has by now, which are closed. `newest` is
    the moment of the journal's last entry, None for an empty one.
    """

    accounts: int
    kinds: Mapping[str, int]
    unreadable: int
    conflicts: int
    newest: datetime | None


async def write_out(db: Database, settings: Settings, files: Files) -> int:
    """Bring the journal up to the database's changes and return how many accounts it was.

    Raises Unavailable while the bucket is away; then it is done with the next run.
    """
    async with db.read() as reader:
        changes = await queries.pending(reader)
    if not changes:
        return 0
    entries, gone = [], []
    for change in changes:
        # Read after its change was seen: it is as new as that or newer, and a newer one has a row of its own.
        async with db.transaction() as tx:
            state = await queries.state(tx, change.realm, change.owner_id)
        if state is None:
            gone.append((change.realm, change.owner_id))
        else:
            sealed = seal(settings, change.realm, change.owner_id, state)
            entries.append(Entry(change.changed_at, change.realm, change.owner_id, sealed))
    await journal.write(settings, files, entries)
    if gone:
        await journal.forget(settings, files, gone)
    async with db.transaction() as tx:
        await queries.journaled(tx, changes)
    return len(changes)


async def end_everything(tx: Transaction) -> Ended:
    """End every session, every sign-in that waits for its second factor and every link that was mailed."""
    ended = pending = links = 0
    for realm in REALMS:
        over = await stored_sessions.end_of_everyone(tx, realm)
        await sessions.tell_ended(tx, over, "revoked")
        ended += len(over)
        pending += await queries.end_pending(tx, realm)
        links += await queries.end_links(tx, realm)
    return Ended(ended, pending, links)


async def replay(db: Database, settings: Settings, files: Files) -> Replayed:
    """Put the credentials of the journal back where the database has older ones; sessions and links end with it.

    Does nothing where the database is as new as the journal. Raises Unavailable while the bucket is away.
    """
    entries = await journal.newest(settings, files)
    newest = max((entry.changed_at for entry in entries.values()), default=None)
    nobodys = await hash_password(secrets.token_urlsafe(48))
    async with db.transaction() as tx:
        await queries.hold_replay(tx)
        lost = await _lost(tx, entries)
        if not lost:
            return Replayed(0, {}, 0, 0, newest)
        await end_everything(tx)
        found = await _put_back(tx, settings, lost, nobodys)
    log.warning("credentials_replayed", accounts=len(lost), newest=newest and newest.isoformat())
    return structs.replace(found, newest=newest)


async def _lost(tx: Transaction, entries: Mapping[Owner, Entry]) -> list[Entry]:
    """Return the entries that are newer than what the database knows of their account, which it still has."""
    lost = []
    for realm in REALMS:
        own = [entry for entry in entries.values() if entry.realm == realm]
        ids = [entry.owner_id for entry in own]
        here, last = await queries.existing(tx, realm, ids), await queries.last_changes(tx, realm, ids)
        lost += [
            entry
            for entry in own
            if entry.owner_id in here and (entry.owner_id not in last or last[entry.owner_id] < entry.changed_at)
        ]
    return lost


async def _put_back(tx: Transaction, settings: Settings, lost: Sequence[Entry], nobodys: str) -> Replayed:
    kinds: Counter[str] = Counter()
    unreadable = conflicts = accounts = 0
    before = {entry.owner: await queries.state(tx, *entry.owner) for entry in lost}
    moments = {entry.owner: entry.changed_at for entry in lost}
    after = {entry.owner: unseal(settings, *entry.owner, entry.sealed) for entry in lost}
    for owner, old in before.items():
        if old is not None and (new := after[owner]) is not None and new.email != old.email:
            await queries.park_email(tx, *owner)
    for owner, old in before.items():
        if old is None:  # erased
            continue
        new = after[owner]
        if new is None:
            unreadable += 1
            new = structs.replace(old, password_hash=old.password_hash and nobodys)
        elif new.email and new.email != old.email and await queries.is_taken(tx, owner[0], new.email, owner[1]):
            conflicts += 1
            new = structs.replace(new, email=old.email, disabled_at=new.disabled_at or utcnow())
        await queries.write(tx, *owner, new)
        await queries.note_replay(tx, *owner, moments[owner])
        kinds.update(_differences(old, new))
        accounts += 1
        _tell(tx, owner)
    return Replayed(accounts, dict(kinds), unreadable, conflicts, None)


def _differences(old: State, new: State) -> list[str]:
    return [kind for kind, fields in KINDS.items() if any(getattr(old, one) != getattr(new, one) for one in fields)]


def _tell(tx: Transaction, owner: tuple[Realm, UUID]) -> None:
    if owner[0] == "customer":
        tx.note(CustomerChanged(owner[1]))
