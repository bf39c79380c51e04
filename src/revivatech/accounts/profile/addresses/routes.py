"""A customer's addresses as JSON."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from litestar import delete, get, post, put
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from revivatech.accounts.profile.addresses import service
from revivatech.accounts.profile.addresses.contracts import Address, AddressFields, AddressType
from revivatech.accounts.sessions.client import client_of
from revivatech.kit.numbers import Version
from revivatech.kit.paging import Page
from revivatech.kit.structs import Body
from revivatech.web.context import context_of
from revivatech.web.idempotency_key import IdempotencyKey
from revivatech.web.openapi import problems
from revivatech.web.pages import language_of
from revivatech.web.request import Request

Street = Annotated[str, Meta(min_length=1, max_length=200)]
Name = Annotated[str, Meta(max_length=100)]
Short = Annotated[str, Meta(max_length=50)]
Code = Annotated[str, Meta(max_length=20)]
Country = Annotated[str, Meta(max_length=100, description="ISO 3166-1 alpha-2.", examples=["PT"])]
State = Annotated[str, Meta(max_length=100, description="A state's name or its short form in that country.")]


class NewAddressBody(Body):
    """An address. What its country needs must be there; what its country does not use is left out."""

    street_address: Street
    country: Country
    type: AddressType = "home"
    label: Name = ""
    apartment: Short = ""
    district: Name = ""
    city: Name = ""
    state: State = ""
    postal_code: Code = ""
    is_default: bool = False


class AddressBody(NewAddressBody, kw_only=True):
    """An address as it shall be from now on, whole; without `isDefault` that stays as it is."""

    version: Version
    is_default: bool | None = None  # type: ignore[assignment] # it may be left out here


def fields_of(body: NewAddressBody) -> AddressFields:
    """Return what the service is asked."""
    return AddressFields(**{name: getattr(body, name) for name in AddressFields.__struct_fields__})


@get("/api/customer/addresses", tags=["Profile"], responses=problems(401, 429))
async def list_addresses(request: Request) -> Page[Address]:
    """The customer's addresses, the default first, then the newest; at most 20."""
    context = context_of(request)
    actor = (await context.authenticator.customer(request)).actor
    async with context.db.read() as reader:
        return Page(await service.addresses(reader, actor, language_of(request)))


@post("/api/customer/addresses", tags=["Profile"], responses=problems(401, 404, 409, 422, 429))
async def add_address(request: Request, data: JSONBody[NewAddressBody], key: IdempotencyKey = None) -> Address:
    """Keep one more address; the first is the default."""
    context = context_of(request)
    actor = (await context.authenticator.customer(request)).actor
    return await service.add(
        context.db,
        actor,
        fields_of(data),
        language_of(request),
        client_of(request),
        make_default=data.is_default,
        key=key,
    )


@get("/api/customer/addresses/{address_id:uuid}", tags=["Profile"], responses=problems(401, 404, 429))
async def get_address(request: Request, address_id: FromPath[UUID]) -> Address:
    """One of the customer's addresses."""
    context = context_of(request)
    actor = (await context.authenticator.customer(request)).actor
    async with context.db.read() as reader:
        return await service.address(reader, actor, language_of(request), address_id)


@put("/api/customer/addresses/{address_id:uuid}", tags=["Profile"], responses=problems(401, 404, 409, 422, 429))
async def change_address(request: Request, address_id: FromPath[UUID], data: JSONBody[AddressBody]) -> Address:
    """Change an address, or make it the default; a 409 holds the present one."""
    context = context_of(request)
    actor = (await context.authenticator.customer(request)).actor
    return await service.change(
        context.db,
        actor,
        address_id,
        data.version,
        fields_of(data),
        language_of(request),
        client_of(request),
        is_default=data.is_default,
    )


@delete(
    "/api/customer/addresses/{address_id:uuid}", status_code=204, tags=["Profile"], responses=problems(401, 404, 429)
)
async def remove_address(request: Request, address_id: FromPath[UUID]) -> None:
    """Delete an address; after the default the newest is the default."""
    context = context_of(request)
    actor = (await context.authenticator.customer(request)).actor
    await service.remove(context.db, actor, address_id, client_of(request))


handlers: Sequence[HTTPRouteHandler] = [list_addresses, add_address, get_address, change_address, remove_address]
