"""Dates, times and amounts in the regional form of the shop's country."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine

from revivatech.kit.i18n import locale_of
from revivatech.web.formats import Formats

NOW = datetime(2026, 12, 8, 18, 30, tzinfo=UTC)
MONDAY = datetime(2026, 12, 7, 16, 50, tzinfo=UTC)


@pytest.mark.parametrize(
    ("country", "day", "datetime_", "time"),
    [
        ("IE", "Mon 7 Dec", "7 Dec 2026, 16:50", "16:50"),
        ("GB", "Mon 7 Dec", "7 Dec 2026, 16:50", "16:50"),
        ("US", "Mon, Dec 7", "Dec 7, 2026, 4:50\N{NARROW NO-BREAK SPACE}PM", "4:50\N{NARROW NO-BREAK SPACE}PM"),
        # Countries without an English of their own, and a shop whose country nobody knows, are not American.
        ("DE", "Mon 7 Dec", "7 Dec 2026, 16:50", "16:50"),
        (None, "Mon 7 Dec", "7 Dec 2026, 16:50", "16:50"),
    ],
)
def test_english_takes_the_form_of_the_shops_country(country: str | None, day: str, datetime_: str, time: str) -> None:
    """Day before month and 24 hours in Ireland; the American form in America alone."""
    formats = Formats("en", "UTC", country)
    with time_machine.travel(NOW, tick=False):
        assert (formats.day(MONDAY), formats.datetime(MONDAY), formats.time(MONDAY)) == (day, datetime_, time)


@pytest.mark.parametrize("country", ["BR", "IE", "US", None])
def test_portuguese_is_brazilian_wherever_the_shop_is(country: str | None) -> None:
    """The country chooses the form of English only."""
    with time_machine.travel(NOW, tick=False):
        assert Formats("pt-BR", "UTC", country).day(MONDAY) == "seg., 7 de dez."


@pytest.mark.parametrize(
    ("language", "country", "text"),
    [("en", "IE", "€1,129.90"), ("en", None, "€1,129.90"), ("en", "DE", "€1,129.90"), ("pt-BR", "BR", "€\xa01.129,90")],
)
def test_amounts(language: str, country: str | None, text: str) -> None:
    """English keeps its own signs in a country with others: whoever types an amount reads it back the same."""
    assert Formats(language, "UTC", country).money(Decimal("1129.90"), "EUR") == text


@pytest.mark.parametrize(
    ("ago", "english", "portuguese"),
    [
        (timedelta(hours=1), "Today, 17:30", "Hoje, 17:30"),
        (timedelta(hours=-5), "Today, 23:30", "Hoje, 23:30"),
        (timedelta(hours=19), "Yesterday, 23:30", "Ontem, 23:30"),
        (timedelta(hours=-6), "Tomorrow, 00:30", "Amanhã, 00:30"),
        (timedelta(days=2), "Sun 6 Dec, 18:30", "dom., 6 de dez., 18:30"),
        (timedelta(days=365), "Mon 8 Dec 2025, 18:30", "seg., 8 de dez. de 2025, 18:30"),
    ],
)
def test_a_moment_is_told_from_now(ago: timedelta, english: str, portuguese: str) -> None:
    """Yesterday, today and tomorrow by name, this year without its number."""
    with time_machine.travel(NOW, tick=False):
        assert Formats("en", "UTC", "IE").moment(NOW - ago) == english
        assert Formats("pt-BR", "UTC", "BR").moment(NOW - ago) == portuguese


def test_yesterday_is_the_readers_own() -> None:
    """Midnight is where the reader is, not where the server is."""
    with time_machine.travel(NOW, tick=False):
        assert Formats("en", "Pacific/Auckland", "NZ").moment(NOW).startswith("Today")
        # 10:30 in Auckland on the 8th is the evening of the 7th in UTC, and yesterday for a reader there (now the 9th).
        at = datetime(2026, 12, 7, 21, 30, tzinfo=UTC)
        assert Formats("en", "Pacific/Auckland", "NZ").moment(at).startswith("Yesterday")
        assert Formats("en", "UTC", "IE").moment(at).startswith("Yesterday")
        assert Formats("en", "America/New_York", "US").moment(NOW - timedelta(hours=15)).startswith("Yesterday")


def test_a_time_tag_says_both() -> None:
    """Words for people, an exact moment for programs."""
    with time_machine.travel(NOW, tick=False):
        tag = Formats("en", "Europe/Dublin", "IE").time_tag(MONDAY)

    assert tag == '<time datetime="2026-12-07T16:50:00Z">Yesterday, 16:50</time>'


def test_the_locale_of_a_page() -> None:
    """Each country with an English of its own has it; the others share the British one."""
    assert [locale_of("en", country) for country in ("IE", "US", "AU", "FR", None)] == [
        "en_IE",
        "en_US",
        "en_AU",
        "en_GB",
        "en_GB",
    ]
    assert locale_of("pt-BR", "IE") == "pt_BR"
