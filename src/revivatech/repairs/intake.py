"""The intake: whose device it is, which, and the repair that it becomes; the same form twice is one repair."""

import hashlib
from uuid import uuid4

import msgspec
from msgspec import structs

from revivatech.accounts import service as accounts
from revivatech.accounts.contracts import Customer, NewCustomer
from revivatech.db import Transaction
from revivatech.kit import phones
from revivatech.kit.actor import StaffActor
from revivatech.kit.email import checked_email
from revivatech.kit.errors import FieldError, InvalidInput, KeyReused, Unavailable
from revivatech.kit.i18n import marked
from revivatech.kit.ids import human_number
from revivatech.kit.text import one_line
from revivatech.repairs import effects, messages, validation
from revivatech.repairs.access import customer_of
from revivatech.repairs.contracts import NewRepair
from revivatech.repairs.devices import intake
from revivatech.repairs.effects import Changed, ChangeEffects
from revivatech.repairs.queries import writes
from revivatech.repairs.queries.writes import NewRow
from revivatech.repairs.reference_data import ReferenceData

NUMBER_TRIES = 5
# Under this name the intake form's key stands beside the keys of imports: the same key is the same repair.
DESK = "desk"
DIGEST_BYTES = 16


async def take_in(tx: Transaction, reference: ReferenceData, actor: StaffActor, new: NewRepair) -> Changed:
    """As `service.intake`, joining a transaction."""
    key = hashlib.sha256(f"{actor.id} {new.key}".encode()).hexdigest() if new.key else None
    digest = _digest(new) if key else None
    if key and (present := await _made_before(tx, key, digest)):
        return present
    customer = await _customer_at_counter(tx, reference, new)
    if new.technician_id is not None and not await accounts.can_be_given_work(tx, new.technician_id):
        raise validation.no_such_colleague()
    new = await intake.with_device(tx, customer.id, new, reference.labels_of_staff(actor.id).language)
    for _ in range(NUMBER_TRIES):
        row = await writes.insert(tx, _new_row(reference, customer, new, key, digest))
        if row is not None:
            trace = ChangeEffects(notes=row.notes, message=messages.received(row, customer))
            await effects.leave(tx, actor, None, row, customer, trace)
            return Changed(row, customer)
    raise Unavailable


async def _made_before(tx: Transaction, key: str, digest: bytes | None) -> Changed | None:
    """The repair that the same form has made already. Raises KeyReused where it was sent with other words."""
    # The same form twice at once: the second waits here, and finds what the first has made.
    await writes.hold_key(tx, key)
    present = await writes.repair_by_import(tx, DESK, key)
    if present is None:
        return None
    if await writes.digest_of(tx, present.id) not in {None, digest}:
        raise KeyReused(
            marked("This form was sent before, with other words."),
            extra={"repairId": str(present.id), "repairNumber": present.repair_number},
        )
    return Changed(present, await customer_of(tx, present.customer_id))


def _digest(new: NewRepair) -> bytes:
    """Return what the intake says, in 16 bytes."""
    told = msgspec.msgpack.encode(structs.replace(new, key=None))
    return hashlib.blake2s(told, digest_size=DIGEST_BYTES).digest()


async def _customer_at_counter(tx: Transaction, reference: ReferenceData, new: NewRepair) -> Customer:
    """The customer named by id, or found by e-mail address, or new."""
    if new.customer_id is not None:
        if customer := await accounts.customer(tx, new.customer_id):
            await accounts.keep_from_strangers(tx, [customer.id])
            return customer
        problem = marked("There is no such customer.")
        raise InvalidInput("The customer is unknown.", errors=[FieldError("customerId", problem)])
    typed = new.customer_email or ""
    email = checked_email(typed, "customerEmail") if one_line(typed) else None
    if email and (customer := await accounts.customer_by_email(tx, email)):
        await accounts.keep_from_strangers(tx, [customer.id])
        return customer
    if not one_line(new.customer_first_name):
        problem = marked("Name the customer, or choose one.")
        raise InvalidInput("Whose device is it?", errors=[FieldError("customerFirstName", problem)])
    return await _new_customer(tx, reference, new, email)


async def _new_customer(tx: Transaction, reference: ReferenceData, new: NewRepair, email: str | None) -> Customer:
    phone = one_line(new.customer_phone or "")
    if len(phone) > phones.LONGEST:
        problem = marked("A telephone number has at most 32 characters.")
        raise InvalidInput(problem, errors=[FieldError("customerPhone", problem)])
    key = f"{DESK}:{uuid4()}"
    stranger = NewCustomer(
        key=key,
        email=email,
        first_name=new.customer_first_name,
        last_name=new.customer_last_name,
        phone=phone or None,
        language=reference.shop.language,
        timezone=reference.shop.timezone,
    )
    ids = await accounts.ensure_customers(tx, [stranger])
    return await customer_of(tx, ids[key])


def _new_row(
    reference: ReferenceData, customer: Customer, new: NewRepair, key: str | None, digest: bytes | None
) -> NewRow:
    return NewRow(
        customer_id=customer.id,
        repair_number=human_number("R"),
        device_type=validation.required(new.device_type, "deviceType"),
        device_brand=one_line(new.device_brand),
        device_model=one_line(new.device_model),
        issue_description=validation.required(new.issue_description, "issueDescription"),
        repair_type=one_line(new.repair_type),
        priority=new.priority,
        technician_id=new.technician_id,
        estimated_completion=validation.estimate(None, new.estimated_completion),
        repair_cost=new.repair_cost,
        total_cost=validation.total(new.repair_cost),
        currency=reference.shop.currency,
        notes=validation.said(new.notes),
        internal_notes=validation.said(new.internal_notes),
        import_source=DESK if key else None,
        import_id=key,
        import_digest=digest,
        device_id=new.device_id,
    )
