"""The demo shop into an empty database, in one transaction."""

import random
from collections.abc import Iterator
from uuid import UUID

import msgspec

from revivatech.accounts import service as people
from revivatech.accounts.contracts import Customer, NewCustomer, NewStaff
from revivatech.accounts.directory.queries import staff
from revivatech.accounts.profile.addresses import queries as addresses
from revivatech.accounts.secrets import passwords
from revivatech.accounts.staff_accounts.queries import administration
from revivatech.db import Database, Transaction
from revivatech.demo import data
from revivatech.demo.history import History, Shop
from revivatech.demo.opening import Opening
from revivatech.demo.shapes import Device, Person
from revivatech.kit.clock import utcnow
from revivatech.kit.ids import ALPHABET, NUMBER_LENGTH
from revivatech.notifications import queries as notifications
from revivatech.notifications.contracts import NotificationData
from revivatech.notifications.masking import masked_email
from revivatech.notifications.queries import Planned
from revivatech.realtime import queries as log
from revivatech.repairs import reference_data
from revivatech.repairs.importing.queries import past
from revivatech.repairs.queries.rows import DeskRow
from revivatech.shop import service as shop


async def load(db: Database) -> None:
    """Fill a database that has neither customers nor staff with the demo shop; do nothing to any other.

    All dates are reckoned from the present one, so that the shop looks as if it had been open until yesterday. Nothing
    is mailed.
    """
    async with db.transaction() as tx:
        if await administration.nobody_yet(tx):
            password_hash = await passwords.hash_password(passwords.DEMO_PASSWORD)
            await _Loading(tx, password_hash).everything()
    reference_data.forget(db)


class _Loading:
    """One loading's steps."""

    def __init__(self, tx: Transaction, password_hash: str) -> None:
        self._tx = tx
        self._password_hash = password_hash
        self._numbers = _numbers()

    async def everything(self) -> None:
        """Shop, staff, then the customers with their year."""
        await shop.change(self._tx, data.SHOP)
        colleagues = {key: await self._colleague(key) for key in data.STAFF}
        around = Shop(colleagues, await reference_data.learn(self._tx), Opening(utcnow(), data.SHOP.timezone))
        customers = await self._customers(around.opening)
        for person, customer in zip(data.CUSTOMERS, customers, strict=True):
            await self._year(person, History(around, person, customer))
            for number, address in enumerate(person.addresses):
                await addresses.add(self._tx, customer.id, address, is_default=number == 0)

    async def _colleague(self, key: str) -> UUID:
        one = data.STAFF[key]
        new = NewStaff(one.email, one.first_name, one.last_name, one.role, one.language, data.SHOP.timezone)
        user_id = await staff.add(self._tx, new, self._password_hash if one.has_password else None)
        if user_id is None:
            raise LookupError(f"{one.email} is there already, in a database without staff")
        return user_id

    async def _customers(self, opening: Opening) -> list[Customer]:
        """An account for each, as old as the first repair."""
        new = [
            NewCustomer(
                key=f"demo:{number}",
                email=person.email,
                first_name=person.first_name,
                last_name=person.last_name,
                is_organisation=person.is_organisation,
                phone=person.phone,
                language=person.language,
                timezone=data.SHOP.timezone,
                created_at=opening.at(person.repairs[0].ago, person.repairs[0].time),
            )
            for number, person in enumerate(data.CUSTOMERS)
        ]
        ids = await people.ensure_customers(self._tx, new)
        for person in data.CUSTOMERS:
            if person.email and person.has_password:
                await administration.set_password(self._tx, "customer", person.email, self._password_hash)
        return [
            Customer(
                ids[one.key],
                one.email,
                one.first_name,
                one.last_name,
                one.is_organisation,
                one.phone,
                one.language,
                one.timezone,
            )
            for one in new
        ]

    async def _year(self, person: Person, history: History) -> None:
        """The customer's repairs and all that was said of them."""
        customer_id = history.customer.id
        created = [moment.at for moment in history.moments if moment.step is None]
        repair_ids = dict(
            zip(
                (moment.repair for moment in history.moments if moment.step is None),
                await past.past_ids(self._tx, created),
                strict=True,
            )
        )
        entry_ids = await past.past_ids(self._tx, [moment.at for moment in history.moments])
        history.tell([repair_ids[index] for index in range(len(person.repairs))], entry_ids, self._numbers)
        devices = await self._devices(person, history)
        await past.add_past(
            self._tx,
            list(devices.values()),
            [
                past.PastRepair(
                    device_id=devices[repair.device].id,
                    **{name: getattr(row, name) for name in past.PastRepair.__struct_fields__ if name != "device_id"},
                )
                for repair, row in zip(person.repairs, history.repairs, strict=True)
            ],
            history.entries,
        )
        events = history.events
        await log.append_past(
            self._tx, customer_id, [e.kind for e in events], [e.payload for e in events], [e.at for e in events]
        )
        await self._notifications(person, history)

    async def _devices(self, person: Person, history: History) -> dict[Device, past.PastDevice]:
        """Each device once, known since its first repair."""
        first: dict[Device, DeskRow] = {}
        for repair, row in zip(person.repairs, history.repairs, strict=True):
            first.setdefault(repair.device, row)
        ids = await past.past_ids(self._tx, [row.created_at for row in first.values()])
        return {
            device: past.PastDevice(
                device_id,
                row.customer_id,
                device.kind,
                device.brand,
                device.model,
                device.serial,
                device.imei,
                row.created_at,
            )
            for (device, row), device_id in zip(first.items(), ids, strict=True)
        }

    async def _notifications(self, person: Person, history: History) -> None:
        """All that the customer was told; they have read it but for the newest few."""
        for told in history.notifications:
            fields = msgspec.to_builtins(
                NotificationData(told.message.repair_id, told.message.url, told.message.repair_number)
            )
            await notifications.insert(self._tx, told.id, history.customer.id, told.seq, told.message, fields, told.at)
            if email := history.customer.email:
                planned = [Planned("email", "sent", masked_email(email)), Planned("portal", "sent", None)]
                await notifications.plan(self._tx, told.id, history.customer.id, planned)
        read = history.notifications[: len(history.notifications) - person.unread]
        if read:
            await notifications.mark_read_up_to(self._tx, history.customer.id, read[-1].seq)


def _numbers() -> Iterator[str]:
    """Repair numbers as real ones, but the same in every demo."""
    source = random.Random("Lantern Repair")  # noqa: S311 - nothing is guarded by them
    while True:
        yield "R-" + "".join(source.choices(ALPHABET, k=NUMBER_LENGTH))
