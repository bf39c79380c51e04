"""A customer's devices as JSON."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated
from uuid import UUID

from litestar import delete, get, post, put
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from revivatech.accounts.contracts import Client
from revivatech.kit.numbers import Version
from revivatech.kit.paging import Page
from revivatech.kit.structs import Body
from revivatech.kit.text import one_line
from revivatech.repairs.devices import service
from revivatech.repairs.devices.contracts import Device, DeviceFields
from revivatech.web.client_address import client_address
from revivatech.web.context import context_of
from revivatech.web.idempotency_key import IdempotencyKey
from revivatech.web.openapi import problems
from revivatech.web.pages import language_of
from revivatech.web.request import Request

LONGEST_USER_AGENT = 400

Kind = Annotated[str, Meta(min_length=1, max_length=50)]
Brand = Annotated[str, Meta(min_length=1, max_length=100)]
Name = Annotated[str, Meta(max_length=100)]
Imei = Annotated[str, Meta(max_length=40, description="15 digits, with or without blanks and dashes between them.")]
Notes = Annotated[str, Meta(max_length=2000)]


class NewDeviceBody(Body):
    """A device."""

    device_type: Kind
    brand: Brand
    model: Name = ""
    serial_number: Name | None = None
    imei: Imei | None = None
    purchase_date: date | None = None
    warranty_expires: date | None = None
    notes: Notes | None = None

    def fields(self) -> DeviceFields:
        """Return what the service is asked."""
        return DeviceFields(
            self.device_type,
            self.brand,
            self.model,
            self.serial_number or "",
            self.imei or "",
            self.purchase_date,
            self.warranty_expires,
            self.notes or "",
        )


class DeviceBody(NewDeviceBody, kw_only=True):
    """A device as it shall be from now on, whole."""

    # Empty where it has always been so: a device that was imported may have no brand.
    brand: Name
    version: Version


def client_of(request: Request) -> Client:
    """Return where the request comes from and with which program."""
    agent = one_line(request.headers.get("user-agent", ""))[:LONGEST_USER_AGENT]
    return Client(client_address(request), agent or None)


@get("/api/customer/devices", tags=["Profile"], responses=problems(401, 429))
async def list_devices(request: Request) -> Page[Device]:
    """The customer's devices, the newest first; at most 200."""
    context = context_of(request)
    actor = (await context.authenticator.customer(request)).actor
    async with context.db.read() as reader:
        return Page(await service.devices(reader, actor))


@post("/api/customer/devices", tags=["Profile"], responses=problems(401, 404, 409, 422, 429))
async def add_device(request: Request, data: JSONBody[NewDeviceBody], key: IdempotencyKey = None) -> Device:
    """Keep one more device."""
    context = context_of(request)
    actor = (await context.authenticator.customer(request)).actor
    return await service.add(context.db, actor, data.fields(), language_of(request), client_of(request), key=key)


@get("/api/customer/devices/{device_id:uuid}", tags=["Profile"], responses=problems(401, 404, 429))
async def get_device(request: Request, device_id: FromPath[UUID]) -> Device:
    """One of the customer's devices; a deleted one with repairs is `isActive: false`."""
    context = context_of(request)
    actor = (await context.authenticator.customer(request)).actor
    async with context.db.read() as reader:
        return await service.device(reader, actor, device_id)


@put("/api/customer/devices/{device_id:uuid}", tags=["Profile"], responses=problems(401, 404, 409, 422, 429))
async def change_device(request: Request, device_id: FromPath[UUID], data: JSONBody[DeviceBody]) -> Device:
    """Change a device; a 409 holds the present one."""
    context = context_of(request)
    actor = (await context.authenticator.customer(request)).actor
    return await service.change(
        context.db, actor, device_id, data.version, data.fields(), language_of(request), client_of(request)
    )


@delete("/api/customer/devices/{device_id:uuid}", status_code=204, tags=["Profile"], responses=problems(401, 404, 429))
async def remove_device(request: Request, device_id: FromPath[UUID]) -> None:
    """Delete a device; one that has repairs is put away, because they tell of it."""
    context = context_of(request)
    actor = (await context.authenticator.customer(request)).actor
    await service.remove(context.db, actor, device_id, client_of(request))


handlers: Sequence[HTTPRouteHandler] = [list_devices, add_device, get_device, change_device, remove_device]
