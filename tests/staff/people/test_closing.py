"""Closing somebody's account: at once, and nobody's repair is forgotten."""

import asyncio
from uuid import UUID, uuid4

import psycopg
import pytest
from msgspec import UNSET
from socketio.exceptions import ConnectionError as Refused

from revivatech.accounts.contracts import Client, LastAdmin
from revivatech.db import Database
from revivatech.kit.actor import SYSTEM, Role, StaffActor
from revivatech.kit.errors import InvalidInput, NotAllowed, NotFound
from revivatech.realtime.queries import last_seq
from revivatech.repairs import service as repairs
from revivatech.repairs.contracts import Status
from revivatech.staff.people import service
from revivatech.staff.people.service import OpenWork
from support.desk import Desk
from support.listening import listening
from support.people import People
from support.repairing import Actors, Bench
from support.serving import Served

pytestmark = pytest.mark.anyio

HERE = Client("203.0.113.7", "a test")


@pytest.fixture
def ada(people: People) -> StaffActor:
    """The admin at work."""
    return StaffActor(people.ada.id, uuid4(), Role.ADMIN)


async def toms_work(bench: Bench, actors: Actors) -> list[UUID]:
    """Two open repairs of Tom's, after a finished one."""
    owners = (actors.anna, actors.ben, actors.anna)
    made = [(await bench.take_in(whose, technician_id=actors.tom.id)).repair for whose in owners]
    await bench.lead(made[0], Status.CANCELLED)
    return [repair.id for repair in made[1:]]


async def technicians(db: Database, ids: list[UUID]) -> list[UUID | None]:
    """Whose work the repairs are."""
    words = await repairs.labels_in(db, "en")
    async with db.read() as reader:
        found = [(await repairs.desk_repair(reader, SYSTEM, words, one)).repair.technician for one in ids]
    return [one.id if one else None for one in found]


async def test_open_work_needs_somebody(
    db: Database, bench: Bench, actors: Actors, ada: StaffActor, people: People
) -> None:
    """Without a word about the open repairs nothing is closed; the answer says how many they are."""
    mine = await toms_work(bench, actors)
    with pytest.raises(OpenWork) as refusal:
        await service.close(db, ada, people.tom.id, UNSET, HERE)
    async with db.read() as reader:
        tom = await service.one(reader, ada, people.tom.id)

    assert refusal.value.extra == {"openRepairs": 2}
    assert (tom.state, tom.open_repairs) == ("active", 2)
    assert await technicians(db, mine) == [people.tom.id] * 2


async def seqs(db: Database, people: People) -> list[int]:
    """How many events Anna and Ben have had."""
    async with db.read() as reader:
        return [await last_seq(reader, one.id) for one in people.customers]


@pytest.mark.parametrize("to", ["fay", None])
async def test_the_work_goes_over_with_the_account(
    db: Database, database_url: str, bench: Bench, actors: Actors, ada: StaffActor, people: People, to: str | None
) -> None:
    """One step closes the account and moves every open repair; ended ones stay with who did them."""
    mine = await toms_work(bench, actors)
    receiver = people.fay.id if to else None
    before = await seqs(db, people)
    await service.close(db, ada, people.tom.id, receiver, HERE)
    async with db.read() as reader:
        tom = await service.one(reader, ada, people.tom.id)

    assert (tom.state, tom.open_repairs) == ("disabled", 0)
    assert await technicians(db, mine) == [receiver] * 2
    after = await seqs(db, people)
    assert [now - then for now, then in zip(after, before, strict=True)] == [1, 1], "each customer sees it, once"
    with psycopg.connect(database_url) as connection:
        ended = connection.execute("SELECT technician_id FROM repairs WHERE status = 'cancelled'").fetchall()
        noted = connection.execute(
            "SELECT action, facts FROM staff_audit_log WHERE user_id = %s ORDER BY created_at", [people.tom.id]
        ).fetchall()
    assert ended == [(people.tom.id,)]
    assert noted == [
        ("staff_disabled", {}),
        ("work_handed_over", {"repairs": "2", "to": str(receiver or "")}),
    ]


async def test_nothing_is_closed_where_nobody_can_take_the_work(
    db: Database, bench: Bench, actors: Actors, ada: StaffActor, people: People
) -> None:
    """A stranger, somebody closed, the person themselves: refused by the form's field, and all stays as it was."""
    mine = await toms_work(bench, actors)
    await service.close(db, ada, people.fay.id, None, HERE)
    for nobody in (uuid4(), people.fay.id, people.tom.id):
        with pytest.raises(InvalidInput) as refusal:
            await service.close(db, ada, people.tom.id, nobody, HERE)
        assert [error.field for error in refusal.value.errors] == ["handOverTo"]
    async with db.read() as reader:
        assert (await service.one(reader, ada, people.tom.id)).state == "active"
    assert await technicians(db, mine) == [people.tom.id] * 2


