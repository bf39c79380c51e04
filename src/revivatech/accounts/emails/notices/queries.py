"""The table account_mails."""

from collections.abc import Mapping
from uuid import UUID

from psycopg.types.json import Jsonb

from revivatech.accounts.contracts import Realm
from revivatech.accounts.realms import for_realms
from revivatech.db import Reader, Transaction, execute, fetch_one, fetch_value
from revivatech.kit.structs import Value


class Pending(Value, frozen=True):
    """A mail that has not been sent, and to whom it speaks."""

    realm: Realm
    kind: str
    recipient: str
    link_id: UUID | None
    facts: dict[str, str]
    first_name: str
    language: str
    timezone: str
    customer_id: UUID | None
    is_own_address: bool


NEW = for_realms(
    "INSERT INTO account_mails ({owner}, kind, recipient, link_id, facts) VALUES (%s, %s, %s, %s, %s) RETURNING id"
)
RECENT = for_realms(
    """
    SELECT count(*) FROM account_mails
    WHERE {owner} = %s AND kind = %s AND created_at > now() - make_interval(secs => %s)
      AND coalesce(facts ->> 'asked_by', 'anyone') = %s
    """
)


async def add(
    tx: Transaction,
    realm: Realm,
    owner_id: UUID,
    kind: str,
    recipient: str,
    link_id: UUID | None,
    facts: Mapping[str, str],
) -> UUID:
    """The id of a mail that is to be sent."""
    mail_id: UUID = await fetch_value(tx, NEW[realm], [owner_id, kind, recipient, link_id, Jsonb(dict(facts))])
    return mail_id


async def recent(reader: Reader, realm: Realm, owner_id: UUID, kind: str, seconds: int, asked_by: str) -> int:
    """Return how many mails of that kind, asked for by those, the account was given in the last so many seconds."""
    return int(await fetch_value(reader, RECENT[realm], [owner_id, kind, seconds, asked_by]))


async def pending(reader: Reader, mail_id: UUID) -> Pending | None:
    """The mail, None where it was sent or its account is gone."""
    return await fetch_one(
        reader,
        Pending,
        """
        SELECT CASE WHEN m.user_id IS NULL THEN 'customer' ELSE 'staff' END AS realm, m.kind, m.recipient, m.link_id,
          m.facts, coalesce(c.first_name, u.first_name) AS first_name, coalesce(c.language, u.language) AS language,
          coalesce(c.timezone, u.timezone) AS timezone, m.customer_id,
          m.recipient IS NOT DISTINCT FROM c.email AS is_own_address
        FROM account_mails m LEFT JOIN customers c ON c.id = m.customer_id LEFT JOIN users u ON u.id = m.user_id
        WHERE m.id = %s AND m.sent_at IS NULL
        """,
        [mail_id],
    )


async def sent(tx: Transaction, mail_id: UUID) -> None:
    """Note that the mail has left."""
    await execute(tx, "UPDATE account_mails SET sent_at = now() WHERE id = %s", [mail_id])


async def forget_old(tx: Transaction) -> None:
    """Delete mails of more than a month ago."""
    await execute(tx, "DELETE FROM account_mails WHERE created_at < now() - interval '30 days'")
