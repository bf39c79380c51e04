"""Mails as they are written: three files, two languages, and nothing that a name could add to them."""

import re

import pytest

from revivatech.mail.message import Mail, compose, message_id_for, to_message
from revivatech.notifications.contracts import Message
from revivatech.shop.contracts import ShopSettings
from support.people import PASSWORD


class Reader:
    """Who gets the mail."""

    first_name = "Anna <b>{{7*7}}</b>"
    language = "en"


SHOP = ShopSettings("Nordic <Repairs>", "desk@shop.example", "+1 555", None, "EUR", "UTC", "en")
NOTIFICATION = Message(
    "repair:status_update", "Your phone is on the bench", 'It has a <script>alert("x")</script> problem.\n\nMore soon.'
)


def _mail(language: str = "en") -> Mail:
    return compose(
        "notifications/repair_update",
        language,
        "anna@customers.example",
        "<1@shop.example>",
        shop=SHOP,
        person=Reader(),
        notification=NOTIFICATION,
        url="https://portal.example/customer/repairs/1",
        unsubscribe_url="https://portal.example/unsubscribe/1",
        preferences_url="https://portal.example/customer/account/preferences",
    )


def test_a_mail_says_the_same_as_text_and_as_html() -> None:
    """Both parts hold the title, the message and the link of the configuration."""
    mail = _mail()

    for part in (mail.text, mail.html):
        assert NOTIFICATION.title in part
        assert "More soon." in part
        assert "https://portal.example/customer/repairs/1" in part
    assert mail.subject == "Your phone is on the bench – Nordic <Repairs>"


def test_r49_markup_of_people_stays_text() -> None:
    """What somebody typed is escaped in HTML and untouched as text; templates in it are not run (R54)."""
    mail = _mail()

    assert "<script>" not in mail.html
    assert "&lt;script&gt;" in mail.html
    assert '<script>alert("x")</script>' in mail.text
    assert "49" not in mail.html + mail.text
    assert "{{7*7}}" in mail.text


def test_the_mail_is_in_the_reader_s_language() -> None:
    """The frame around the message is translated."""
    english, portuguese = _mail("en"), _mail("pt-BR")

    assert "Hello Anna" in english.text
    assert "Hello" not in portuguese.text + portuguese.html
    assert "Olá" in portuguese.text


def test_the_mail_asks_nothing_of_other_machines() -> None:
    """No picture, font, style or script is loaded, so opening the mail tells nobody."""
    html = _mail().html

    for trace in ("src=", "<link", "@import", "url(", "<script"):
        assert trace not in html


def test_a_mailbox_shows_the_first_words_beside_the_subject() -> None:
    """They begin the HTML, and are neither the greeting nor what the subject says already."""
    body = _mail().html.partition("<body")[2]

    first = re.sub(r"\s+", " ", re.sub("<[^>]*>", " ", body.partition(">")[2])).strip()
    assert first.startswith("It has a &lt;script&gt;")


@pytest.mark.parametrize(
    "recipient",
    [
        "anna@x.example\r\nBcc: eve@evil.example",
        "anna@x.example\nX: y",
        "a@x.example,eve@evil.example",
        "",
        "nobody",
        "<a@b>",
    ],
)
def test_r54_a_recipient_is_one_address_or_nothing(recipient: str) -> None:
    """Whatever is not one plain address is refused before anything is sent."""
    with pytest.raises(ValueError, match="no address"):
        to_message(Mail("<1@x>", recipient, "s", "t", "h"), "portal@shop.example")


def test_a_domain_of_any_letters_is_written_as_servers_know_it() -> None:
    """RFC 5891: only the domain has another form; without it, hardly any server takes the mail."""
    message = to_message(Mail("<1@x>", "anna@bücher.example", "s", "t", "h"), "portal@shop.example")

    assert message["To"] == "anna@xn--bcher-kva.example"


def test_r54_a_subject_is_one_line() -> None:
    """Line ends in a title end in the title, not in the headers."""
    message = to_message(
        Mail("<1@x>", "anna@x.example", "Hi\r\nBcc: eve@evil.example", "t", "h"), "portal@shop.example"
    )

    assert message["Subject"] == "Hi Bcc: eve@evil.example"
    assert message["Bcc"] is None


def test_the_sender_may_have_a_name() -> None:
    """`The shop <portal@…>` is a sender too, and names the domain of the Message-ID."""
    sender = "Nordic Repairs <portal@shop.example>"
    message = to_message(Mail("<1@x>", "anna@x.example", "s", "t", "h"), sender)

    assert message["From"] == sender
    assert message_id_for(PASSWORD, sender) == f"<{PASSWORD}@shop.example>"
    assert message_id_for("1", "nobody") == "<1@localhost>"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("List-Unsubscribe", "<https://x.example/1>\r\nBcc: eve@evil.example"),
        ("List-Unsubscribe", "<https://x.example/1>\nX: y"),
        ("List-Unsubscribe", "<https://x.example/é>"),
        ("List-Unsubscribe", " "),
        ("List-Unsubscribe", ""),
        ("List-Unsubscribe", "x" * 1000),
        ("Bcc", "eve@evil.example"),
        ("From", "eve@evil.example"),
        ("List-Unsubscribe\r\nBcc", "eve@evil.example"),
    ],
)
def test_r54_a_header_is_one_of_ours_on_one_line(name: str, value: str) -> None:
    """Neither a name nor a value can begin a header of its own: such a mail does not even come to be."""
    with pytest.raises(ValueError, match="cannot be sent"):
        Mail("<1@x>", "anna@x.example", "s", "t", "h", {name: value})


def test_a_long_link_in_a_header_stays_whole() -> None:
    """It is neither folded nor encoded: no mail program would find it then (RFC 8058)."""
    link = "<https://portal.a-shop-with-a-long-name.example/unsubscribe/" + "a" * 64 + ">"
    message = to_message(
        Mail("<1@x>", "anna@x.example", "s", "t", "h", {"List-Unsubscribe": link}), "portal@shop.example"
    )

    assert f"\r\nList-Unsubscribe: {link}\r\n".encode() in message.as_bytes()
