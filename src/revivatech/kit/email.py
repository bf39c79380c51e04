"""Email addresses: one rule for what people type, what is stored and where mail is sent (docs/adr/0014)."""

import re
import unicodedata
from typing import Annotated

from msgspec import Meta

from revivatech.kit.errors import FieldError, InvalidInput
from revivatech.kit.i18n import marked
from revivatech.kit.text import visible

MISSING = marked("Please give an email address, like name@example.com.")
NO_EMAIL = marked("This is not an email address.")
NOT_ASCII = marked("We cannot send email to addresses with accented or other special letters before the @.")

# An address in a request's body. A pattern would refuse the blanks and the invisible characters that copying adds.
EmailText = Annotated[
    str, Meta(max_length=320, description="An email address, however it is spelt.", examples=["nina@example.com"])
]
# RFC 5321, 4.5.3.1: a path has 256 octets with its angle brackets, a local part 64, a domain 255 (253 as text).
LONGEST = 254
LONGEST_LOCAL = 64
LONGEST_DOMAIN = 253
# RFC 5322, 3.2.3. Quoted local parts, which the same address could be written in two ways with, are not accepted.
DOT_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
# RFC 1035, 2.3.1, two labels at least; a last one that begins with a digit would be an IP address.
DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])")
# What was accepted before there was one rule, as it was then stored.
FORMER = re.compile(r"[^\s@\x00-\x1f\x7f-\x9f\ud800-\udfff]{1,64}@[^\s@\x00-\x1f\x7f-\x9f\ud800-\udfff]{1,190}")


class EmailError(ValueError):
    """The text is no email address that mail can be sent to; `message` says why, in words for the person."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def parse_email(text: str) -> str:
    """Return the address in the one form in which it is stored, compared and written to: ASCII, in lower case.

    Invisible characters, outer blanks and `mailto:` are dropped; a domain in other letters becomes its A-labels
    (IDNA 2008, RFC 5891). Raises EmailError for an empty text, for what is no address, and for an address that the mail
    layer cannot send to: one with letters beyond ASCII before the @, which few mail servers take (RFC 6531).
    """
    local, at, domain = _without_wrapping(text).rpartition("@")
    if not (local or at or domain):
        raise EmailError(MISSING)
    if not at or not local or not domain or any(letter.isspace() for letter in local + domain):
        raise EmailError(NO_EMAIL)
    if len(local) > LONGEST_LOCAL or not DOT_ATOM.fullmatch(local):
        is_foreign = DOT_ATOM.fullmatch(
            "".join("a" if letter > "~" and letter.isprintable() else letter for letter in local)
        )
        raise EmailError(NOT_ASCII if is_foreign and not local.isascii() else NO_EMAIL)
    # Mail programs would decode it (RFC 2047), and then it is another address.
    if "=?" in local:
        raise EmailError(NO_EMAIL)
    email = f"{local.lower()}@{ascii_domain(domain)}"
    if len(email) > LONGEST:
        raise EmailError(NO_EMAIL)
    return email


def is_email(text: str) -> bool:
    """Return whether `parse_email` reads the text as an address."""
    try:
        parse_email(text)
    except EmailError:
        return False
    return True


def checked_email(text: str, field: str = "email") -> str:
    """Return the address as `parse_email` does. Raises InvalidInput, which names the field."""
    try:
        return parse_email(text)
    except EmailError as error:
        raise InvalidInput(error.message, errors=[FieldError(field, error.message)]) from None


def ascii_domain(domain: str) -> str:
    """Return the domain in lower case as DNS knows it: `straße.example` is `xn--strae-oqa.example`.

    Raises EmailError for what no domain can be called.
    """
    if len(domain) > LONGEST_DOMAIN:
        raise EmailError(NO_EMAIL)
    domain = domain.lower() if domain.isascii() else domain
    if not domain.isascii() or "xn--" in domain:
        # 20 ms that a start need not spend: few addresses are of such a domain.
        import idna  # noqa: PLC0415

        try:
            # Decoded and encoded again, so that no domain has two forms. Non-transitional: ß is ß (UTS 46, section 4).
            domain = idna.encode(idna.decode(domain, uts46=True), uts46=True).decode()
        except UnicodeError as error:
            raise EmailError(NO_EMAIL) from error
    if len(domain) > LONGEST_DOMAIN or not DOMAIN.fullmatch(domain):
        raise EmailError(NO_EMAIL)
    return domain


def readable_email(email: str) -> str:
    """Return a stored address as people write it, with a domain such as `xn--strae-oqa.example` in its own letters."""
    local, _, domain = email.rpartition("@")
    if "xn--" not in domain:
        return email
    import idna  # noqa: PLC0415 - as above

    try:
        return f"{local}@{idna.decode(domain)}"
    except UnicodeError:
        return email


def lookup_forms(text: str, field: str = "email") -> list[str]:
    """Return the forms under which an account of that address may be stored, the present one first; one or two.

    For signing in alone, where a password proves the rest: earlier versions stored `text.casefold()`, which made one
    address of `straße` and `strasse`, and took addresses that no mail reaches. Their owners still have accounts. Mail
    goes to the present form only. Raises InvalidInput, which names the field.
    """
    try:
        email = parse_email(text)
    except EmailError as error:
        former = _former(_without_wrapping(text))
        if FORMER.fullmatch(former):
            return [former]
        raise InvalidInput(error.message, errors=[FieldError(field, error.message)]) from None
    return list(dict.fromkeys((email, _former(readable_email(email)))))


def _without_wrapping(text: str) -> str:
    text = visible(unicodedata.normalize("NFC", text)).strip()
    return text[len("mailto:") :].strip() if text[: len("mailto:")].lower() == "mailto:" else text


def _former(text: str) -> str:
    return text.casefold().lower()
