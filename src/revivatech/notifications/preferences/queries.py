"""The tables customer_preferences, customer_channel_choices and customer_consents."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Literal
from uuid import UUID

from revivatech.db import Reader, Transaction, execute, fetch_all, fetch_one
from revivatech.kit.structs import Value
from revivatech.notifications.contracts import Channel

Source = Literal["account", "api", "unsubscribe", "undo"]


class PreferencesRow(Value, frozen=True):
    """A customer's switches, quiet hours and choices (`topic channel` -> on), the switches all on without a row."""

    email_notifications: bool
    sms_notifications: bool
    push_notifications: bool
    repair_updates: bool
    quote_notifications: bool
    chat_notifications: bool
    quiet_from: time | None
    quiet_to: time | None
    choices: dict[str, bool]


class ConsentRow(Value, frozen=True):
    """One entry of the record of consents."""

    channel: Channel
    is_given: bool
    source: Source
    text_version: str | None
    text: str | None
    created_at: datetime


async def read(reader: Reader, customer_id: UUID) -> PreferencesRow:
    """Return what the customer has chosen; what nobody has chosen for somebody without a row."""
    row = await fetch_one(
        reader,
        PreferencesRow,
        """
        SELECT coalesce(p.email_notifications, true) AS email_notifications,
          coalesce(p.sms_notifications, true) AS sms_notifications,
          coalesce(p.push_notifications, true) AS push_notifications,
          coalesce(p.repair_updates, true) AS repair_updates,
          coalesce(p.quote_notifications, true) AS quote_notifications,
          coalesce(p.chat_notifications, true) AS chat_notifications, p.quiet_from, p.quiet_to,
          (SELECT coalesce(jsonb_object_agg(c.topic || ' ' || c.channel, c.is_on), '{}')
            FROM customer_channel_choices c WHERE c.customer_id = asked.id) AS choices
        FROM (SELECT %s::uuid AS id) asked LEFT JOIN customer_preferences p ON p.customer_id = asked.id
        """,
        [customer_id],
    )
    if row is None:  # The row that was asked for stands in the statement itself.
        raise LookupError("There are no preferences.")
    return row


async def lock(tx: Transaction, customer_id: UUID) -> None:
    """Have a row and hold it until the end, so that two who change the same preferences take turns."""
    await execute(
        tx, "INSERT INTO customer_preferences (customer_id) VALUES (%s) ON CONFLICT DO NOTHING", [customer_id]
    )
    await execute(tx, "SELECT FROM customer_preferences WHERE customer_id = %s FOR UPDATE", [customer_id])


async def write_switches(tx: Transaction, customer_id: UUID, switches: Mapping[str, bool]) -> None:
    """Set the six switches."""
    await execute(
        tx,
        """
        UPDATE customer_preferences SET email_notifications = %(email_notifications)s,
          sms_notifications = %(sms_notifications)s, push_notifications = %(push_notifications)s,
          repair_updates = %(repair_updates)s, quote_notifications = %(quote_notifications)s,
          chat_notifications = %(chat_notifications)s, updated_at = now()
        WHERE customer_id = %(customer_id)s
        """,
        {**switches, "customer_id": customer_id},
    )


async def write_quiet(tx: Transaction, customer_id: UUID, start: time | None, end: time | None) -> None:
    """Set the quiet hours, or end them."""
    await execute(
        tx,
        "UPDATE customer_preferences SET quiet_from = %s, quiet_to = %s, updated_at = now() WHERE customer_id = %s",
        [start, end, customer_id],
    )


async def write_choices(
    tx: Transaction, customer_id: UUID, topics: Sequence[str], channels: Sequence[str], values: Sequence[bool]
) -> None:
    """Have these choices, given as three columns, and no others."""
    await execute(tx, "DELETE FROM customer_channel_choices WHERE customer_id = %s", [customer_id])
    await execute(
        tx,
        """
        INSERT INTO customer_channel_choices (customer_id, topic, channel, is_on)
        SELECT %s, * FROM unnest(%s::text[], %s::text[], %s::boolean[])
        """,
        [customer_id, list(topics), list(channels), list(values)],
    )


async def add_consent(
    tx: Transaction,
    customer_id: UUID,
    channel: Channel,
    *,
    is_given: bool,
    source: Source,
    text_version: str | None,
    text: str | None,
) -> None:
    """Add to the record that advertising was agreed to or taken back."""
    await execute(
        tx,
        """
        INSERT INTO customer_consents (customer_id, topic, channel, is_given, source, text_version, text)
        VALUES (%s, 'marketing', %s, %s, %s, %s, %s)
        """,
        [customer_id, channel, is_given, source, text_version, text],
    )


async def consents(reader: Reader, customer_id: UUID) -> list[ConsentRow]:
    """The customer's record of consents, newest first."""
    return await fetch_all(
        reader,
        ConsentRow,
        """
        SELECT channel, is_given, source, text_version, text, created_at FROM customer_consents
        WHERE customer_id = %s ORDER BY created_at DESC, id DESC
        """,
        [customer_id],
    )
