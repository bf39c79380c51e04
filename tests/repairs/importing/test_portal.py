"""Rows of the portal's own CSV as repairs."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from revivatech.kit.dates import parse_when
from revivatech.repairs.importing.contracts import Problem, StagedRow, Surroundings
from revivatech.repairs.importing.portal import PortalMapping
from revivatech.repairs.importing.reader import SourceRow
from revivatech.repairs.importing.timeline import TimelineError, settle
from support.import_files import PORTAL


def read(around: Surroundings, **changes: str) -> StagedRow | list[Problem]:
    """What becomes of a sound row with these differences."""
    return PortalMapping(around).row(SourceRow(2, {**PORTAL, **changes}))


def mapped(around: Surroundings, **changes: str) -> StagedRow:
    """As `read`, for a row that is good."""
    row = read(around, **changes)
    assert isinstance(row, StagedRow), row
    return row


def test_a_whole_row(around: Surroundings) -> None:
    """Every column finds its place."""
    row = mapped(around, technician_email="Tom@Shop.example", customer_language="pt-BR", warranty_months="12")

    assert row.customer_email == "grace@example.com"
    assert row.customer_key == "portal:grace@example.com"
    assert (row.first_name, row.last_name, row.phone) == ("Grace", "Hopper", "+351 210 000 000")
    assert (row.language, row.is_organisation) == ("pt-BR", False)
    assert (row.device_type, row.device_brand, row.device_model, row.serial_number) == (
        "Laptop",
        "Lenovo",
        "T14",
        "PF-1234",
    )
    assert row.technician_id == UUID(int=7)
    assert row.warranty_months == 12


def test_a_time_is_on_the_shops_clocks_and_a_day_is_stored_as_noon(around: Surroundings) -> None:
    """Lisbon's clocks are UTC's in winter and an hour ahead in summer."""
    assert mapped(around).received_at == datetime(2025, 3, 1, 9, 30, tzinfo=UTC)
    summer = mapped(around, received="2025-07-01 09:30", completed="2025-07-04")
    assert summer.received_at == datetime(2025, 7, 1, 8, 30, tzinfo=UTC)
    assert summer.actual_completion == datetime(2025, 7, 4, 11, tzinfo=UTC)
    assert mapped(around, received="2025-03-01T09:30:00+01:00").received_at == datetime(2025, 3, 1, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("received", "completed", "stored"),
    [
        ("2026-03-31 16:00", "2026-03-31", ("15:00", "15:00")),
        ("2026-03-31", "2026-03-31 09:30", ("08:30", "08:30")),
        ("2026-03-31", "2026-03-31", ("11:00", "11:00")),
        ("2026-03-31 08:15", "2026-03-31", ("07:15", "11:00")),
        ("2026-03-31 16:00", "2026-03-31 00:00:00", ("15:00", "15:00")),
        ("2026-03-31T00:00:00.000", "2026-03-31 09:30", ("08:30", "08:30")),
        # The hour in which clocks went back comes twice: read so that the story is in order.
        ("2025-10-26 01:45", "2025-10-26 01:15", ("00:45", "01:15")),
    ],
)
def test_c06_a_repair_of_one_day_is_never_completed_before_it_was_received(
    around: Surroundings, received: str, completed: str, stored: tuple[str, str]
) -> None:
    """A bare day means the day, not its noon: a time beside it decides."""
    row = mapped(around, received=received, completed=completed)

    assert row.actual_completion
    assert (f"{row.received_at:%H:%M}", f"{row.actual_completion:%H:%M}") == stored


@pytest.mark.parametrize("completed", ["", "2026-05-04", "2026-05-04 07:10"])
def test_c07_nothing_of_today_lies_ahead(around: Surroundings, completed: str) -> None:
    """At eight in the morning, noon is still to come."""
    now = datetime(2026, 5, 4, 7, tzinfo=UTC)
    early = structs.replace(around, now=now)
    row = mapped(early, received="2026-05-04", completed=completed, status="completed" if completed else "testing")

    assert row.received_at <= (row.actual_completion or now) <= now
    assert row.received_at.date() == now.date()


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("received", {"received": "2026-05-05", "completed": "2026-05-05"}),
        ("received", {"received": "2026-05-04 13:01", "completed": "2026-05-04"}),
        ("completed", {"completed": "2026-05-05"}),
        ("completed", {"received": "2026-04-30", "completed": "2026-04-29 23:59"}),
    ],
)
def test_c07_what_is_still_to_come_or_reversed_is_refused(
    around: Surroundings, field: str, change: dict[str, str]
) -> None:
    """The shop's clock says 13:00 on the fourth of May."""
    problems = read(around, **change)

    assert isinstance(problems, list)
    assert [problem.field for problem in problems] == [field]


