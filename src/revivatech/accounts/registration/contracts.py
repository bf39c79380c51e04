"""Types and refusals of registration."""

from typing import ClassVar, Literal

from revivatech.accounts.sessions.throttle import OpenLimit
from revivatech.kit.errors import Conflict, NotAllowed
from revivatech.kit.i18n import marked
from revivatech.kit.structs import Value

# The mails that anyone may ask for.
Kind = Literal["verify_email", "reset_password", "sign_in"]

HOUR = 3600
DAY = 24 * HOUR
# How long the links work.
VERIFY_SECONDS = 2 * DAY
RESET_SECONDS = HOUR
CHANGE_SECONDS = DAY
SIGN_IN_SECONDS = 15 * 60
INVITATION_SECONDS = 14 * DAY

# What anyone may ask for. A shop's Wi-Fi, a mobile network's gateway is one network: its users share these.
REGISTRATIONS = OpenLimit("registrations from", 60, HOUR, most_of_email=20)
MAIL_REQUESTS: dict[Kind, OpenLimit] = {
    kind: OpenLimit(f"{kind} mails asked from", 60, HOUR) for kind in ("verify_email", "reset_password", "sign_in")
}
# Mails of one kind to one account in a day (R122).
MOST_MAILS = 5
MOST_EMAIL_CHANGES = 5

NO_NAME = marked("Enter your first name.")
NAME_TOO_LONG = marked("A name has at most 100 characters.")
NAME_NO_NAME = marked("A name holds no web address.")
NO_TERMS = marked("Please accept the terms.")
PHONE_WRONG = marked("This is not a telephone number.")
SAME_EMAIL = marked("This is your address already.")


class NewAccount(Value, frozen=True):
    """The form of a registration."""

    email: str
    password: str
    first_name: str
    last_name: str
    phone: str | None
    language: str
    accepts_terms: bool


class RegistrationClosed(NotAllowed):
    """The shop makes accounts itself."""

    code: ClassVar[str] = "registration_closed"

    def __init__(self) -> None:
        super().__init__("Accounts are made by the shop. Please ask there for an invitation.")


class SignInLinksOff(NotAllowed):
    """The shop does not offer signing in by a link."""

    code: ClassVar[str] = "sign_in_links_off"

    def __init__(self) -> None:
        super().__init__("Signing in by a link is not offered. Please use your password.")


class NotInvitable(Conflict):
    """The customer has a password already, no e-mail address, or a closed account."""

    code: ClassVar[str] = "not_invitable"
