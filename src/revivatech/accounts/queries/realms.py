"""One statement for both realms: the same text on the tables of customers and on those of the staff."""

from typing import LiteralString

from psycopg.sql import SQL, Composed, Identifier

from revivatech.accounts.contracts import Realm


def for_realms(template: LiteralString) -> dict[Realm, Composed]:
    """The statement for each realm."""
    return {
        "customer": SQL(template).format(
            accounts=Identifier("customers"),
            sessions=Identifier("customer_sessions"),
            tokens=Identifier("customer_refresh_tokens"),
            links=Identifier("customer_links"),
            pending=Identifier("customer_pending_sign_ins"),
            authenticators=Identifier("customer_authenticators"),
            recovery=Identifier("customer_recovery_codes"),
            passkeys=Identifier("customer_passkeys"),
            devices=Identifier("customer_known_devices"),
            owner=Identifier("customer_id"),
            # Who has asked to be erased may sign in and do nothing but take it back.
            role=SQL("CASE WHEN a.erasure_at IS NULL THEN 'customer' ELSE 'erasing' END"),
        ),
        "staff": SQL(template).format(
            accounts=Identifier("users"),
            sessions=Identifier("staff_sessions"),
            tokens=Identifier("staff_refresh_tokens"),
            links=Identifier("staff_links"),
            pending=Identifier("staff_pending_sign_ins"),
            authenticators=Identifier("staff_authenticators"),
            recovery=Identifier("staff_recovery_codes"),
            passkeys=Identifier("staff_passkeys"),
            devices=Identifier("staff_known_devices"),
            owner=Identifier("user_id"),
            role=SQL("a.role"),
        ),
    }
