"""How the log's entries are said. They are stored as kinds and facts, and put into words when somebody reads them."""

from collections.abc import Mapping

from revivatech.kit.i18n import marked, translations
from revivatech.kit.structs import Value


class Said(Value):
    """An entry in words, with places for its facts; `bare` where an entry lacks one of them. The icon is Lucide's."""

    text: str
    icon: str = "history"
    bare: str = ""


UNKNOWN = Said(marked("Something changed in your account."))

SAID: dict[str, Said] = {
    # signing in
    "signed_in": Said(marked("You signed in."), "key-round"),
    "session_ended_for_reuse": Said(
        marked("A sign-in was ended because its key was used a second time. Was that not you? Change your password."),
        "triangle-alert",
    ),
    "session_ended": Said(marked("A sign-in was ended."), "log-out"),
    "other_sessions_ended": Said(marked("All other sign-ins were ended."), "log-out"),
    # joining
    "account_created": Said(marked("The account was made."), "user-round"),
    "account_claimed": Said(marked("You took over the account that the shop had begun for you."), "user-round"),
    "email_confirmed": Said(marked("The e-mail address was confirmed."), "mail"),
    "email_change_asked": Said(marked("Somebody asked for another e-mail address."), "mail"),
    "email_changed": Said(marked("The account has a new e-mail address."), "mail"),
    "password_changed": Said(marked("The password was changed."), "key-round"),
    "password_reset": Said(marked("A new password was set by a link in a mail."), "key-round"),
    # privacy
    "export_asked": Said(marked("You asked for a copy of your data."), "download"),
    "erasure_cancelled": Said(marked("You took back the erasure of your account."), "shield"),
    # the profile
    "profile_changed": Said(marked("Your profile was changed."), "user-round"),
    "phone_verified": Said(marked("Your telephone number was confirmed."), "phone"),
    "avatar_changed": Said(marked("You have a new picture."), "user-round"),
    "avatar_removed": Said(marked("Your picture was removed."), "user-round"),
    # addresses and devices
    "address_added": Said(marked("An address was added."), "map-pin"),
    "address_changed": Said(marked("An address was changed."), "map-pin"),
    "address_removed": Said(marked("An address was deleted."), "map-pin"),
    "address_made_default": Said(marked("Another address became the default one."), "map-pin"),
    "device_added": Said(marked("A device was added: %(device)s."), "smartphone", marked("A device was added.")),
    "device_changed": Said(marked("A device was changed: %(device)s."), "smartphone", marked("A device was changed.")),
    "device_removed": Said(marked("A device was deleted: %(device)s."), "smartphone", marked("A device was deleted.")),
    # the staff
    "staff_opened_repair": Said(
        marked("%(name)s of the shop opened your repair %(object)s."),
        "eye",
        marked("Somebody of the shop opened one of your repairs."),
    ),
    "staff_opened_customer": Said(
        marked("%(name)s of the shop looked your account up."),
        "eye",
        marked("Somebody of the shop looked your account up."),
    ),
}


def say(kind: str, metadata: Mapping[str, object], language: str) -> str:
    """The entry in that language; a kind of which nothing is known still says that something happened."""
    gettext = translations(language).gettext
    said = SAID.get(kind, UNKNOWN)
    try:
        return gettext(said.text) % {name: str(value) for name, value in metadata.items()}
    except KeyError:
        return gettext(said.bare or UNKNOWN.text)


def icon_of(kind: str) -> str:
    """The icon beside the words."""
    return SAID.get(kind, UNKNOWN).icon
