"""The page on which a device is taken in: find the customer, choose the device, write down what is wrong."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from msgspec import structs

from revivatech.accounts import service as accounts
from revivatech.accounts.contracts import Customer
from revivatech.accounts.service import CustomerAccount, Permission, needs
from revivatech.kit.errors import InvalidInput, KeyReused, NotFound
from revivatech.kit.structs import Value
from revivatech.mail import outcomes
from revivatech.repairs import service as repairs
from revivatech.repairs.contracts import LONGEST_SEARCH
from revivatech.repairs.desk import forms
from revivatech.repairs.desk.context import Desk, enter_desk, typed_form
from revivatech.repairs.desk.priorities import priorities_in
from revivatech.repairs.service import Device
from revivatech.web.forms import TypedForm, why
from revivatech.web.pages import wants_fragment
from revivatech.web.request import Request
from revivatech.web.responses import see_other

PAGE = "/staff/repairs/new"
# More than these are not read at a counter: another word finds fewer.
MOST_FOUND = 6
# The services' names of what the form calls otherwise.
FIELDS = {
    "customerFirstName": "customer_first_name",
    "customerId": "customer_first_name",
    "customerEmail": "customer_email",
    "customerPhone": "customer_phone",
    "deviceId": "device_id",
    "deviceType": "device_type",
    "deviceBrand": "device_brand",
    "deviceModel": "device_model",
    "serialNumber": "serial_number",
    "issueDescription": "issue_description",
    "repairCost": "repair_cost",
    "technicianId": "technician",
    "estimatedCompletion": "estimate",
}


class Chosen(Value):
    """The customer who stands at the counter, with the devices that they have, and whether mail reaches them."""

    customer: CustomerAccount
    devices: list[Device]
    mail_trouble: outcomes.Trouble | None


class Scanned(Value):
    """A device that was here before, found by the number on it, and whose it is."""

    device: Device
    customer: Customer


@get(PAGE, include_in_schema=False, guards=[needs(Permission.TAKE_IN)])
async def intake_form(request: Request) -> Response[Any]:
    """The form to take a device in; `?customer=` names whose it is, `?device=` which, `?q=` looks somebody up."""
    desk = await enter_desk(request)
    form = await typed_form(request, desk)
    query = request.query_params
    fields = {"key": str(uuid4()), "customer_id": query.get("customer", ""), "device_id": query.get("device", "")}
    return await _intake(request, desk, structs.replace(form, fields=fields))


@post(PAGE, status_code=200, include_in_schema=False, guards=[needs(Permission.TAKE_IN)])
async def take_in(request: Request) -> Response[Any]:
    """Take the device in and go to its page, or show the form again with what was typed and why not."""
    desk = await enter_desk(request)
    form = await typed_form(request, desk)
    try:
        one = await repairs.intake(desk.db, desk.actor, forms.new_repair(form))
    except KeyReused as refusal:
        # Back in the browser and on with something else: with a key of its own it is another repair.
        again = structs.replace(form, fields=form.fields | {"key": str(uuid4())})
        return await _intake(request, desk, again, refusal=refusal)
    except InvalidInput as refusal:
        return await _intake(request, desk, form, refusal=refusal)
    return see_other(f"/staff/repairs/{one.repair.id}?saved=intake")


async def _intake(
    request: Request, desk: Desk, form: TypedForm, *, refusal: InvalidInput | None = None
) -> Response[Any]:
    labels = desk.labels
    text = request.query_params.get("q", "")[:LONGEST_SEARCH].strip()
    chosen = await _chosen(desk, form["customer_id"])
    found = await _found(desk, text) if chosen is None else []
    scanned = await _scanned(desk, text) if chosen is None else []
    return await desk.pages.render(
        request,
        "repairs/intake.html",
        viewer=desk.actor,
        block="customers" if wants_fragment(request) == "customers" else None,
        form=form,
        chosen=chosen,
        mail_trouble=chosen and chosen.mail_trouble,
        q=text,
        matches=found[:MOST_FOUND],
        scanned=scanned,
        more_url="/staff/customers?" + urlencode({"q": text}) if len(found) > MOST_FOUND else "",
        made=refusal.extra if isinstance(refusal, KeyReused) else None,
        priorities=priorities_in(labels.language),
        device_types=repairs.kinds_of(labels.language),
        colleagues=labels.known.colleagues,
        timezone=desk.timezone,
        **why(refusal, labels.language, FIELDS),
    )


async def _chosen(desk: Desk, text: str) -> Chosen | None:
    """The customer of that id and their devices; that somebody looked is on record. None for nobody."""
    try:
        customer_id = UUID(text)
    except ValueError:
        return None
    async with desk.db.transaction() as tx:
        try:
            customer = await accounts.customer_account(tx, desk.actor, customer_id)
        except NotFound:
            return None
        await accounts.note_visit(tx, desk.actor, customer_id, "customer", customer_id, "")
        devices = await repairs.devices_at_desk(tx, desk.actor, customer_id)
        return Chosen(customer, devices, await outcomes.trouble_of(tx, customer_id))


async def _found(desk: Desk, text: str) -> list[CustomerAccount]:
    if not text:
        return []
    async with desk.db.read() as reader:
        page = await accounts.search_customer_accounts(reader, desk.actor, text, cursor=None, limit=MOST_FOUND + 1)
    return page.items


async def _scanned(desk: Desk, text: str) -> list[Scanned]:
    """The devices whose serial number or IMEI begins with the text, each with whose it is."""
    async with desk.db.read() as reader:
        devices = await repairs.find_device(reader, desk.actor, text, limit=MOST_FOUND)
        owners = await accounts.customers(reader, {owner for owner, _ in devices}) if devices else {}
    return [Scanned(device, owners[owner]) for owner, device in devices if owner in owners]


handlers: Sequence[HTTPRouteHandler] = [intake_form, take_in]
