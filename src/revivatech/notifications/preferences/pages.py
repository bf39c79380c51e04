"""The page on which a customer chooses what they are told, and the one behind the link of each mail."""

from collections.abc import Mapping, Sequence
from typing import Any

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from revivatech.accounts import service as accounts
from revivatech.kit.actor import CustomerActor
from revivatech.kit.errors import FieldError, InvalidInput
from revivatech.kit.structs import Value
from revivatech.notifications.contracts import CHANNELS, TOPICS, Channel
from revivatech.notifications.preferences import channels, consent, forms, service, tokens
from revivatech.notifications.preferences.forms import Typed
from revivatech.web.context import context_of
from revivatech.web.openapi import OPEN
from revivatech.web.pages import language_of
from revivatech.web.request import Request
from revivatech.web.responses import see_other

PAGE = "/customer/account/preferences"


class Shown(Value):
    """The form's values: as they are stored, or as they were typed."""

    on: frozenset[str]
    quiet_from: str
    quiet_to: str


@get(PAGE, include_in_schema=False)
async def preferences_page(request: Request) -> Response[Any]:
    """Each topic by each channel that the shop has, quiet hours, and the consent to advertising."""
    context = context_of(request)
    actor = (await context.authenticator.customer(request)).actor
    async with context.db.read() as reader:
        wishes = await service.wishes(reader, actor.id)
    matrix = wishes.choices.matrix()
    quiet = wishes.quiet
    shown = Shown(
        frozenset(f"{topic}.{channel}" for (topic, channel), is_on in matrix.items() if is_on),
        f"{quiet.start:%H:%M}" if quiet else "",
        f"{quiet.end:%H:%M}" if quiet else "",
    )
    return await _page(request, actor, shown, is_saved="saved" in request.query_params)


@post(PAGE, include_in_schema=False)
async def save_preferences(request: Request) -> Response[Any]:
    """Store what the form says of the channels that it showed, or show it again with what is wrong."""
    context = context_of(request)
    actor = (await context.authenticator.customer(request)).actor
    typed = Typed(await request.form())
    try:
        hours = forms.quiet_hours(typed)
    except InvalidInput as refusal:
        shown = Shown(typed.ticked, typed["quiet_from"], typed["quiet_to"])
        return await _page(request, actor, shown, errors=refusal.errors)
    frame = await context.pages.frame(request, actor)
    await service.choose(
        context.db,
        actor,
        forms.cells(typed),
        hours,
        source="account",
        language=language_of(request, frame.viewer),
    )
    return see_other(f"{PAGE}?saved=1")


@get("/unsubscribe/{token:str}", include_in_schema=False, security=OPEN)
async def unsubscribe_page(request: Request, token: FromPath[str]) -> Response[Any]:  # noqa: ARG001 - the form keeps it
    """A button to press: opening a link changes nothing, for mail scanners open them all (R59).

    It says the same of every token, and asks nobody whether it is one.
    """
    return await _unsubscribe(request, "ask")


@post("/unsubscribe/{token:str}", include_in_schema=False, security=OPEN)
async def unsubscribe(request: Request, token: FromPath[str]) -> Response[Any]:
    """End the subscription of the token, or with `?undo=1` begin it again; without signing in (R132).

    Mail servers post here themselves (RFC 8058), with whatever body, and follow no redirect. Who invents a token gets
    the same answer.
    """
    context = context_of(request)
    is_undo = "undo" in request.query_params
    subscription = tokens.read(context.settings, token)
    if subscription is not None:
        await service.subscribe(context.db, subscription, is_on=is_undo)
    return await _unsubscribe(request, "undone" if is_undo else "done")


async def _unsubscribe(request: Request, step: str) -> Response[Any]:
    return await context_of(request).pages.render(request, "notifications/unsubscribe.html", step=step)


async def _page(
    request: Request,
    actor: CustomerActor,
    shown: Shown,
    *,
    errors: Sequence[FieldError] = (),
    is_saved: bool = False,
) -> Response[Any]:
    context = context_of(request)
    frame = await context.pages.frame(request, actor)
    async with context.db.read() as reader:
        record = await service.record_of_consent(reader, actor.id)
        number = await accounts.proven_phone(reader, actor.id)
    agreed: Mapping[Channel, object] = {channel: service.agreed(record, channel) for channel in CHANNELS}
    return await context.pages.render(
        request,
        "notifications/preferences.html",
        viewer=actor,
        status=422 if errors else 200,
        topics=[topic for topic in TOPICS if topic != "marketing"],
        channels=[channel for channel in CHANNELS if getattr(channels.available(context.sms), channel)],
        number=number,
        shown=shown,
        timezone=frame.viewer.timezone if frame.viewer else frame.shop.timezone,
        consent_text=consent.text(language_of(request, frame.viewer), frame.shop.name),
        consent_version=consent.VERSION,
        agreed=agreed,
        errors=errors,
        refused=bool(errors),
        is_saved=is_saved,
    )


handlers: Sequence[HTTPRouteHandler] = [preferences_page, save_preferences, unsubscribe_page, unsubscribe]
