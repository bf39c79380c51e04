"""One statement for both realms: the same text on the tables of customers and on those of the staff."""

from typing import LiteralString

from revivatech.accounts.contracts import Realm


def for_realms(template: LiteralString) -> dict[Realm, LiteralString]:
    """The statement for each realm, as text: what is composed is put together anew each time it is sent."""
    return {
        "customer": template.format(
            accounts="customers",
            sessions="customer_sessions",
            tokens="customer_refresh_tokens",
            links="customer_links",
            pending="customer_pending_sign_ins",
            authenticators="customer_authenticators",
            recovery="customer_recovery_codes",
            passkeys="customer_passkeys",
            devices="customer_known_devices",
            owner="customer_id",
            # Who has asked to be erased may sign in and do nothing but take it back.
            role="CASE WHEN a.erasure_at IS NULL THEN 'customer' ELSE 'erasing' END",
        ),
        "staff": template.format(
            accounts="users",
            sessions="staff_sessions",
            tokens="staff_refresh_tokens",
            links="staff_links",
            pending="staff_pending_sign_ins",
            authenticators="staff_authenticators",
            recovery="staff_recovery_codes",
            passkeys="staff_passkeys",
            devices="staff_known_devices",
            owner="user_id",
            role="a.role",
        ),
    }
