"""The cast as the verbs take them, and devices for them to work on."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID, uuid4

from revivatech.db import Database, execute
from revivatech.kit.actor import CustomerActor, Role, StaffActor
from revivatech.repairs import service
from revivatech.repairs.contracts import NewRepair, Repair, StaffRepair, Status, StatusChange
from support.people import People


@dataclass(frozen=True, slots=True)
class Actors:
    """Two customers; a technician, the front desk, a manager."""

    anna: CustomerActor
    ben: CustomerActor
    tom: StaffActor
    fay: StaffActor
    mia: StaffActor


def actors_of(people: People) -> Actors:
    """Each with a session of their own."""
    return Actors(
        CustomerActor(people.anna.id, uuid4()),
        CustomerActor(people.ben.id, uuid4()),
        StaffActor(people.tom.id, uuid4(), Role.TECHNICIAN),
        StaffActor(people.fay.id, uuid4(), Role.FRONT_DESK),
        StaffActor(people.mia.id, uuid4(), Role.MANAGER),
    )


@dataclass(frozen=True, slots=True)
class Bench:
    """The shop at work, called as its pages call it."""

    db: Database
    actors: Actors

    async def take_in(self, customer: CustomerActor, **facts: object) -> StaffRepair:
        """Return a new repair of that customer; an estimate in the past is one that was given before it passed."""
        passed = facts.pop("estimated_completion") if _has_passed(facts.get("estimated_completion")) else None
        device: dict[str, object] = {
            "device_type": "smartphone",
            "device_brand": "Apple",
            "device_model": "iPhone 13",
            "issue_description": "The screen is broken.",
        }
        new = NewRepair(**(device | {"customer_id": customer.id} | facts))  # type: ignore[arg-type]
        taken = await service.intake(self.db, self.actors.fay, new)
        if passed is None:
            return taken
        words = await service.labels_in(self.db, "en")
        async with self.db.transaction() as tx:
            await execute(tx, "UPDATE repairs SET estimated_completion = %s WHERE id = %s", [passed, taken.repair.id])
            return await service.desk_repair(tx, self.actors.fay, words, taken.repair.id)

    async def move(self, repair: Repair, status: Status, **more: object) -> Repair:
        """The repair after the manager has moved it; a quote has a price."""
        if status is Status.QUOTED and repair.total_cost is None:
            more = {"amount": Decimal("59.00")} | more
        change = StatusChange(status, repair.version, **more)  # type: ignore[arg-type]
        return (await service.change_status(self.db, self.actors.mia, repair.id, change)).repair

    async def lead(self, repair: Repair, *way: Status) -> Repair:
        """The repair after each of these changes."""
        for status in way:
            repair = await self.move(repair, status)
        return repair

    async def read(self, actor: CustomerActor, repair_id: UUID) -> Repair:
        """The repair as its customer sees it."""
        words = await service.labels_in(self.db, "en")
        async with self.db.read() as reader:
            return await service.get_repair(reader, actor, words, repair_id)


def _has_passed(estimate: object) -> bool:
    return isinstance(estimate, datetime) and estimate < datetime.now(UTC)
