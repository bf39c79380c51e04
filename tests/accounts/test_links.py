"""Links in mails: each works once, for its purpose and realm, until its time is over or a newer one follows."""

from uuid import UUID, uuid4

import pytest
from msgspec import structs

from revivatech.accounts.emails.links import service as links
from revivatech.accounts.emails.links.service import LinkOver, Purpose
from revivatech.db import Database, execute
from revivatech.settings import Settings
from support.people import People

pytestmark = pytest.mark.anyio

HOUR = 3600


async def made(db: Database, settings: Settings, owner_id: UUID, purpose: Purpose = "reset_password") -> str:
    """The text of a fresh link."""
    async with db.transaction() as tx:
        link_id = await links.make(tx, "customer", owner_id, purpose, email="anna@customers.example", seconds=HOUR)
    return links.text_of(settings, "customer", purpose, link_id)


async def spend(db: Database, settings: Settings, text: str, purpose: Purpose = "reset_password") -> UUID:
    """Whose the link was."""
    async with db.transaction() as tx:
        return (await links.spend(tx, settings, "customer", purpose, text)).owner_id


async def test_r8_a_link_works_once(db: Database, settings: Settings, people: People) -> None:
    """Looked at as often as one likes, spent once."""
    text = await made(db, settings, people.anna.id)
    async with db.read() as reader:
        for _ in range(2):
            link = await links.look(reader, settings, "customer", "reset_password", text)
            assert link is not None
            assert link.owner_id == people.anna.id
    assert await spend(db, settings, text) == people.anna.id
    with pytest.raises(LinkOver):
        await spend(db, settings, text)


async def test_r8_a_newer_link_ends_the_older_one(db: Database, settings: Settings, people: People) -> None:
    """And only that of the same account and purpose."""
    older = await made(db, settings, people.anna.id)
    other_purpose = await made(db, settings, people.anna.id, "sign_in")
    other_person = await made(db, settings, people.ben.id)
    newer = await made(db, settings, people.anna.id)
    with pytest.raises(LinkOver):
        await spend(db, settings, older)
    assert await spend(db, settings, newer) == people.anna.id
    assert await spend(db, settings, other_purpose, "sign_in") == people.anna.id
    assert await spend(db, settings, other_person) == people.ben.id


async def test_r8_a_link_runs_out(db: Database, settings: Settings, people: People) -> None:
    """By the clock of the database."""
    text = await made(db, settings, people.anna.id)
    async with db.transaction() as tx:
        await execute(
            tx, "UPDATE customer_links SET created_at = now() - interval '2 h', expires_at = now() - interval '1 s'"
        )
    with pytest.raises(LinkOver):
        await spend(db, settings, text)


async def test_r18_kinds_and_realms_do_not_mix(db: Database, settings: Settings, people: People) -> None:
    """A link of one purpose or realm, of nobody, of another shop's secret or none at all opens nothing."""
    text = await made(db, settings, people.anna.id)
    elsewhere = structs.replace(settings, secret_key=("another secret of another shop altogether",))
    forged = [
        links.text_of(settings, "customer", "reset_password", uuid4()),
        text[:-4] + "AAAA",
        text[:-1],
        text + "A",
        "é" * 64,
        "",
    ]
    async with db.read() as reader:
        assert await links.look(reader, settings, "customer", "sign_in", text) is None
        assert await links.look(reader, settings, "staff", "reset_password", text) is None
        assert await links.look(reader, elsewhere, "customer", "reset_password", text) is None
        for other in forged:
            assert await links.look(reader, settings, "customer", "reset_password", other) is None
    assert await spend(db, settings, text) == people.anna.id


async def test_r150_a_link_survives_a_new_secret(db: Database, settings: Settings, people: People) -> None:
    """The new key is put before the old one, which still proves what it made."""
    text = await made(db, settings, people.anna.id)
    rotated = structs.replace(settings, secret_key=("a fresh secret with many characters", *settings.secret_key))
    assert await spend(db, rotated, text) == people.anna.id
