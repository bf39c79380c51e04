"""What is said of a warranty, by how long it still lasts."""

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest

from revivatech.kit.clock import utcnow
from revivatech.repairs.device_kinds import kinds_of
from revivatech.repairs.devices.contracts import Device
from revivatech.repairs.devices.forms import Typed, fields_of, version_of, warranty_of

TODAY = date(2026, 11, 22)


def device(until: date | None) -> Device:
    """A device whose warranty ends that day."""
    now: datetime = utcnow()
    facts = {"serial_number": None, "imei": None, "purchase_date": None, "notes": None, "version": 1}
    own = {"id": uuid4(), "device_type": "laptop", "brand": "Dell", "model": "XPS", "is_active": True}
    return Device(warranty_expires=until, created_at=now, updated_at=now, **facts, **own)  # type: ignore[arg-type] # mixed


@pytest.mark.parametrize(
    ("left", "tone", "title", "text"),
    [
        (None, "neutral", "Warranty unknown", "Add the day"),
        (-1, "neutral", "Warranty over", "It ended on 21 Nov 2026."),
        (0, "warning", "Warranty ends today", "Today is its last day."),
        (1, "warning", "Warranty ends soon", "Until 23 Nov 2026: 1 more day."),
        (30, "warning", "Warranty ends soon", "30 more days"),
        (31, "success", "Under warranty", "31 more days"),
        (61, "success", "Under warranty", "2 more months"),
        (730, "success", "Under warranty", "23 more months"),
    ],
)
def test_a_warranty_is_said_in_words(left: int | None, tone: str, title: str, text: str) -> None:
    """The word says it without the colour; its last month is a warning."""
    until = None if left is None else TODAY + timedelta(days=left)

    warranty = warranty_of(device(until), "en", "en_IE", TODAY)

    assert (warranty.tone, warranty.title) == (tone, title)
    assert text in warranty.text


def test_a_kind_of_its_own_is_kept() -> None:
    """What an older system called a device can still be chosen, first."""
    assert kinds_of("en", "E-reader")[0] == ("E-reader", "E-reader")
    assert ("laptop", "Laptop") in kinds_of("en", "laptop")
    assert len(kinds_of("en", "laptop")) == len(kinds_of("en"))


@pytest.mark.parametrize("text", ["", "-1", "1e3", "٣", "99999999999", "x"])
def test_a_version_that_is_none_is_none(text: str) -> None:
    """It is nobody's version, so that nothing is overwritten by chance."""
    assert version_of(Typed({"version": text})) in {0, 2_147_483_647}


def test_an_empty_form_holds_an_empty_device() -> None:
    """What is missing is said by the check, not by a fault."""
    fields = fields_of(Typed({}), "en")

    assert (fields.brand, fields.purchase_date) == ("", None)