@pytest.mark.parametrize(
    "cell", ["351912345678.0", '="351912345678"', "'351912345678", "3.51912345678E+11", "351912345678"]
)
def test_c15_a_phone_number_survives_a_spreadsheet(around: Surroundings, cell: str) -> None:
    """What a spreadsheet did to it is undone; where digits are lost, the row is refused by that column."""
    assert mapped(around, customer_phone=cell).phone == "351912345678"
    problems = read(around, customer_phone="3.51912E+11")
    assert isinstance(problems, list)
    assert [(problem.field, "spreadsheet" in problem.reason) for problem in problems] == [("customer_phone", True)]


MOMENTS = st.datetimes(datetime(2026, 4, 1), datetime(2026, 5, 6))  # noqa: DTZ001 - as a file has them
DAYS = MOMENTS.map(lambda at: f"{at:%Y-%m-%d}") | MOMENTS.map(lambda at: f"{at:%Y-%m-%d %H:%M}")


@given(DAYS, DAYS, MOMENTS.map(lambda at: at.replace(tzinfo=UTC)))
def test_c06_c07_a_timeline_is_in_order_and_within_its_dates(received: str, completed: str, now: datetime) -> None:
    """Whatever mixture of days and times: received, completed, now; or refused."""
    zone = ZoneInfo("America/Sao_Paulo")
    start, end = parse_when(received, zone), parse_when(completed, zone)
    try:
        began, done = settle(start, end, now)
    except TimelineError:
        assert start.first > now or end.first > now or end.last < start.first
        return
    assert done is not None
    assert start.first <= began <= start.last
    assert end.first <= done <= end.last
    assert began <= done <= now


def test_an_estimate_of_a_day_is_late_when_the_day_is_over(around: Surroundings) -> None:
    """Not at noon."""
    row = mapped(around, estimated="2026-06-30")

    assert row.estimated_completion == datetime(2026, 6, 30, 22, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("parts", "labor", "total", "stored"),
    [
        ("40", "", "129,90", ("89.90", "40.00", None, "129.90")),
        ("40", "60.50", "", (None, "40.00", "60.50", "100.50")),
        ("40", "60", "100", (None, "40.00", "60.00", "100.00")),
        ("", "", "", (None, None, None, None)),
        ("", "", "0", (None, None, None, "0.00")),
        ("129,9", ".5", "1.234,50", ("1104.10", "129.90", "0.50", "1234.50")),
    ],
)
def test_the_total_is_always_the_sum(
    around: Surroundings, parts: str, labor: str, total: str, stored: tuple[str | None, ...]
) -> None:
    """A missing total is reckoned, and what a given one holds beyond parts and labour is the repair's own price."""
    row = mapped(around, parts_cost=parts, labor_cost=labor, total_cost=total)

    expected = tuple(None if amount is None else Decimal(amount) for amount in stored)
    assert (row.repair_cost, row.parts_cost, row.labor_cost, row.total_cost) == expected


@pytest.mark.parametrize("text", ["12", "12.0", "12,00"])
def test_months_are_read_from_a_column_of_decimals(around: Surroundings, text: str) -> None:
    """Many programs write a column of whole numbers with gaps as decimals."""
    assert mapped(around, warranty_months=text).warranty_months == 12


def test_a_customer_without_address_is_known_by_name_and_phone(around: Surroundings) -> None:
    """The same person spelt the same way is one customer."""
    one = mapped(around, customer_email="", customer_phone="+351 210-000-000")
    other = mapped(around, customer_email="", customer_phone="351 210 000 000", customer_first_name="GRACE")

    assert one.customer_key == other.customer_key
    assert one.customer_email is None


