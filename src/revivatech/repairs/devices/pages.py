"""A customer's devices as pages; they work without scripts."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from revivatech.kit.actor import CustomerActor
from revivatech.kit.errors import InvalidInput, Refusal
from revivatech.kit.i18n import locale_of
from revivatech.kit.structs import Value
from revivatech.repairs.device_kinds import kind_in_words, kinds_of
from revivatech.repairs.devices import forms, service
from revivatech.repairs.devices.contracts import MOST, Device, DeviceChanged, TooManyDevices
from revivatech.repairs.devices.forms import Typed, Warranty
from revivatech.repairs.devices.routes import client_of
from revivatech.repairs.reference_data import labels_in
from revivatech.web.context import context_of
from revivatech.web.pages import language_of
from revivatech.web.request import Request
from revivatech.web.responses import see_other

LIST = "/customer/account/devices"
NEWS = ("added", "saved", "deleted")


class Reader(Value):
    """The reader of a page: the customer, their language with its regional form (Babel's locale), their time zone."""

    actor: CustomerActor
    language: str
    locale: str
    timezone: str


class Card(Value):
    """A device and what is said of it."""

    device: Device
    kind: str
    warranty: Warranty


@get(LIST, include_in_schema=False)
async def list_page(request: Request) -> Response[Any]:
    """The customer's devices as cards, the newest first."""
    context = context_of(request)
    looking = await _looking(request)
    async with context.db.read() as reader:
        devices = await service.devices(reader, looking.actor)
    return await context.pages.render(
        request,
        "repairs/devices.html",
        viewer=looking.actor,
        cards=[_card(device, looking) for device in devices],
        news=_news(request),
        is_full=len(devices) >= MOST,
    )


@get(LIST + "/new", include_in_schema=False)
async def new_page(request: Request) -> Response[Any]:
    """The form of a new device."""
    return await _form(request, await _looking(request), Typed({}))


@post(LIST + "/new", status_code=200, include_in_schema=False)
async def add(request: Request) -> Response[Any]:
    """Keep the device, or show the form again with what was typed and why not."""
    looking = await _looking(request)
    form = forms.typed(await request.form())
    try:
        fields = forms.fields_of(form, looking.language)
        await service.add(context_of(request).db, looking.actor, fields, looking.language, client_of(request))
    except (InvalidInput, TooManyDevices) as refusal:
        return await _form(request, looking, form, refusal=refusal)
    return see_other(f"{LIST}?added=1")


@get(LIST + "/{device_id:uuid}", include_in_schema=False)
async def device_page(request: Request, device_id: FromPath[UUID]) -> Response[Any]:
    """One device: its facts, its warranty, the repairs that it has had."""
    context = context_of(request)
    looking = await _looking(request)
    labels = await labels_in(context.db, looking.language)
    async with context.db.read() as reader:
        device = await service.device(reader, looking.actor, device_id)
        had = await service.repairs_of(reader, looking.actor, labels, device_id)
    return await context.pages.render(
        request,
        "repairs/device.html",
        viewer=looking.actor,
        card=_card(device, looking),
        device=device,
        bought=forms.day_in_words(device.purchase_date, looking.locale),
        repairs=had,
        news=_news(request),
    )


@get(LIST + "/{device_id:uuid}/edit", include_in_schema=False)
async def edit_page(request: Request, device_id: FromPath[UUID]) -> Response[Any]:
    """The form of one device."""
    looking = await _looking(request)
    device = await _device(request, looking, device_id)
    return await _form(request, looking, forms.of(device), device=device)


@post(LIST + "/{device_id:uuid}/edit", status_code=200, include_in_schema=False)
async def save(request: Request, device_id: FromPath[UUID]) -> Response[Any]:
    """Change the device, or show the form again with what was typed and why not."""
    looking = await _looking(request)
    device = await _device(request, looking, device_id)
    form = forms.typed(await request.form())
    try:
        await service.change(
            context_of(request).db,
            looking.actor,
            device_id,
            forms.version_of(form),
            forms.fields_of(form, looking.language, device.fields()),
            looking.language,
            client_of(request),
        )
    except (InvalidInput, DeviceChanged) as refusal:
        device = await _device(request, looking, device_id)
        # Whoever saves again has seen that it was changed.
        seen = Typed(form.fields | {"version": str(device.version)})
        return await _form(request, looking, seen, device=device, refusal=refusal)
    return see_other(f"{LIST}/{device_id}?saved=1")


@get(LIST + "/{device_id:uuid}/delete", include_in_schema=False)
async def removal_page(request: Request, device_id: FromPath[UUID]) -> Response[Any]:
    """Return what is about to be lost, and the button."""
    context = context_of(request)
    looking = await _looking(request)
    device = await _device(request, looking, device_id)
    labels = await labels_in(context.db, looking.language)
    async with context.db.read() as reader:
        had = await service.repairs_of(reader, looking.actor, labels, device_id)
    return await context.pages.render(
        request, "repairs/device_removal.html", viewer=looking.actor, device=device, count=len(had)
    )


@post(LIST + "/{device_id:uuid}/delete", include_in_schema=False)
async def remove(request: Request, device_id: FromPath[UUID]) -> Response[Any]:
    """Delete it."""
    looking = await _looking(request)
    await service.remove(context_of(request).db, looking.actor, device_id, client_of(request))
    return see_other(f"{LIST}?deleted=1")


async def _form(
    request: Request, looking: Reader, form: Typed, *, device: Device | None = None, refusal: Refusal | None = None
) -> Response[Any]:
    errors = list(refusal.errors) if refusal else []
    return await context_of(request).pages.render(
        request,
        "repairs/device_form.html",
        viewer=looking.actor,
        status=refusal.status if refusal else 200,
        device=device,
        form=form,
        kinds=kinds_of(looking.language, device.device_type if device else ""),
        today=forms.today(looking.timezone).isoformat(),
        most=MOST,
        code=refusal.code if refusal else "",
        refused=refusal is not None,
        errors=errors,
        wrong={error.field: error.message for error in errors},
    )


async def _looking(request: Request) -> Reader:
    context = context_of(request)
    actor = (await context.authenticator.customer(request)).actor
    frame = await context.pages.frame(request, actor)
    language = language_of(request, frame.viewer)
    timezone = frame.viewer.timezone if frame.viewer else "UTC"
    return Reader(actor, language, locale_of(language, frame.country), timezone)


async def _device(request: Request, looking: Reader, device_id: UUID) -> Device:
    """The customer's device, for its forms. Raises NotFound, for one that was deleted too."""
    async with context_of(request).db.read() as reader:
        return await service.kept_device(reader, looking.actor, device_id)


def _card(device: Device, looking: Reader) -> Card:
    warranty = forms.warranty_of(device, looking.language, looking.locale, forms.today(looking.timezone))
    return Card(device, kind_in_words(device.device_type, looking.language), warranty)


def _news(request: Request) -> str:
    return next((name for name in NEWS if name in request.query_params), "")


handlers: Sequence[HTTPRouteHandler] = [
    list_page,
    new_page,
    add,
    device_page,
    edit_page,
    save,
    removal_page,
    remove,
]
