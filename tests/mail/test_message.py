"""Mails as they are written: three files, two languages, and nothing that a name could add to them."""

import re
from email import message_from_bytes
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revivatech.mail.message import Mail, compose, is_mailbox, message_id_for, to_message
from revivatech.notifications.contracts import Message
from revivatech.shop.contracts import ShopSettings
from support.people import PASSWORD

HEADERS = ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"]


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
        number="R-03S5X72",
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
    assert mail.subject == "Your phone is on the bench (R-03S5X72) – Nordic <Repairs>"
    assert "Repair number: R-03S5X72" in mail.text
    assert "Repair number: R-03S5X72" in mail.html


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


def test_c19_a_mail_is_from_the_shop_and_answers_go_to_it() -> None:
    """The shop's name stands in From, its address in Reply-To; the sending address stays the portal's."""
    message = to_message(_mail(), "portal@shop.example")

    assert message["From"] == '"Nordic <Repairs>" <portal@shop.example>'
    assert message["Reply-To"] == "desk@shop.example"


def test_c19_a_name_that_the_operator_gave_the_sender_stays() -> None:
    """REVIVATECH_MAIL_FROM may name a sender of its own."""
    assert to_message(_mail(), "The desk <portal@shop.example>")["From"] == "The desk <portal@shop.example>"


@pytest.mark.parametrize(
    "email", [None, "", "hello at shop", "a@shop.example\r\nBcc: eve@evil.example", "a@shop.example, eve@evil.example"]
)
def test_r54_a_shop_s_address_that_is_none_adds_no_header(email: str | None) -> None:
    """Mails go out all the same, without Reply-To."""
    shop = ShopSettings("Shop\r\nBcc: eve@evil.example", email, None, None, "EUR", "UTC", "en")
    mail = compose(
        "accounts/erasure_cancelled", "en", "anna@x.example", "<1@x>", shop=shop, person=Reader(), portal_url="u"
    )

    message = to_message(mail, "portal@shop.example")

    assert {"Reply-To", "Bcc"} & set(message.keys()) == set()
    assert message["From"] == '"Shop Bcc: eve@evil.example" <portal@shop.example>'


def test_r54_a_reply_address_is_one_address_or_there_is_no_mail() -> None:
    """As for every other header: such a mail does not even come to be."""
    with pytest.raises(ValueError, match="cannot be sent"):
        Mail("<1@x>", "anna@x.example", "s", "t", "h", reply_to="a@x.example\r\nBcc: eve@evil.example")


@given(st.text() | st.emails())
def test_r54_a_mailbox_adds_no_header(text: str) -> None:
    """Whatever is taken for an address leaves the other headers as they are."""
    if is_mailbox(text):
        mail = Mail("<1@x>", "anna@x.example", "s", "t", "h", reply_to=text)
        read = message_from_bytes(to_message(mail, "portal@shop.example").as_bytes(), policy=default)
        assert read.keys() == [*HEADERS[:1], "Reply-To", *HEADERS[1:]]


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
