"""Labels of the log's entries, which are stored as kinds and facts and put into words when somebody reads them."""

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
    # joining
    "account_created": Said(marked("Your account was created."), "user-round"),
    "account_claimed": Said(marked("You took over the account that the shop had opened for you."), "user-round"),
    "email_confirmed": Said(marked("Your e-mail address was confirmed."), "mail"),
    # signing in
    "signed_in": Said(marked("You signed in."), "key-round"),
    "session_ended": Said(marked("You ended a sign-in."), "log-out"),
    "other_sessions_ended": Said(marked("You ended all other sign-ins."), "log-out"),
    "session_ended_for_reuse": Said(
        marked("A sign-in was ended because its key was used a second time. Was that not you? Change your password."),
        "triangle-alert",
    ),
    # what the account is guarded by
    "password_changed": Said(marked("Your password was changed."), "lock"),
    "password_reset": Said(marked("Your password was set anew by a link that we had mailed to you."), "lock"),
    "email_change_asked": Said(marked("A new e-mail address was given; it waits to be confirmed."), "mail"),
    "email_changed": Said(marked("Your e-mail address was changed."), "mail"),
    "second_factor_on": Said(marked("Two-step sign-in was turned on."), "shield"),
    "second_factor_off": Said(marked("Two-step sign-in was turned off."), "shield"),
    "second_factor_reset": Said(
        marked("The shop took two-step sign-in off your account, and mailed you a link for a new password."), "shield"
    ),
    "recovery_codes_new": Said(marked("New recovery codes were made; the old ones are void."), "shield"),
    "recovery_code_used": Said(
        marked("A recovery code was used; %(left)s are left."), "shield", marked("A recovery code was used.")
    ),
    "passkey_added": Said(
        marked("A passkey was added: %(passkey)s."), "fingerprint-pattern", marked("A passkey was added.")
    ),
    "passkey_removed": Said(
        marked("A passkey was removed: %(passkey)s."), "fingerprint-pattern", marked("A passkey was removed.")
    ),
    # the person
    "profile_changed": Said(marked("Your profile was changed."), "user-round"),
    "phone_verified": Said(marked("Your telephone number was confirmed."), "phone"),
    "avatar_changed": Said(marked("Your picture was changed."), "image"),
    "avatar_removed": Said(marked("Your picture was removed."), "image"),
    "preferences_changed": Said(marked("What we tell you, and how, was changed."), "bell"),
    # privacy
    "export_asked": Said(marked("You asked for a copy of your data."), "download"),
    "export_asked_at_shop": Said(marked("The shop asked for a copy of your data for you."), "download"),
    "erasure_asked_at_shop": Said(marked("The shop noted that you want your account erased."), "trash-2"),
    "erasure_cancelled_at_shop": Said(marked("The shop took back that your account be erased."), "undo-2"),
    "erasure_asked": Said(marked("You asked us to erase your account."), "trash-2"),
    "erasure_cancelled": Said(marked("You took back that your account be erased."), "undo-2"),
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


def kinds_in(language: str) -> dict[str, str]:
    """Every kind of entry in that language, without the facts of one."""
    gettext = translations(language).gettext
    return {kind: gettext(said.bare or said.text) for kind, said in SAID.items()}


def icon_of(kind: str) -> str:
    """The icon beside the words."""
    return SAID.get(kind, UNKNOWN).icon
