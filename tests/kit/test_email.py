"""Email addresses: what is one, its one form, and what is said of a text that is none."""

from email import message_from_bytes, policy

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from revivatech.kit.email import (
    MISSING,
    NO_EMAIL,
    NOT_ASCII,
    EmailError,
    checked_email,
    lookup_forms,
    parse_email,
    readable_email,
)
from revivatech.kit.errors import InvalidInput
from revivatech.mail.message import Mail, to_message

INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2069\ufeff\ufe0f\u3164"
ATEXT = "abzABZ09!#$%&'*+-/=?^_`{|}~"

atoms = st.text(ATEXT, min_size=1, max_size=20)
labels = st.text("abzAZ09äßéñ日本語مثالक", min_size=1, max_size=12)
addresses = st.builds(
    lambda local, domain: f"{'.'.join(local)}@{'.'.join(domain)}.example",
    st.lists(atoms, min_size=1, max_size=3),
    st.lists(labels, min_size=1, max_size=3),
)
noise = st.text(INVISIBLE + " \t\n\u00a0", max_size=4)


@pytest.mark.parametrize(
    ("text", "email"),
    [
        (" Anna@Customers.Example ", "anna@customers.example"),
        ("\u00a0nina@a.example\r\n", "nina@a.example"),
        ("nina+phone@a.co", "nina+phone@a.co"),
        ("o'neil@a.example", "o'neil@a.example"),
        *((f"ni{sign}na@a.exa{sign}mple{sign}", "nina@a.example") for sign in INVISIBLE),
        ("mailto:nina@a.example", "nina@a.example"),
        ("\u200bMAILTO: nina@a.example", "nina@a.example"),
        ("u@straße.example", "u@xn--strae-oqa.example"),
        ("u@STRASSE.example", "u@strasse.example"),
        ("u@BÜCHER.example", "u@xn--bcher-kva.example"),
        ("u@bu\u0308cher.example", "u@xn--bcher-kva.example"),
        ("u@xn--BCHER-KVA.example", "u@xn--bcher-kva.example"),
        ("u@ｂücher。example", "u@xn--bcher-kva.example"),
        ("u@نامه\u200cای.example", "u@xn--mgba3gch31f060k.example"),
        ("u@r3---sn.example", "u@r3---sn.example"),
    ],
)
def test_c04_c05_an_address_has_one_form(text: str, email: str) -> None:
    """Capitals, blanks, what nobody sees, mailto: and a domain's own letters are no difference (R7, C04, C05)."""
    assert parse_email(text) == email
    assert lookup_forms(text)[0] == email


@pytest.mark.parametrize(
    ("text", "said"),
    [
        *((text, MISSING) for text in ("", "   ", "\u200b", "mailto:")),
        *((text, NOT_ASCII) for text in ("jose\u0301@a.example", "weiß@a.example", "Ωmega@a.example", "二@a.example")),
        *(
            (text, NO_EMAIL)
            for text in (
                "anna",
                "@a.example",
                "anna@",
                "a@b",
                "a@b@c.example",
                "a b@c.example",
                "a\n@b.example",
                "a\x00@b.example",
                "a@b.example\x00",
                "a..b@a.example",
                ".a@a.example",
                "a.@a.example",
                "a,b@a.example",
                "a;b@a.example",
                "(a)@a.example",
                "<a@a.example>",
                'a"b@a.example',
                '"a b"@a.example',
                "mailto:mailto:a@a.example",
                "=?utf-8?q?a?=@a.example",
                "a@a_b.example",
                "a@-a.example",
                "a@a-.example",
                "a@a..example",
                "a@.example",
                "a@a.example.",
                "a@a.example?subject=hi",
                "a@1.2.3.4",
                "a@[1.2.3.4]",
                "a@xn--.example",
                "a@xn--zz.example",
                "a@☃.example",
                "a@\ud800.example",
                "a\ud800@a.example",
                f"{'a' * 65}@a.example",
                f"a@{'a' * 64}.example",
                f"a@{'ü' * 60}.example",
                f"a@{'a.' * 125}example",
                f"a@{'ü' * 5000}.example",
            )
        ),
    ],
)
def test_c09_what_no_mail_reaches_is_refused_with_a_reason(text: str, said: str) -> None:
    """An empty field is told what belongs into it, an address that mail cannot be sent to is told why (C09)."""
    with pytest.raises(InvalidInput) as refused:
        checked_email(text, "customerEmail")

    assert [(error.field, error.message) for error in refused.value.errors] == [("customerEmail", said)]


@settings(deadline=None)
@given(st.one_of(addresses, st.text(), st.text(f"aß@.\u0301=?\x00 {INVISIBLE}")))
@example("a@a.example\u0301")
@example("\u0130@a.example")
def test_an_address_is_mailable_as_it_is_stored(text: str) -> None:
    """What is accepted is the same when read again, is short enough to store, and goes over the wire unchanged."""
    try:
        email = parse_email(text)
    except EmailError:
        return

    assert parse_email(email) == email == email.lower()
    assert parse_email(readable_email(email)) == email
    assert email.isascii()
    assert len(email) <= 254
    sent = to_message(Mail("<1@shop.example>", email, "Subject", "Text\n", "<p>Text</p>"), "portal@shop.example")
    received = message_from_bytes(sent.as_bytes(), policy=policy.default)
    assert [address.addr_spec for address in received["To"].addresses] == [email]


@settings(deadline=None)
@given(addresses, noise, noise, st.booleans(), st.booleans())
def test_c05_an_account_is_found_by_the_address_as_typed(
    address: str, before: str, after: str, upper: bool, as_link: bool
) -> None:
    """Whatever surrounds the address and however it is spelt, signing in looks for what was stored."""
    try:
        stored = parse_email(address)
    except EmailError:
        return
    local, _, domain = address.partition("@")
    spelt = f"{local.upper() if upper else local}@{domain}"

    assert lookup_forms(f"{before}{'mailto:' if as_link else ''}{spelt}{after}")[0] == stored
    assert lookup_forms(stored)[0] == stored


@pytest.mark.parametrize(
    ("typed", "forms"),
    [
        ("José@a.example", ["josé@a.example"]),
        ("weiß@a.example", ["weiss@a.example"]),
        ("a..b@a.example", ["a..b@a.example"]),
        ("Ada@localhost", ["ada@localhost"]),
        ("u@straße.example", ["u@xn--strae-oqa.example", "u@strasse.example"]),
        ("nina@a.example", ["nina@a.example"]),
    ],
)
def test_an_account_of_before_still_signs_in(typed: str, forms: list[str]) -> None:
    """Addresses that are refused today may have been stored, in the form of then."""
    assert lookup_forms(typed) == forms


@pytest.mark.parametrize("text", ["", "anna", "a b@c.example", "a\x00@b.example", "a@\ud800", "x" * 65 + "@a.example"])
def test_what_never_was_an_address_signs_nobody_in(text: str) -> None:
    """It is told so, before anything is asked of the database."""
    with pytest.raises(InvalidInput) as refused:
        lookup_forms(text)

    assert [error.field for error in refused.value.errors] == ["email"]


def test_a_domain_is_shown_in_its_own_letters() -> None:
    """Nobody reads xn--; what cannot be decoded stays as it is."""
    assert readable_email("u@xn--strae-oqa.example") == "u@straße.example"
    assert readable_email("u@xn--zz.example") == "u@xn--zz.example"
    assert readable_email("nina@a.example") == "nina@a.example"
