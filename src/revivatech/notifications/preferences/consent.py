"""The words that somebody agrees to before they are advertised to."""

from revivatech.kit.i18n import translations

# A change of meaning in the words below needs a new version: who agreed to the old one has not agreed to the new one.
VERSION = "2026-11"


def text(language: str, shop: str) -> str:
    """The present version in that language, with the shop's name."""
    _ = translations(language).gettext
    return _(
        "%(shop)s may send me offers and news of its services. I can take this back at any time, here or by the link "
        "in each of these messages, and my repairs do not depend on it."
    ) % {"shop": shop}