async def test_r44_only_another_admin_closes_an_account(
    db: Database, ada: StaffActor, people: People, actors: Actors
) -> None:
    """Not a manager, not oneself, not the last admin; nobody who is not there."""
    with pytest.raises(NotAllowed):
        await service.close(db, actors.mia, people.tom.id, None, HERE)
    with pytest.raises(NotAllowed):
        await service.close(db, ada, people.ada.id, None, HERE)
    with pytest.raises(LastAdmin):
        await service.close(db, StaffActor(people.tom.id, uuid4(), Role.ADMIN), people.ada.id, None, HERE)
    with pytest.raises(NotFound):
        await service.close(db, ada, uuid4(), None, HERE)
    async with db.read() as reader:
        assert {one.state for one in await service.everybody(reader, ada)} == {"active"}


async def test_no_repair_slips_to_whom_is_just_leaving(
    db: Database, bench: Bench, actors: Actors, ada: StaffActor, people: People
) -> None:
    """Assigned and taken in while the account closes: in the end no open repair is a closed account's."""
    made = [(await bench.take_in(actors.anna)).repair for _ in range(8)]

    async def assign(number: int) -> None:
        repair = made[number]
        await repairs.assign(db, actors.fay, repair.id, people.tom.id, repair.version)

    async def take_in() -> None:
        await bench.take_in(actors.ben, technician_id=people.tom.id)

    outcomes = await asyncio.gather(
        *(assign(number) for number in range(4)),
        take_in(),
        service.close(db, ada, people.tom.id, people.fay.id, HERE),
        *(assign(number) for number in range(4, 8)),
        take_in(),
        return_exceptions=True,
    )

    assert {type(one) for one in outcomes} <= {type(None), InvalidInput}, outcomes
    async with db.read() as reader:
        assert people.tom.id not in await repairs.open_work(reader)


async def test_r28_who_is_closed_is_out_at_once(served: Served, people: People, desk: Desk) -> None:
    """Tokens, cookies and the socket of a closed colleague end with the answer; the others' go on."""
    ada, fay = await served.sign_in(people.ada), await served.sign_in(people.fay)
    tom, browser = await served.sign_in(people.tom), await served.sign_in_browser(people.tom)
    repair = (await desk.take_in(people.anna, technicianId=str(people.tom.id)))["repair"]
    token = tom["Authorization"].removeprefix("Bearer ")
    async with listening(served.url, token) as socket:
        closed = await served.client.patch(
            f"/api/staff/users/{people.tom.id}",
            headers=ada,
            json={"disabled": True, "handOverTo": str(people.fay.id)},
        )
        assert closed.status_code == 200, closed.text
        assert (closed.json()["state"], closed.json()["openRepairs"]) == ("disabled", 0)
        assert (await served.client.get("/api/staff/repairs", headers=tom)).status_code == 401
        page = await served.client.get("/staff", headers=browser)
        assert (page.status_code, "/staff/sign-in" in page.headers["location"]) == (303, True)
        await socket.until(lambda: socket.is_closed)
    with pytest.raises(Refused):
        async with listening(served.url, token):
            pass
    again = await served.client.post(
        "/api/staff/auth/login", json={"email": people.tom.email, "password": people.tom.password}
    )
    assert again.status_code == 401
    assert (await served.client.get("/api/staff/repairs", headers=fay)).status_code == 200
    assert (await desk.read(repair["id"]))["repair"]["technician"]["id"] == str(people.fay.id)
    choices = (await served.client.get("/api/staff/technicians", headers=fay)).json()["items"]
    assert str(people.tom.id) not in {one["id"] for one in choices}

    opened = await served.client.patch(f"/api/staff/users/{people.tom.id}", headers=ada, json={"disabled": False})
    assert opened.json()["state"] == "active"
    assert (await served.client.get("/api/staff/repairs", headers=tom)).status_code == 401, "old sessions stay over"
    await served.sign_in(people.tom)


async def test_r28_a_new_role_holds_at_once_and_is_told(served: Served, people: People) -> None:
    """The old session is over, the new one may what the role may; a mail says so."""
    ada, tom = await served.sign_in(people.ada), await served.sign_in(people.tom)
    changed = await served.client.patch(f"/api/staff/users/{people.tom.id}", headers=ada, json={"role": "front_desk"})
    assert (changed.status_code, changed.json()["role"]) == (200, "front_desk")
    assert (await served.client.get("/api/staff/repairs", headers=tom)).status_code == 401
    profile = await served.client.get("/api/staff/profile", headers=await served.sign_in(people.tom))
    assert "repairs:intake" in profile.json()["permissions"]
    with psycopg.connect(served.settings.database_url) as connection:
        mails = connection.execute("SELECT kind, user_id FROM account_mails").fetchall()
    assert ("staff_role_changed", people.tom.id) in mails
    both = await served.client.patch(
        f"/api/staff/users/{people.tom.id}", headers=ada, json={"role": "admin", "disabled": True}
    )
    assert both.status_code == 422
    assert (await served.client.get(f"/api/staff/users/{people.tom.id}", headers=ada)).json()["role"] == "front_desk"
