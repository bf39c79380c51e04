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
from revivatech.accounts.service import CustomerAccount, needs
from revivatech.kit.actor import StaffActor
from revivatech.kit.errors import InvalidInput, KeyReused, NotFound
from revivatech.kit.structs import Value
from revivatech.mail import outcomes
from revivatech.repairs import service as repairs
from revivatech.repairs.contracts import LONGEST_SEARCH
from revivatech.repairs.service import Device
from revivatech.staff import forms
from revivatech.staff.pages import priorities_in, timezone_of, typed, words_of
from revivatech.staff.permissions import Permission
from revivatech.staff.routes import admitted
from revivatech.web.answers import see_other
from revivatech.web.forms import why
from revivatech.web.pages import wants_fragment
from revivatech.web.portal import portal_of
from revivatech.web.request import Request

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
    actor = await admitted(request)
    form = await typed(request, actor)
    query = request.query_params
    fields = {"key": str(uuid4()), "customer_id": query.get("customer", ""), "device_id": query.get("device", "")}
    return await _intake(request, actor, structs.replace(form, fields=fields))


@post(PAGE, status_code=200, include_in_schema=False, guards=[needs(Permission.TAKE_IN)])
async def take_in(request: Request) -> Response[Any]:
    """Take the device in and go to its page, or show the form again with what was typed and why not."""
    actor = await admitted(request)
    form = await typed(request, actor)
    try:
        one = await repairs.intake(portal_of(request).db, actor, forms.new_repair(form))
    except KeyReused as refusal:
        # Back in the browser and on with something else: with a key of its own it is another repair.
        again = structs.replace(form, fields=form.fields | {"key": str(uuid4())})
        return await _intake(request, actor, again, refusal=refusal)
    except InvalidInput as refusal:
        return await _intake(request, actor, form, refusal=refusal)
    return see_other(f"/staff/repairs/{one.repair.id}?saved=intake")


async def _intake(
    request: Request, actor: StaffActor, form: forms.Typed, *, refusal: InvalidInput | None = None
) -> Response[Any]:
    portal = portal_of(request)
    words = await words_of(request, actor)
    text = request.query_params.get("q", "")[:LONGEST_SEARCH].strip()
    chosen = await _chosen(request, actor, form["customer_id"])
    found = await _found(request, actor, text) if chosen is None else []
    scanned = await _scanned(request, actor, text) if chosen is None else []
    return await portal.pages.render(
        request,
        "staff/intake.html",
        viewer=actor,
        block="customers" if wants_fragment(request) == "customers" else None,
        form=form,
        chosen=chosen,
        mail_trouble=chosen and chosen.mail_trouble,
        q=text,
        matches=found[:MOST_FOUND],
        scanned=scanned,
        more_url="/staff/customers?" + urlencode({"q": text}) if len(found) > MOST_FOUND else "",
        made=refusal.extra if isinstance(refusal, KeyReused) else None,
        priorities=priorities_in(words.language),
        device_types=repairs.kinds_of(words.language),
        colleagues=words.known.colleagues,
        timezone=await timezone_of(request, actor),
        **why(refusal, words.language, FIELDS),
    )


async def _chosen(request: Request, actor: StaffActor, text: str) -> Chosen | None:
    """The customer of that id and their devices; that somebody looked is on record. None for nobody."""
    try:
        customer_id = UUID(text)
    except ValueError:
        return None
    async with portal_of(request).db.transaction() as tx:
        try:
            customer = await accounts.customers_at_desk.one(tx, actor, customer_id)
        except NotFound:
            return None
        await accounts.note_visit(tx, actor, customer_id, "customer", customer_id, "")
        devices = await repairs.devices_at_desk(tx, actor, customer_id)
        return Chosen(customer, devices, await outcomes.trouble_of(tx, customer_id))


async def _found(request: Request, actor: StaffActor, text: str) -> list[CustomerAccount]:
    if not text:
        return []
    async with portal_of(request).db.read() as reader:
        page = await accounts.customers_at_desk.search(reader, actor, text, cursor=None, limit=MOST_FOUND + 1)
    return page.items


async def _scanned(request: Request, actor: StaffActor, text: str) -> list[Scanned]:
    """The devices whose serial number or IMEI begins with the text, each with whose it is."""
    async with portal_of(request).db.read() as reader:
        devices = await repairs.find_device(reader, actor, text, limit=MOST_FOUND)
        owners = await accounts.customers(reader, {owner for owner, _ in devices}) if devices else {}
    return [Scanned(device, owners[owner]) for owner, device in devices if owner in owners]


handlers: Sequence[HTTPRouteHandler] = [intake_form, take_in]
