"""Segments of an SMS: how many a text costs, and a text that costs no more than it should (3GPP TS 23.038, 23.040)."""

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
# Written as two signs of seven bits.
EXTENDED = frozenset("\f^{}\\[~]|€")
SEPTETS, SEPTETS_OF_MANY = 160, 153
# With any other sign the whole text is UTF-16.
UNITS, UNITS_OF_MANY = 70, 67


def segments(text: str) -> int:
    """Return how many SMS the text is sent as, and paid for."""
    signs = set(text)
    if signs <= BASIC | EXTENDED:
        length, one, many = sum(2 if sign in EXTENDED else 1 for sign in text), SEPTETS, SEPTETS_OF_MANY
    else:
        length, one, many = len(text.encode("utf-16-be")) // 2, UNITS, UNITS_OF_MANY
    return 1 if length <= one else -(-length // many)


def fitted(before: str, text: str, after: str, most: int) -> str:
    """`before`, the text and `after` as one, the text cut where there would be more than `most` SMS.

    Where `before` and `after` alone are more, they stay whole: a cut link leads nowhere.
    """
    whole = f"{before}{text}{after}"
    cut = text
    while segments(whole) > most and cut:
        cut = cut[:-1]
        whole = f"{before}{cut.rstrip()}...{after}"
    return whole
