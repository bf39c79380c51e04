"""The customer's picture: two squares in the files, and the id that the account's row names."""

from collections.abc import Sequence
from uuid import UUID, uuid4

from revivatech.accounts.activity.service import note
from revivatech.accounts.contracts import Client
from revivatech.accounts.profile import queries
from revivatech.db import Database, Transaction
from revivatech.jobs.queue import enqueue
from revivatech.kit.actor import CustomerActor, StaffActor
from revivatech.kit.errors import NotFound
from revivatech.kit.permissions import Permission, require
from revivatech.realtime.contracts import CustomerChanged
from revivatech.storage import Files
from revivatech.storage.cleanup import sweep
from revivatech.storage.images import CONTENT_TYPE, Crop, squares

PREFIX = "avatars"
LARGE = 512
SMALL = 96
SIZES = (LARGE, SMALL)


def url_of(avatar_id: UUID) -> str:
    """Return where its owner reads it; another picture has another address."""
    return f"/api/customer/avatar/{avatar_id}"


async def set_avatar(
    db: Database, files: Files, actor: CustomerActor, content: bytes, crop: Crop, client: Client
) -> None:
    """Take the picture's square. Raises PictureRefused, and Unavailable where the files are away: nothing changes then.

    The files come first, so that no row ever names what is not there.
    """
    made = await squares(content, SIZES, crop)
    avatar_id = uuid4()
    for size, body in made.items():
        await files.put(_key(actor.id, avatar_id, size), body, CONTENT_TYPE)
    async with db.transaction() as tx:
        before = await queries.swap_avatar(tx, actor.id, avatar_id)
        await _forget_files(tx, actor.id, before)
        await note(tx, actor.id, "avatar_changed", client)
        tx.note(CustomerChanged(actor.id))


async def remove_avatar(db: Database, actor: CustomerActor, client: Client) -> None:
    """Have no picture; that there was none is as good."""
    async with db.transaction() as tx:
        before = await queries.swap_avatar(tx, actor.id, None)
        if before is None:
            return
        await _forget_files(tx, actor.id, before)
        await note(tx, actor.id, "avatar_removed", client)
        tx.note(CustomerChanged(actor.id))


async def own_avatar(db: Database, files: Files, actor: CustomerActor, avatar_id: UUID, size: int) -> bytes:
    """The customer's own picture. Raises NotFound for any other id: another's and none are the same."""
    async with db.read() as reader:
        if await queries.avatar_of(reader, actor.id) != avatar_id:
            raise NotFound
    return await _read(files, actor.id, avatar_id, size)


async def customers_avatar(db: Database, files: Files, actor: StaffActor, customer_id: UUID, size: int) -> bytes:
    """A customer's picture, for the staff who may read customers' data. Raises NotFound where there is none."""
    require(actor, Permission.READ_CUSTOMERS)
    async with db.read() as reader:
        avatar_id = await queries.avatar_of(reader, customer_id)
    if avatar_id is None:
        raise NotFound
    return await _read(files, customer_id, avatar_id, size)


async def delete_files(files: Files, customer_id: UUID, avatar_id: UUID) -> None:
    """Delete the squares of a picture that no row names any more."""
    for size in SIZES:
        await files.delete(_key(customer_id, avatar_id, size))


async def sweep_avatars(db: Database, files: Files) -> int:
    """Return how many files were deleted that no customer's row names and that are older than a day."""

    async def known(keys: Sequence[str]) -> set[str]:
        ids = {key: _id_in(key) for key in keys}
        async with db.read() as reader:
            living = await queries.known_avatars(reader, [one for one in ids.values() if one is not None])
        return {key for key, one in ids.items() if one in living}

    return await sweep(files, PREFIX, known)


async def _read(files: Files, customer_id: UUID, avatar_id: UUID, size: int) -> bytes:
    body = await files.get(_key(customer_id, avatar_id, size))
    if body is None:
        raise NotFound
    return body


async def _forget_files(tx: Transaction, customer_id: UUID, avatar_id: UUID | None) -> None:
    if avatar_id is not None:
        await enqueue(tx, "accounts:delete_avatar", customer_id=str(customer_id), avatar_id=str(avatar_id))


def _key(customer_id: UUID, avatar_id: UUID, size: int) -> str:
    return f"{PREFIX}/{customer_id}/{avatar_id}-{size}.webp"


def _id_in(key: str) -> UUID | None:
    """The picture of a file's key; None where it is none of ours."""
    try:
        return UUID(key.rpartition("/")[2].rpartition("-")[0])
    except ValueError:
        return None