def test_status_and_stage_tell_each_other(around: Surroundings) -> None:
    """Either alone is enough; together they must agree."""
    assert mapped(around, status="", stage="waiting_for_parts", completed="").status == "repairing"
    assert mapped(around, status="repairing", stage="", completed="").stage == "repairing"
    assert mapped(around, status="", stage="", completed="").status == "received"


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("customer_first_name", {"customer_first_name": " "}),
        ("customer_first_name", {"customer_first_name": "x" * 101}),
        ("customer_email", {"customer_email": "grace.example.com"}),
        ("customer_language", {"customer_language": "tlh"}),
        ("customer_organisation", {"customer_organisation": "perhaps"}),
        ("device_type", {"device_type": ""}),
        ("device_imei", {"device_imei": "1234"}),
        ("device_imei", {"device_imei": "see the box"}),
        ("device_imei", {"device_imei": "3.56938E+14"}),
        ("device_serial", {"device_serial": "3.5E+14"}),
        ("device_serial", {"device_serial": "x1" * 51}),
        ("issue", {"issue": ""}),
        ("issue", {"issue": "x" * 10_001}),
        ("status", {"status": "lost"}),
        ("stage", {"stage": "on_the_moon"}),
        ("stage", {"stage": "waiting_for_parts"}),
        ("priority", {"priority": "asap"}),
        ("technician_email", {"technician_email": "nobody@shop.example"}),
        ("received", {"received": "2025-02-30"}),
        ("received", {"received": ""}),
        ("received", {"received": "2031-01-01", "completed": "2031-01-02"}),
        ("received", {"received": "0001-01-01"}),
        ("completed", {"completed": ""}),
        ("completed", {"completed": "2025-02-01"}),
        ("completed", {"status": "testing"}),
        ("estimated", {"estimated": "2099-01-01"}),
        ("parts_cost", {"parts_cost": "-1"}),
        ("labor_cost", {"labor_cost": "NaN"}),
        ("total_cost", {"total_cost": "10"}),
        ("total_cost", {"total_cost": "1.999"}),
        *[("parts_cost", {"parts_cost": text}) for text in ("1.200", "1,000", "2.500", "10.000", "1e3", "1_000")],
        ("currency", {"currency": "E1"}),
        ("warranty_months", {"warranty_months": "121"}),
        ("warranty_months", {"warranty_months": "six"}),
        ("warranty_months", {"warranty_months": "12.5"}),
    ],
)
def test_a_wrong_field_is_named(around: Surroundings, field: str, change: dict[str, str]) -> None:
    """Each mistake is refused in its own column."""
    problems = read(around, **change)

    assert isinstance(problems, list)
    assert field in {problem.field for problem in problems}


def test_c08_c15_a_devices_numbers_are_read_as_everywhere(around: Surroundings) -> None:
    """A placeholder is none, and what a spreadsheet has guarded or made a float is the number again."""
    bare = mapped(around, device_serial="n/a", device_imei="000000000000000")
    row = mapped(around, device_serial='="0035"', device_imei="352099001761481.0")

    assert (bare.serial_number, bare.imei) == (None, None)
    assert (row.serial_number, row.imei) == ("0035", "352099001761481")


@pytest.mark.parametrize(
    ("imei", "serial", "kept", "hint"),
    [
        ("352099001761482", "PF-1", ("PF-1", "352099001761482", "Drawer 3"), "last digit"),
        (
            "352099001761481 / 490154203237518",
            "",
            (None, "352099001761481", "Drawer 3\nSecond IMEI: 490154203237518."),
            "two IMEIs",
        ),
        ("A0000012345678", "", ("A0000012345678", None, "Drawer 3"), "MEID; it was kept as the serial number"),
        (
            "35209900-176148-12",
            "PF-1",
            ("PF-1", None, "Drawer 3\nIn the IMEI column of the import: 3520990017614812."),
            "IMEISV (an IMEI with a software version); it was kept in the internal notes",
        ),
        ("35209900176148", "0", ("35209900176148", None, "Drawer 3"), "not an IMEI"),
    ],
)
def test_c14_c23_a_number_that_is_no_imei_is_kept_and_hinted_at(
    around: Surroundings, imei: str, serial: str, kept: tuple[str | None, ...], hint: str
) -> None:
    """The repair is imported, no digit is lost, and the report says where the number went."""
    hints: list[Problem] = []
    mapping = PortalMapping(around, hints.extend)
    row = mapping.row(
        SourceRow(2, {**PORTAL, "device_serial": serial, "device_imei": imei, "internal_notes": "Drawer 3"})
    )

    assert isinstance(row, StagedRow), row
    assert (row.serial_number, row.imei, row.internal_notes) == kept
    assert [(one.line, one.field) for one in hints] == [(2, "device_imei")]
    assert hint in hints[0].reason


def test_c23_a_number_is_not_lost_where_the_notes_are_full(around: Surroundings) -> None:
    """The note is cut visibly, the number is not."""
    row = mapped(around, device_imei="352099001761481 / 490154203237518", internal_notes="x" * 10_000)

    assert row.internal_notes is not None
    assert len(row.internal_notes) <= 10_000
    assert row.internal_notes.endswith("[…]\nSecond IMEI: 490154203237518.")


def test_a_refused_row_has_no_hints(around: Surroundings) -> None:
    """A hint says that a row was imported."""
    hints: list[Problem] = []
    row = PortalMapping(around, hints.extend).row(
        SourceRow(2, {**PORTAL, "device_imei": "352099001761482", "issue": ""})
    )

    assert isinstance(row, list)
    assert hints == []
