"""What happens to pictures and codes by itself."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest

from revivatech.accounts.contracts import Client
from revivatech.accounts.profile import avatars, service
from revivatech.db import Database
from revivatech.kit.actor import CustomerActor
from revivatech.settings import Settings
from revivatech.sms import service as sms
from revivatech.storage import files_for
from revivatech.storage.images import Crop
from support.people import People
from support.pictures import keep_avatar
from support.serving import Served
from support.waiting import until_true

pytestmark = pytest.mark.anyio

Sql = Callable[..., list[tuple[object, ...]]]


def kept(settings: Settings) -> list[Path]:
    """The files of pictures."""
    return sorted((settings.data / "files" / "avatars").rglob("*.webp"))


async def test_the_files_of_a_replaced_picture_go(served: Served, people: People) -> None:
    """A job deletes them after the commit; the new ones stay until they are removed as well."""
    headers = await served.sign_in(people.anna)
    first = await keep_avatar(served, headers)
    second = await keep_avatar(served, headers)

    await until_true(lambda: not [path for path in kept(served.settings) if first in path.name])
    assert len([path for path in kept(served.settings) if second in path.name]) == 2
    await served.client.delete("/api/customer/profile/avatar", headers=headers)
    await until_true(lambda: not kept(served.settings))


async def test_f18_pictures_without_a_row_go_after_a_day(
    db: Database, settings: Settings, people: People, picture: bytes
) -> None:
    """What a crash between files and row left behind is deleted; what a row names stays, however old."""
    files = files_for(settings)
    actor = CustomerActor(people.anna.id, uuid4())
    await avatars.set_avatar(db, files, actor, picture, Crop(), Client())
    orphan = f"avatars/{people.anna.id}/{uuid4()}-512.webp"
    await files.put(orphan, b"1", "image/webp")
    assert await avatars.sweep_avatars(db, files) == 0, "its row may be on its way"
    yesterday = time.time() - 25 * 3600
    for path in kept(settings):
        os.utime(path, (yesterday, yesterday))

    assert await avatars.sweep_avatars(db, files) == 1

    assert not await files.exists(orphan)
    assert len(kept(settings)) == 2


async def test_codes_and_kept_sms_go_after_a_day(db: Database, people: People, sql: Sql) -> None:
    """Neither is of any use by then, and both hold a number."""
    for age in ("1 hour", "25 hours"):
        sql(
            "INSERT INTO phone_codes (customer_id, phone, created_at, expires_at, ended_at) "
            "VALUES (%s, '+351912345678', now() - %s::interval, now(), now())",
            [people.anna.id, age],
        )
        sql("INSERT INTO kept_sms (recipient, body, created_at) VALUES ('+1', 'x', now() - %s::interval)", [age])

    async with db.transaction() as tx:
        await service.forget(tx)
        await sms.forget_old(tx)

    assert sql("SELECT count(*) FROM phone_codes") == [(1,)]
    assert sql("SELECT count(*) FROM kept_sms") == [(1,)]
