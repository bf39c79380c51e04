"""Addresses as a reminder of where something was sent, which tell nobody else what they are."""


def masked_email(address: str) -> str:
    """Return the address with the first letters of its parts alone, such as `f…@m….example`."""
    name, _, domain = address.partition("@")
    host, dot, rest = domain.rpartition(".")
    return f"{name[:1]}…@{host[:1]}…{dot}{rest}"


def masked_phone(number: str) -> str:
    """Return the last three digits of a telephone number, such as `…567`."""
    return "…" + "".join(sign for sign in number if sign.isdigit())[-3:]
