"""The sentences that an import stores, in the shop's language: who reads the repair later did not choose one."""

from collections.abc import Callable

from revivatech.kit.i18n import translations

LICENCE = "Open Repair Data, CC BY-SA 4.0"


class Wording:
    """The sentences in one language."""

    def __init__(self, language: str) -> None:
        _ = translations(language).gettext
        self.no_description = _("No description was recorded.")
        self.end_of_life = _("This could not be repaired.")
        self.source = _("Source: {id}, {provider}, {country}.")
        self.category = _("Category at the source: {category}.")
        self.year = _("Year of manufacture: {year}.")
        self.age = _("Age: {age} years.")
        self.odd_date = _("The source gives {date} as the day of the repair, which is unlikely.")
        self.second_imei = _("Second IMEI: {number}.")
        self.not_an_imei = _("In the IMEI column of the import: {number}.")
        self._barriers = _barriers(_)

    def ending(self, barrier: str) -> str:
        """Return why a repair ended without success, for the customer; a reason that we do not know as it is."""
        if not barrier:
            return self.end_of_life
        return f"{self.end_of_life} {self._barriers.get(barrier.casefold()) or _sentence(barrier)}"


def _barriers(_: Callable[[str], str]) -> dict[str, str]:
    """The reasons that the standard names, and how its files in fact write one of them."""
    too_worn = _("It is too worn out.")
    return {
        "spare parts not available": _("Spare parts are not available."),
        "spare parts too expensive": _("Spare parts are too expensive."),
        "no way to open product": _("It cannot be opened without damage."),
        "repair information not available": _("There is no repair information for it."),
        "lack of equipment": _("The equipment for this repair is missing."),
        "too worn out": too_worn,
        "item too worn out": too_worn,
    }


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."
