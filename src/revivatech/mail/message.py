"""A mail from its three files: subject, text and HTML, in the reader's language."""

import re
from collections.abc import Mapping
from email.errors import MessageError
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import parseaddr
from functools import cache
from importlib import resources
from typing import Protocol
from uuid import UUID

import msgspec
from jinja2 import Environment, FunctionLoader, StrictUndefined, select_autoescape
from typing_extensions import override

from revivatech.kit.clock import utcnow
from revivatech.kit.email import ascii_domain
from revivatech.kit.i18n import translations
from revivatech.kit.structs import Value
from revivatech.kit.text import one_line

FURTHER_HEADERS = ("List-Unsubscribe", "List-Unsubscribe-Post")
LONGEST_PREVIEW = 150
# RFC 5322 allows a line of 998 characters.
PRINTABLE = re.compile(r"[!-~]([ -~]{0,900}[!-~])?")


class Shopfront(Protocol):
    """The facts of a shop that its mails name as their sender."""

    @property
    def name(self) -> str:
        """Return the name that the shop goes by."""

    @property
    def email(self) -> str | None:
        """Return the address that answers to the shop's mails go to, None where it has none."""


class Mail(Value):
    """One mail to one person. `message_id` is the same for every try, so that a mailbox shows one mail.

    `sender_name` and `reply_to` are the shop's name and address, empty where unknown.
    `headers` are further ones, such as List-Unsubscribe. Raises ValueError for a name that is not offered, and for a
    value that is not one line of printable ASCII: it could begin a header of its own (R54).
    """

    message_id: str
    recipient: str
    subject: str
    text: str
    html: str
    headers: dict[str, str] = msgspec.field(default_factory=dict)
    # Whose it is, where it is a customer's: a kept one goes with them.
    customer_id: UUID | None = None
    sender_name: str = ""
    reply_to: str = ""

    def __post_init__(self) -> None:
        """Refuse headers that are none of ours."""
        for name, value in self.headers.items():
            if name not in FURTHER_HEADERS or not PRINTABLE.fullmatch(value):
                raise ValueError(f"The header {name!r} cannot be sent.")
        if self.reply_to and not is_mailbox(self.reply_to):
            raise ValueError("The header 'Reply-To' cannot be sent.")


class Unfolded(UnstructuredHeader, BaseHeader):
    """A header on one line: Python folds a long address into encoded words, in which no program looks for it."""

    @override
    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


def compose(
    folder: str,
    language: str,
    recipient: str,
    message_id: str,
    *,
    shop: Shopfront,
    headers: Mapping[str, str] | None = None,
    customer_id: UUID | None = None,
    **context: object,
) -> Mail:
    """Return the mail of the folder `<slice>/<event>`, whose files are subject.txt, body.txt and body.html.

    It is sent in the shop's name, and answers go to the shop's address where that is known and can be written to.
    """
    context["shop"] = shop
    environment = _environment(language)
    subject = one_line(environment.get_template(f"{folder}/subject.txt").render(context))
    text = environment.get_template(f"{folder}/body.txt").render(context).strip() + "\n"
    return Mail(
        message_id=message_id,
        recipient=recipient,
        subject=subject,
        text=text,
        html=environment.get_template(f"{folder}/body.html").render(context, preview=_preview(subject, text)),
        headers=dict(headers or {}),
        customer_id=customer_id,
        sender_name=one_line(shop.name),
        reply_to=shop.email if shop.email and is_mailbox(shop.email) else "",
    )


def _preview(subject: str, text: str) -> str:
    """Return what a mailbox shows beside the subject: the first paragraph after the greeting that says more than it."""
    _, *paragraphs = text.split("\n\n")
    return next((one_line(one)[:LONGEST_PREVIEW] for one in paragraphs if one_line(one) not in subject), "")


def to_message(mail: Mail, sender: str) -> EmailMessage:
    """Return the mail as it goes over the wire; `sender` is `portal@shop.example` or `The shop <portal@shop.example>`.

    A sender without a name goes by the mail's. Raises ValueError for a recipient that is no address.
    """
    message = EmailMessage(policy=POLICY)
    # The header registry refuses line breaks and parses the address, so that no name can add a header (R54).
    name, address = parseaddr(sender)
    message["From"] = Address(name or one_line(mail.sender_name), addr_spec=address)
    if mail.reply_to:
        message["Reply-To"] = _mailbox(mail.reply_to)
    try:
        message["To"] = _mailbox(mail.recipient)
    except (ValueError, MessageError, LookupError) as error:
        raise ValueError("The recipient is no address.") from error
    message["Subject"] = one_line(mail.subject)
    message["Date"] = utcnow()
    message["Message-ID"] = mail.message_id
    message["Auto-Submitted"] = "auto-generated"
    for header, value in mail.headers.items():
        message[header] = value
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message


def is_mailbox(text: str) -> bool:
    """Return whether the text is one address that a mail can name in a header."""
    try:
        return _mailbox(text).addr_spec.isascii()
    except (ValueError, MessageError, LookupError):
        return False


def _mailbox(text: str) -> Address:
    return Address(addr_spec=_sendable(text))


def _sendable(address: str) -> str:
    """Return the address with its domain as DNS knows it, which addresses from before `kit.email` may not have.

    Raises ValueError.
    """
    if address.isascii():
        return address
    local, _, domain = address.rpartition("@")
    return f"{local}@{ascii_domain(domain)}"


def _policy() -> Policy:
    headers = HeaderRegistry()
    for name in FURTHER_HEADERS:
        headers.map_to_type(name, Unfolded)
    # Encoded to seven bits: it passes every server, and none has to change what was signed on its way.
    return SMTP.clone(header_factory=headers, cte_type="7bit")


POLICY = _policy()


def message_id_for(reference: object, sender: str) -> str:
    """The Message-ID of the mail about that thing: asked again, the same."""
    return f"<{reference}@{parseaddr(sender)[1].partition('@')[2] or 'localhost'}>"


@cache
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=FunctionLoader(_source),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
    return environment


def _source(name: str) -> str | None:
    owner, _, rest = name.partition("/")
    file = resources.files("revivatech") / owner / "emails" / rest
    return file.read_text("utf-8") if file.is_file() else None
