"""Names of devices from User-Agent headers, in two words that their owner recognises."""

import re

# The order decides: Edge and Opera call themselves Chrome, which calls itself Safari.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
PROGRAM = re.compile(r"[A-Za-z][\w.+-]{1,39}")


def device_name(user_agent: str) -> str:
    """For example `Firefox · Linux`; the program's own name where it is no browser, empty where nothing is said."""
    browser = _first(BROWSERS, user_agent)
    system = _first(SYSTEMS, user_agent)
    if browser or system:
        return " · ".join(part for part in (browser, system) if part)
    program = PROGRAM.match(user_agent)
    return program.group() if program else ""


def _first(marks: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for mark, name in marks if mark in user_agent), "")
