"""Deletion of what is no longer needed: ended sessions, failed sign-ins, links and emails of long ago."""

from revivatech.accounts.emails.links import queries as links
from revivatech.accounts.emails.notices import queries as notices
from revivatech.accounts.registration import queries as registration
from revivatech.accounts.secrets import queries as secrets
from revivatech.accounts.sessions.known_devices import queries as known_devices
from revivatech.accounts.sessions.pending_sign_ins import queries as pending_sign_ins
from revivatech.accounts.sessions.queries import failures, sessions
from revivatech.accounts.staff_accounts.queries import accounts as staff_accounts
from revivatech.db import Database
from revivatech.idempotency import queries as idempotency


async def forget_old(db: Database) -> None:
    """Delete what nobody asks for any more: ended sessions, failed sign-ins, links and mails of long ago."""
    async with db.transaction() as tx:
        await sessions.forget_old(tx)
        await failures.forget_old(tx)
        await registration.forget_old(tx)
        await links.forget_old(tx)
        await notices.forget_old(tx)
        await idempotency.forget_old(tx)
        await staff_accounts.forget_old(tx)
        await known_devices.forget_old(tx)
        await pending_sign_ins.forget_old(tx)
        await secrets.forget_old(tx)
