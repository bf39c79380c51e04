"""A customer's addresses as pages; they work without scripts."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from revivatech.accounts.profile.addresses import forms, service
from revivatech.accounts.profile.addresses.contracts import (
    MOST,
    Address,
    AddressChanged,
    TooManyAddresses,
)
from revivatech.accounts.profile.addresses.forms import Typed
from revivatech.accounts.sessions.client import client_of
from revivatech.kit.actor import CustomerActor
from revivatech.kit.errors import InvalidInput, Refusal
from revivatech.web.context import context_of
from revivatech.web.forms import why
from revivatech.web.pages import language_of, wants_fragment
from revivatech.web.request import Request
from revivatech.web.responses import see_other

LIST = "/customer/account/addresses"
NEWS = ("added", "saved", "deleted", "default")


@get(LIST, include_in_schema=False)
async def list_page(request: Request) -> Response[Any]:
    """The customer's addresses as cards, the default first."""
    context = context_of(request)
    actor, language = await _reader(request)
    async with context.db.read() as reader:
        addresses = await service.addresses(reader, actor, language)
    return await context.pages.render(
        request,
        "accounts/addresses.html",
        viewer=actor,
        addresses=addresses,
        types=dict(forms.types_of(language)),
        news=next((name for name in NEWS if name in request.query_params), ""),
        is_full=len(addresses) >= MOST,
    )


@get(LIST + "/new", include_in_schema=False)
async def new_page(request: Request) -> Response[Any]:
    """The form of a new address, of the country that is most likely."""
    actor, language = await _reader(request)
    frame = await context_of(request).pages.frame(request, actor)
    timezone = frame.viewer.timezone if frame.viewer else ""
    return await _form(request, actor, language, forms.empty(forms.guessed_country(language, timezone)))


@post(LIST + "/new", status_code=200, include_in_schema=False)
async def add(request: Request) -> Response[Any]:
    """Keep the address, or show the form again with what was typed: for its new country, or with what is wrong."""
    actor, language = await _reader(request)
    form = await request.form()
    given = forms.typed(form)
    if "choose" in form:
        return await _form(request, actor, language, given)
    try:
        await service.add(
            context_of(request).db,
            actor,
            given.fields,
            language,
            client_of(request),
            make_default=given.make_default,
        )
    except (InvalidInput, TooManyAddresses) as refusal:
        return await _form(request, actor, language, given, refusal=refusal)
    return see_other(f"{LIST}?added=1")


@get(LIST + "/{address_id:uuid}", include_in_schema=False)
async def edit_page(request: Request, address_id: FromPath[UUID]) -> Response[Any]:
    """The form of one address."""
    actor, language = await _reader(request)
    address = await _address(request, actor, language, address_id)
    return await _form(request, actor, language, forms.of(address), address=address)


@post(LIST + "/{address_id:uuid}", status_code=200, include_in_schema=False)
async def save(request: Request, address_id: FromPath[UUID]) -> Response[Any]:
    """Change the address, or show the form again with what was typed and why not."""
    actor, language = await _reader(request)
    address = await _address(request, actor, language, address_id)
    form = await request.form()
    given = forms.typed(form)
    if "choose" in form:
        return await _form(request, actor, language, given, address=address)
    try:
        await service.change(
            context_of(request).db,
            actor,
            address_id,
            given.version,
            given.fields,
            language,
            client_of(request),
            is_default=given.make_default or None,
        )
    except (InvalidInput, AddressChanged) as refusal:
        # Whoever saves again has seen that it was changed.
        address = await _address(request, actor, language, address_id)
        seen = Typed(given.fields, address.version, given.make_default)
        return await _form(request, actor, language, seen, address=address, refusal=refusal)
    return see_other(f"{LIST}?saved=1")


@post(LIST + "/{address_id:uuid}/default", include_in_schema=False)
async def make_default(request: Request, address_id: FromPath[UUID]) -> Response[Any]:
    """Make it the default."""
    actor, _ = await _reader(request)
    await service.make_default(context_of(request).db, actor, address_id, client_of(request))
    return see_other(f"{LIST}?default=1")


@get(LIST + "/{address_id:uuid}/delete", include_in_schema=False)
async def removal_page(request: Request, address_id: FromPath[UUID]) -> Response[Any]:
    """Return what is about to be lost, and the button."""
    actor, language = await _reader(request)
    address = await _address(request, actor, language, address_id)
    return await context_of(request).pages.render(
        request, "accounts/address_removal.html", viewer=actor, address=address
    )


@post(LIST + "/{address_id:uuid}/delete", include_in_schema=False)
async def remove(request: Request, address_id: FromPath[UUID]) -> Response[Any]:
    """Delete it."""
    actor, _ = await _reader(request)
    await service.remove(context_of(request).db, actor, address_id, client_of(request))
    return see_other(f"{LIST}?deleted=1")


async def _form(
    request: Request,
    actor: CustomerActor,
    language: str,
    shown: Typed,
    *,
    address: Address | None = None,
    refusal: Refusal | None = None,
) -> Response[Any]:
    return await context_of(request).pages.render(
        request,
        "accounts/address.html",
        viewer=actor,
        block="fields" if wants_fragment(request) == "fields" else None,
        address=address,
        shown=shown,
        rows=forms.fields_of(shown, language),
        countries=forms.countries_of(language),
        types=forms.types_of(language),
        action=forms.path_of(address.id if address else None),
        most=MOST,
        **why(refusal, language),
    )


async def _reader(request: Request) -> tuple[CustomerActor, str]:
    """Return who is signed in, and the language they read."""
    context = context_of(request)
    actor = (await context.authenticator.customer(request)).actor
    frame = await context.pages.frame(request, actor)
    return actor, language_of(request, frame.viewer)


async def _address(request: Request, actor: CustomerActor, language: str, address_id: UUID) -> Address:
    """The customer's address. Raises NotFound."""
    async with context_of(request).db.read() as reader:
        return await service.address(reader, actor, language, address_id)


handlers: Sequence[HTTPRouteHandler] = [
    list_page,
    new_page,
    add,
    edit_page,
    save,
    make_default,
    removal_page,
    remove,
]
