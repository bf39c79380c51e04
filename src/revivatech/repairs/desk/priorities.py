"""The priorities of a repair, by name."""

from revivatech.kit.i18n import translations
from revivatech.repairs.contracts import PRIORITIES


def priorities_in(language: str) -> list[tuple[str, str]]:
    """Each priority and its name, as forms offer them."""
    _ = translations(language).gettext
    names = {"low": _("Low"), "normal": _("Normal"), "high": _("High"), "urgent": _("Urgent")}
    return [(priority, names[priority]) for priority in PRIORITIES]
