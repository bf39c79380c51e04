"""A mail from its three files: subject, text and HTML, in the reader's language."""

from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from functools import cache
from importlib import resources

from jinja2 import Environment, FunctionLoader, StrictUndefined, select_autoescape

from revivatech.kit.i18n import translations
from revivatech.kit.structs import Value
from revivatech.kit.text import one_line


class Mail(Value):
    """One mail to one person. `message_id` is the same for every try, so that a mailbox shows one mail."""

    message_id: str
    recipient: str
    subject: str
    text: str
    html: str


def compose(folder: str, language: str, recipient: str, message_id: str, **context: object) -> Mail:
    """The mail of the folder `<slice>/<event>`, whose files are subject.txt, body.txt and body.html."""
    environment = _environment(language)
    return Mail(
        message_id=message_id,
        recipient=recipient,
        subject=one_line(environment.get_template(f"{folder}/subject.txt").render(context)),
        text=environment.get_template(f"{folder}/body.txt").render(context).strip() + "\n",
        html=environment.get_template(f"{folder}/body.html").render(context),
    )


def to_message(mail: Mail, sender: str) -> EmailMessage:
    """The mail as it goes over the wire; `sender` is `portal@shop.example` or `The shop <portal@shop.example>`.

    Raises ValueError for a recipient that is no address.
    """
    message = EmailMessage(policy=SMTP)
    # The header registry refuses line breaks and parses the address, so that no name can add a header (R54).
    name, address = parseaddr(sender)
    message["From"] = Address(name, addr_spec=address)
    try:
        message["To"] = Address(addr_spec=mail.recipient)
    except (ValueError, MessageError, LookupError) as error:
        raise ValueError("The recipient is no address.") from error
    message["Subject"] = one_line(mail.subject)
    message["Message-ID"] = mail.message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message


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
