"""Reading and changing what a customer wants to be told, and asking whether something may be sent."""

from collections.abc import Callable, Mapping
from uuid import UUID

from msgspec import UNSET, UnsetType

from revivatech.accounts import service as accounts
from revivatech.db import Database, Reader, Transaction
from revivatech.kit.actor import CustomerActor
from revivatech.kit.dates import parse_time
from revivatech.kit.errors import FieldError, InvalidInput, NotFound
from revivatech.kit.structs import Value
from revivatech.notifications.contracts import CHANNELS, Channel, Topic
from revivatech.notifications.preferences import consent, queries
from revivatech.notifications.preferences.matrix import Cell, Cells, Choices
from revivatech.notifications.preferences.queries import ConsentRow, Source
from revivatech.notifications.preferences.quiet import QuietHours
from revivatech.notifications.preferences.tokens import Subscription
from revivatech.shop import service as shop

# The columns of the table, and what each switches.
CHANNEL_SWITCHES: dict[str, Channel] = {
    "email_notifications": "email",
    "sms_notifications": "sms",
    "push_notifications": "push",
}
TOPIC_SWITCHES: dict[str, Topic] = {
    "repair_updates": "repair_updates",
    "quote_notifications": "quotes",
    "chat_notifications": "messages",
}


MARKETING: Cell = ("marketing", "email")


class Wishes(Value, frozen=True):
    """All that a customer has chosen."""

    choices: Choices
    quiet: QuietHours | None


async def wishes(reader: Reader, customer_id: UUID) -> Wishes:
    """Return what the customer has chosen; the defaults for somebody who has not."""
    row = await queries.read(reader, customer_id)
    choices = Choices(
        frozenset(channel for column, channel in CHANNEL_SWITCHES.items() if not getattr(row, column)),
        frozenset(topic for column, topic in TOPIC_SWITCHES.items() if not getattr(row, column)),
        {_cell(name): is_on for name, is_on in row.choices.items()},
    )
    quiet = (
        QuietHours(row.quiet_from, row.quiet_to) if row.quiet_from is not None and row.quiet_to is not None else None
    )
    return Wishes(choices, quiet)


async def may_send(reader: Reader, customer_id: UUID, topic: Topic, channel: Channel) -> bool:
    """Return whether the customer wants that topic by that channel; ask at the moment of sending."""
    return (await wishes(reader, customer_id)).choices.is_on((topic, channel))


async def record_of_consent(reader: Reader, customer_id: UUID) -> list[ConsentRow]:
    """Each time the customer agreed to advertising or took it back, newest first."""
    return await queries.consents(reader, customer_id)


def agreed(record: list[ConsentRow], channel: Channel = "email") -> ConsentRow | None:
    """The consent that holds now for that channel, of a record that begins with the newest entry."""
    newest = next((row for row in record if row.channel == channel), None)
    return newest if newest is not None and newest.is_given else None


async def choose(
    db: Database,
    actor: CustomerActor,
    cells: Cells,
    quiet: QuietHours | UnsetType | None = UNSET,
    *,
    source: Source,
    language: str | None = None,
) -> Wishes:
    """Set these cells of the matrix and, if given, the quiet hours; the rest stays. All that is chosen comes back.

    `language` is that of the page on which the customer agrees; theirs if None. Raises InvalidInput for quiet hours
    without a length.
    """
    if isinstance(quiet, QuietHours) and quiet.start == quiet.end:
        raise InvalidInput(
            "Quiet hours need a beginning and another end.", errors=[FieldError("quietHours", "Choose two times.")]
        )
    async with db.transaction() as tx:
        after = await _change(tx, actor.id, lambda choices: choices.with_cells(cells), source=source, language=language)
        if not isinstance(quiet, UnsetType):
            await queries.write_quiet(tx, actor.id, quiet.start if quiet else None, quiet.end if quiet else None)
            after = Wishes(after.choices, quiet)
    return after


async def switch(db: Database, actor: CustomerActor, switches: Mapping[str, bool]) -> Choices:
    """Set the specification's switches, by their names; those not named stay. All choices come back."""
    channels = {CHANNEL_SWITCHES[name]: is_on for name, is_on in switches.items() if name in CHANNEL_SWITCHES}
    topics = {TOPIC_SWITCHES[name]: is_on for name, is_on in switches.items() if name in TOPIC_SWITCHES}
    cells: Cells = {MARKETING: switches["marketing_emails"]} if "marketing_emails" in switches else {}
    async with db.transaction() as tx:
        after = await _change(
            tx, actor.id, lambda choices: choices.with_switches(channels, topics, cells), source="api"
        )
    return after.choices


async def subscribe(db: Database, subscription: Subscription, *, is_on: bool) -> None:
    """End a subscription by the link of a mail, or take that back; of somebody who is gone, nothing."""
    cell = (subscription.topic, subscription.channel)
    async with db.transaction() as tx:
        if await accounts.customer(tx, subscription.customer_id) is not None:
            await _change(
                tx,
                subscription.customer_id,
                lambda choices: choices.with_cells({cell: is_on}) if choices.is_on(cell) != is_on else choices,
                source="undo" if is_on else "unsubscribe",
            )


def quiet_hours(start: str, end: str) -> QuietHours:
    """Return the quiet hours of two times `HH:MM`. Raises WhenError for anything else."""
    return QuietHours(parse_time(start), parse_time(end))


async def _change(
    tx: Transaction,
    customer_id: UUID,
    change: Callable[[Choices], Choices],
    *,
    source: Source,
    language: str | None = None,
) -> Wishes:
    """Change the choices while nobody else does, and add to the record what became of the consent to advertising."""
    customer = await accounts.customer(tx, customer_id)
    if customer is None:
        raise NotFound
    await queries.lock(tx, customer_id)
    before = await wishes(tx, customer_id)
    after = change(before.choices)
    if after != before.choices:
        await _write(tx, customer_id, after)
        await accounts.note_activity(tx, customer_id, "preferences_changed")
        await _record(tx, customer_id, before.choices, after, source, language or customer.language)
    return Wishes(after, before.quiet)


async def _write(tx: Transaction, customer_id: UUID, choices: Choices) -> None:
    switches = {column: channel not in choices.off_channels for column, channel in CHANNEL_SWITCHES.items()}
    switches |= {column: topic not in choices.off_topics for column, topic in TOPIC_SWITCHES.items()}
    await queries.write_switches(tx, customer_id, switches)
    cells = list(choices.changed)
    await queries.write_choices(
        tx,
        customer_id,
        [topic for topic, _ in cells],
        [channel for _, channel in cells],
        [choices.changed[cell] for cell in cells],
    )


async def _record(
    tx: Transaction, customer_id: UUID, before: Choices, after: Choices, source: Source, language: str
) -> None:
    for channel in CHANNELS:
        cell: Cell = ("marketing", channel)
        is_given = after.chosen(cell)
        if is_given == before.chosen(cell):
            continue
        words = consent.text(language, (await shop.current(tx)).name) if is_given else None
        version = consent.VERSION if is_given else None
        await queries.add_consent(
            tx, customer_id, channel, is_given=is_given, source=source, text_version=version, text=words
        )


def _cell(name: str) -> Cell:
    """The cell that the table names `topic channel`; its checks hold them to ours."""
    topic, _, channel = name.partition(" ")
    return topic, channel  # type: ignore[return-value]
