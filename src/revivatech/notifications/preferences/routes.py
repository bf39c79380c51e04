"""Preferences as JSON: the specification's switches, and the matrix behind them."""

from collections.abc import Sequence
from typing import cast

import msgspec
from litestar import get, put
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody
from msgspec import UNSET, UnsetType

from revivatech.accounts import service as accounts
from revivatech.db import Reader
from revivatech.kit.actor import CustomerActor
from revivatech.notifications.contracts import CHANNELS, TOPICS
from revivatech.notifications.preferences import channels, consent, service
from revivatech.notifications.preferences.contracts import (
    ConsentView,
    DashboardLayout,
    Matrix,
    Preferences,
    PreferencesChange,
    QuietView,
    Row,
    Switches,
    SwitchesChange,
)
from revivatech.notifications.preferences.matrix import Cell
from revivatech.notifications.preferences.quiet import QuietHours
from revivatech.notifications.preferences.service import CHANNEL_SWITCHES, MARKETING, TOPIC_SWITCHES
from revivatech.shop import service as shop
from revivatech.web.context import AppContext, context_of
from revivatech.web.openapi import problems
from revivatech.web.pages import Theme
from revivatech.web.request import Request

TAGS = ["Preferences"]


@get("/api/customer/preferences", tags=TAGS, responses=problems(401, 429))
async def read_switches(request: Request) -> Switches:
    """The specification's preferences: switches, look and dashboard."""
    context = context_of(request)
    actor = (await context.authenticator.customer(request)).actor
    async with context.db.read() as reader:
        return await _switches(reader, actor)


@put("/api/customer/preferences", tags=TAGS, responses=problems(401, 422, 429))
async def change_switches(request: Request, data: JSONBody[SwitchesChange]) -> Switches:
    """Set what is named; all of it comes back."""
    context = context_of(request)
    actor = (await context.authenticator.customer(request)).actor
    given = {name: value for name, value in msgspec.structs.asdict(data).items() if value is not UNSET}
    if (theme := given.pop("theme", None)) is not None:
        await accounts.choose_theme(context.db, actor, theme)
    if (layout := given.pop("dashboard_layout", None)) is not None:
        await accounts.arrange_dashboard(context.db, actor, layout.parts)
    await service.switch(context.db, actor, given)
    async with context.db.read() as reader:
        return await _switches(reader, actor)


@get("/api/customer/notifications/preferences", tags=TAGS, responses=problems(401, 429))
async def read_matrix(request: Request) -> Preferences:
    """Return which topic goes by which channel, and when nothing may beep."""
    context = context_of(request)
    return await _preferences(context, (await context.authenticator.customer(request)).actor)


@put("/api/customer/notifications/preferences", tags=TAGS, responses=problems(401, 422, 429))
async def change_matrix(request: Request, data: JSONBody[PreferencesChange]) -> Preferences:
    """Set the choices that are named; all of them come back."""
    context = context_of(request)
    actor = (await context.authenticator.customer(request)).actor
    await service.choose(context.db, actor, _cells(data), _quiet(data), source="api")
    return await _preferences(context, actor)


async def _preferences(context: AppContext, actor: CustomerActor) -> Preferences:
    async with context.db.read() as reader:
        wishes = await service.wishes(reader, actor.id)
        consent_view = await _consent(reader, actor)
    matrix = wishes.choices.matrix()
    rows = {topic: Row(**{channel: matrix[topic, channel] for channel in CHANNELS}) for topic in TOPICS}
    quiet = wishes.quiet
    return Preferences(
        matrix=Matrix(**rows),
        quiet_hours=QuietView(f"{quiet.start:%H:%M}", f"{quiet.end:%H:%M}") if quiet else None,
        available=channels.available(context.sms),
        marketing_consent=consent_view,
    )


async def _consent(reader: Reader, actor: CustomerActor) -> ConsentView:
    customer = await accounts.customer(reader, actor.id)
    given = service.agreed(await service.record_of_consent(reader, actor.id))
    words = consent.text(customer.language if customer else "en", (await shop.current(reader)).name)
    return ConsentView(
        consent.VERSION, words, given.created_at if given else None, given.text_version if given else None
    )


async def _switches(reader: Reader, actor: CustomerActor) -> Switches:
    choices = (await service.wishes(reader, actor.id)).choices
    customer = await accounts.customer(reader, actor.id)
    parts = await accounts.dashboard_parts(reader, actor.id)
    positions = {name: channel not in choices.off_channels for name, channel in CHANNEL_SWITCHES.items()}
    positions |= {name: topic not in choices.off_topics for name, topic in TOPIC_SWITCHES.items()}
    return Switches(
        marketing_emails=choices.chosen(MARKETING),
        theme=cast(Theme, customer.theme) if customer and customer.theme else "system",
        dashboard_layout=DashboardLayout(None if parts == accounts.DASHBOARD else parts),
        **positions,
    )


def _cells(change: PreferencesChange) -> dict[Cell, bool]:
    """The cells that the change names."""
    if isinstance(change.matrix, UnsetType):
        return {}
    rows = {topic: getattr(change.matrix, topic) for topic in TOPICS}
    return {
        (topic, channel): getattr(row, channel)
        for topic, row in rows.items()
        for channel in CHANNELS
        if row is not UNSET and getattr(row, channel) is not UNSET
    }


def _quiet(change: PreferencesChange) -> QuietHours | UnsetType | None:
    hours = change.quiet_hours
    if hours is None or isinstance(hours, UnsetType):
        return hours
    return service.quiet_hours(hours.start, hours.end)


handlers: Sequence[HTTPRouteHandler] = [read_switches, change_switches, read_matrix, change_matrix]
