"""Each kind of mail, and invented facts for it."""

from importlib import resources
from typing import Any
from uuid import UUID

from msgspec import structs

from revivatech.accounts.contracts import Customer
from revivatech.mail.message import Mail, compose
from revivatech.notifications.contracts import Message
from revivatech.shop.contracts import ShopSettings

PORTAL = "https://portal.example"
# What the shared files of all mails are, which are no mail.
FRAME = "mail"

NORA = Customer(
    id=UUID(int=1),
    email="nora@customers.example",
    first_name="Nora",
    last_name="Lindqvist",
    is_organisation=False,
    phone="+351912345678",
    language="en",
    timezone="Europe/Lisbon",
)
# What every mail knows.
COMMON: dict[str, object] = {
    "portal_url": PORTAL,
    "url": f"{PORTAL}/a-page?token=an-invented-link",
}
NOTIFICATION = Message(
    "repair_status",
    "Fairphone 5: Ready to be collected",
    "Your device is ready. Please bring something with your name on it.\n\nThe new display has a warranty of one year.",
)
# What a mail knows besides, by `slice/kind`. One that is missing here, or lacks a fact, fails a test.
FACTS: dict[str, dict[str, object]] = {
    "accounts/already_registered": {},
    "accounts/email_change": {},
    "accounts/email_change_asked": {"address": "203.0.113.7"},
    "accounts/email_changed": {},
    "accounts/erasure_asked": {"day": "29 Nov 2026"},
    "accounts/erasure_cancelled": {},
    "accounts/erasure_noted": {"day": "29 Nov 2026"},
    "accounts/export_failed": {},
    "accounts/export_noted": {},
    "accounts/export_ready": {"until": "29 Nov 2026"},
    "accounts/invitation": {},
    "accounts/new_device": {"device": "Firefox on Linux", "address": "203.0.113.7"},
    "accounts/passkey_added": {"passkey": "Nora's phone"},
    "accounts/passkey_removed": {"passkey": "Nora's phone"},
    "accounts/password_changed": {"address": "203.0.113.7"},
    "accounts/recovery_code_used": {"left": "7"},
    "accounts/recovery_codes_new": {},
    "accounts/reset_password": {},
    "accounts/second_factor_off": {},
    "accounts/second_factor_on": {},
    "accounts/second_factor_reset": {},
    "accounts/session_reuse": {},
    "accounts/sign_in_link": {"next": ""},
    "accounts/staff_disabled": {},
    "accounts/staff_enabled": {},
    "accounts/staff_invitation": {"inviter": "Ada Novak", "role": "technician"},
    "accounts/staff_role_changed": {"role": "manager"},
    "accounts/verify_email": {},
    "notifications/repair_update": {
        "notification": NOTIFICATION,
        "number": "R-03S5X72",
        "unsubscribe_url": f"{PORTAL}/unsubscribe/an-invented-link",
        "preferences_url": f"{PORTAL}/customer/account/preferences",
    },
}


def kinds() -> list[str]:
    """Every folder of a mail in the program, as `slice/kind`, in order."""
    return sorted(
        f"{owner.name}/{kind.name}"
        for owner in resources.files("revivatech").iterdir()
        if owner.name != FRAME and (owner / "emails").is_dir()
        for kind in (owner / "emails").iterdir()
        if kind.is_dir() and (kind / "subject.txt").is_file()
    )


def sample(kind: str, language: str, shop: ShopSettings) -> Mail:
    """The mail of that kind in that language. Raises KeyError for one that has no facts here."""
    person = structs.replace(NORA, language=language)
    facts: dict[str, Any] = COMMON | {"person": person} | FACTS[kind]
    return compose(kind, language, "nora@customers.example", f"<{kind}@portal.example>", shop=shop, **facts)
