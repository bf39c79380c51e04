"""The kinds of device that a form offers, in the reader's words."""

from revivatech.kit.i18n import translations


def kinds_of(language: str, present: str = "") -> list[tuple[str, str]]:
    """Return the choices of a kind, as pairs of its word and its name; a kind that is of no list keeps its own."""
    _ = translations(language).gettext
    names = {
        "smartphone": _("Smartphone"),
        "tablet": _("Tablet"),
        "laptop": _("Laptop"),
        "desktop": _("Desktop computer"),
        "console": _("Game console"),
        "watch": _("Watch"),
        "headphones": _("Headphones"),
        "camera": _("Camera"),
        "other": _("Something else"),
    }
    own = [(present, present)] if present and present not in names else []
    return own + list(names.items())


def kind_in_words(kind: str, language: str) -> str:
    """Return what kind of device it is."""
    return dict(kinds_of(language, kind)).get(kind, kind)
