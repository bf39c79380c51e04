"""Time zones as people choose them: by a city of theirs, in their language, with the name of the time that it keeps."""

from functools import cache, lru_cache
from importlib import resources
from zoneinfo import available_timezones

import anyio.to_thread
from babel.dates import get_timezone_location, get_timezone_name
from markupsafe import Markup

from revivatech.kit.i18n import LOCALES
from revivatech.kit.structs import Value

LONGEST = 50
UTC = "UTC"


class Zone(Value):
    """One zone to choose: its IANA name, and what a person calls it."""

    name: str
    city: str
    time: str


@cache
def _known() -> frozenset[str]:
    return frozenset(
        name for name in available_timezones() if len(name) <= LONGEST and name[0].isupper() and name != "Factory"
    )


def is_zone(name: str) -> bool:
    """Return whether the IANA database knows a zone of that name; older names for the same zone too."""
    return name in _known()


def choices(language: str, current: str) -> list[Zone]:
    """The zones of all countries by the name of their city; the present one is among them whatever it is."""
    zones = _choices(language)
    if any(zone.name == current for zone in zones):
        return zones
    return [_zone(current, language), *zones]


async def options(language: str, current: str) -> Markup:
    """The choices as the options of a <select>, the present one selected."""
    if language not in _drawn:
        _drawn[language] = await anyio.to_thread.run_sync(_draw, language)
    drawn: str = _drawn[language]
    begun = str(Markup('<option value="{}"').format(current))
    if f"{begun}>" not in drawn:
        drawn = _option(_zone(current, language)) + drawn
    return Markup(drawn.replace(begun, f"{begun} selected", 1))  # noqa: S704 - markup before and after


# Hundreds of options a language: drawing them costs more than the rest of their page.
_drawn: dict[str, str] = {}


def _draw(language: str) -> str:
    return "".join(map(_option, _choices(language)))


def _option(zone: Zone) -> str:
    text = f"{zone.city} · {zone.time}" if zone.time else zone.city
    return str(Markup('<option value="{}">{}</option>').format(zone.name, text))


@lru_cache(maxsize=4)
def _choices(language: str) -> list[Zone]:
    """Made once a language, in a fifth of a second."""
    table = resources.files("tzdata") / "zoneinfo" / "zone.tab"
    names = [line.split("\t")[2] for line in table.read_text("utf-8").splitlines() if not line.startswith("#")]
    zones = [_zone(name, language) for name in {*names, UTC} if is_zone(name)]
    return sorted(zones, key=lambda zone: (zone.city.casefold(), zone.name))


def _zone(name: str, language: str) -> Zone:
    if name == UTC or not is_zone(name):
        return Zone(name, name, "")
    locale = LOCALES[language]
    city = get_timezone_location(name, locale=locale, return_city=True)
    return Zone(name, city, get_timezone_name(name, "long", locale=locale, zone_variant="generic"))
