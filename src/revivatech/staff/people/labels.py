"""Labels of roles, permissions and the log, in the reader's language."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from revivatech.accounts.service import PERMISSIONS, AuditEntry, Permission
from revivatech.kit.actor import Role
from revivatech.kit.i18n import translations


class Row(NamedTuple):
    """One line of the table of permissions: what it is, and for each role whether it may."""

    text: str
    allowed: Sequence[bool]


class Line(NamedTuple):
    """One entry of the log in words."""

    entry: AuditEntry
    icon: str
    text: str


def role_names(language: str) -> dict[str, str]:
    """Each role's name."""
    _ = translations(language).gettext
    return {
        Role.TECHNICIAN.value: _("Technician"),
        Role.FRONT_DESK.value: _("Front desk"),
        Role.MANAGER.value: _("Manager"),
        Role.ADMIN.value: _("Admin"),
    }


def role_choices(language: str) -> list[tuple[str, str, str]]:
    """Each role with its name and what it is for, as a form offers it."""
    _ = translations(language).gettext
    names = role_names(language)
    meant = {
        Role.TECHNICIAN: _("Works on repairs and moves them along."),
        Role.FRONT_DESK: _("Also takes devices in, gives work out and looks after customers."),
        Role.MANAGER: _("Also opens finished repairs again and closes customers' accounts."),
        Role.ADMIN: _("Also invites people and decides who may do what."),
    }
    return [(role.value, names[role.value], meant[role]) for role in Role]


def permission_table(language: str) -> list[tuple[str, list[Row]]]:
    """The table that the program itself goes by, in groups: each permission in words, and who holds it."""
    _ = translations(language).gettext
    texts = {
        Permission.READ: _("See all repairs and their history"),
        Permission.CHANGE_STATUS: _("Move a repair along, with notes and estimate"),
        Permission.EDIT: _("Edit a repair's facts and prices"),
        Permission.TAKE_ON: _("Take a repair on"),
        Permission.TAKE_IN: _("Take a device in"),
        Permission.ASSIGN: _("Give a repair to a colleague"),
        Permission.REOPEN: _("Open a finished or cancelled repair again"),
        Permission.READ_CUSTOMERS: _("Look customers up and see their contact details"),
        Permission.INVITE_CUSTOMERS: _("Invite a customer to the portal"),
        Permission.DISABLE_CUSTOMERS: _("Close a customer's account and open it again"),
        Permission.RESET_FACTORS: _("Take two-step sign-in off a customer's account"),
        Permission.ASK_FOR_CUSTOMERS: _("Ask for a customer's data or erasure in their name"),
        Permission.READ_PRIVACY: _("See who asked for their data or its erasure"),
        Permission.MANAGE_STAFF: _("Invite colleagues, give roles, close accounts"),
        Permission.READ_AUDIT: _("Read the log of what was done to accounts"),
    }
    titles = {"repairs": _("Repairs"), "customers": _("Customers"), "privacy": _("Privacy"), "staff": _("People")}
    return [
        (
            title,
            [
                Row(texts[one], [one in PERMISSIONS[role] for role in Role])
                for one in Permission
                if _group(one) == group
            ],
        )
        for group, title in titles.items()
    ]


def audit_line(entry: AuditEntry, language: str, colleagues: Mapping[str, str]) -> Line:
    """An entry as a sentence; `colleagues` are names by id."""
    _, ngettext = translations(language).gettext, translations(language).ngettext
    roles = role_names(language)
    facts = entry.facts
    count = int(facts.get("repairs", "0"))
    icon, sentence = _sentence(entry.action, _)
    if entry.action == "work_handed_over":
        sentence = ngettext(
            "%(who)s handed %(num)s open repair of %(whom)s over to: %(to)s.",
            "%(who)s handed %(num)s open repairs of %(whom)s over to: %(to)s.",
            count,
        )
    labels = {
        "who": entry.actor_name.strip() or _("The command line"),
        "whom": entry.user_name.strip(),
        "role": roles.get(facts.get("role", ""), ""),
        "before": roles.get(facts.get("before", ""), ""),
        "after": roles.get(facts.get("after", ""), ""),
        "num": count,
        "to": colleagues.get(facts.get("to", "")) or _("nobody yet"),
    }
    return Line(entry, icon, sentence % labels)


def _sentence(action: str, _: Callable[[str], str]) -> tuple[str, str]:
    """The icon and the sentence of an action."""
    return {
        "staff_created": ("plus", _("%(who)s made an account for %(whom)s, as: %(role)s.")),
        "staff_invited": ("mail", _("%(who)s invited %(whom)s, as: %(role)s.")),
        "staff_invited_again": ("mail", _("%(who)s invited %(whom)s again.")),
        "invitation_withdrawn": ("undo-2", _("%(who)s withdrew the invitation of %(whom)s.")),
        "staff_joined": ("user-round", _("%(whom)s joined.")),
        "role_changed": ("id-card", _("%(who)s changed the role of %(whom)s from %(before)s to %(after)s.")),
        "staff_disabled": ("ban", _("%(who)s closed the account of %(whom)s.")),
        "staff_enabled": ("rotate-ccw", _("%(who)s opened the account of %(whom)s again.")),
        "work_handed_over": ("arrow-right", ""),
        "customer_invited": ("mail", _("%(who)s invited a customer to the portal.")),
        "customer_disabled": ("ban", _("%(who)s closed the account of a customer.")),
        "customer_enabled": ("rotate-ccw", _("%(who)s opened the account of a customer again.")),
        "staff_factor_reset": ("shield", _("%(who)s took two-step sign-in off the account of %(whom)s.")),
        "customer_factor_reset": ("shield", _("%(who)s took two-step sign-in off a customer's account.")),
        "export_asked_for_customer": ("download", _("%(who)s asked for a copy of a customer's data.")),
        "erasure_asked_for_customer": ("trash-2", _("%(who)s asked for a customer's account to be erased.")),
        "erasure_cancelled_for_customer": ("undo-2", _("%(who)s took back the erasure of a customer's account.")),
        "export_handed_over": ("download", _("%(who)s downloaded the copy of a customer's data to hand it over.")),
    }[action]


def _group(permission: Permission) -> str:
    return permission.partition(":")[0]
