"""Rows of the Open Repair Data Standard as repairs."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revivatech.repairs.importing.contracts import Problem, StagedRow, Surroundings
from revivatech.repairs.importing.fields import LONGEST_TEXT, readable
from revivatech.repairs.importing.open_repair import OpenRepairMapping, digest, group_email
from revivatech.repairs.importing.reader import SourceRow
from support.import_files import OPEN_REPAIR


def source(**changes: str) -> SourceRow:
    """A sound row with these differences."""
    return SourceRow(2, {**OPEN_REPAIR, **changes})


def mapped(around: Surroundings, **changes: str) -> StagedRow:
    """What becomes of a sound row with these differences."""
    row = OpenRepairMapping(around).row(source(**changes))
    assert isinstance(row, StagedRow), row
    return row


def refused(around: Surroundings, **changes: str) -> list[Problem]:
    """What is wrong with the row."""
    problems = OpenRepairMapping(around).row(source(**changes))
    assert isinstance(problems, list)
    return problems


def test_the_group_is_an_organisation_that_can_sign_in(around: Surroundings) -> None:
    """Every group is a customer with a name and a stable address."""
    row = mapped(around)

    assert (row.first_name, row.last_name, row.is_organisation) == ("Penarth", "", True)
    assert row.customer_email == "penarth@repair-cafe-wales.open-repair.example"


@pytest.mark.parametrize(
    ("provider", "group", "email"),
    [
        ("Repair Cafe Wales", "Newport RE:MAKE", "newport-re-make@repair-cafe-wales.open-repair.example"),
        ("Repair Connects", "Repair Café Gent", "repair-cafe-gent@repair-connects.open-repair.example"),
        ("Fixit Clinic", "Fixit Clinic", "fixit-clinic@open-repair.example"),
    ],
)
def test_addresses_are_readable(provider: str, group: str, email: str) -> None:
    """A name in Latin letters is its own address."""
    assert group_email(provider, group) == email


@given(st.text(min_size=1), st.text(min_size=1))
def test_every_group_has_an_address_that_the_database_takes(provider: str, group: str) -> None:
    """Whatever the name: ASCII, lower case, parts of a legal length, and the same every time."""
    email = group_email(provider, group)

    local, _, domain = email.partition("@")
    assert email.isascii()
    assert email == email.lower()
    assert 0 < len(local) <= 64
    assert all(0 < len(label) <= 63 for label in domain.split("."))
    assert email == group_email(provider, group)


@pytest.mark.parametrize(
    ("one", "other"),
    [("修理カフェ", "修理工房"), ("Cardiff Canton", "Cardiff, Canton"), ("Barry", "(Barry)"), ("Mol", "Moł")],
)
def test_names_that_differ_are_two_accounts(one: str, other: str) -> None:
    """What an address cannot spell is told apart by a hash of the whole name."""
    assert group_email("P", one) != group_email("P", other)


def test_case_and_accents_tell_no_groups_apart() -> None:
    """The same name, typed carelessly, is the same group."""
    assert group_email("P", "Repair Café Gent") == group_email("P", "repair cafe gent")


@pytest.mark.parametrize(
    ("outcome", "status", "stage"),
    [
        ("Fixed", "completed", "collected"),
        ("Repairable", "diagnosing", "diagnosing"),
        ("End of life", "cancelled", "cancelled"),
        ("Unknown", "received", "received"),
        ("", "received", "received"),
    ],
)
def test_outcomes_become_statuses(around: Surroundings, outcome: str, status: str, stage: str) -> None:
    """Each outcome of the standard has a place in ours; a fixed thing was collected on the day."""
    row = mapped(around, repair_status=outcome)

    assert (row.status, row.stage) == (status, stage)
    assert (row.actual_completion is not None) == (status == "completed")


def test_the_barrier_is_told_to_the_customer(around: Surroundings) -> None:
    """Why a repair ended is a note that the customer reads."""
    row = mapped(around, repair_status="End of life", repair_barrier_if_end_of_life="Item too worn out")

    assert row.notes == "This could not be repaired. It is too worn out."


def test_an_unknown_barrier_is_told_as_it_is(around: Surroundings) -> None:
    """A partner's own wording is not lost."""
    row = mapped(around, repair_status="End of life", repair_barrier_if_end_of_life="Owner gave up")

    assert row.notes == "This could not be repaired. Owner gave up."


def test_source_age_and_licence_are_kept_for_the_shop(around: Surroundings) -> None:
    """What has no field of its own is readable in the internal notes, with the attribution."""
    assert mapped(around).internal_notes == (
        "Source: group_1, Repair Cafe Wales, GBR.\n"
        "Category at the source: Electrical ~ Iron.\n"
        "Year of manufacture: 2013.\n"
        "Age: 10 years.\n"
        "Open Repair Data, CC BY-SA 4.0, Repair Cafe Wales"
    )


@pytest.mark.parametrize("brand", ["Unknown", "unknown", "Onbekend", "-", "N\\K", ""])
def test_a_brand_that_nobody_knew_is_empty(around: Surroundings, brand: str) -> None:
    """`Unknown` is no brand."""
    assert mapped(around, brand=brand).device_brand == ""


def test_the_partners_category_stands_in_for_a_missing_one(around: Surroundings) -> None:
    """A device is always called something."""
    assert mapped(around, product_category="").device_type == "Electrical ~ Iron"
    assert mapped(around, product_category="", partner_product_category="").device_type == "Misc"


def test_the_old_column_set_is_read(around: Surroundings) -> None:
    """v0.2.1 has no product_category_id and no product_age."""
    values = {name: text for name, text in OPEN_REPAIR.items() if name not in {"product_category_id", "product_age"}}

    row = OpenRepairMapping(around).row(SourceRow(2, values))

    assert isinstance(row, StagedRow)
    assert "Age" not in (row.internal_notes or "")


# ---------------------------------------------------------------- dates


def test_a_day_is_its_noon(around: Surroundings) -> None:
    """Noon in UTC is the same day in every zone that customers live in."""
    row = mapped(around)

    assert row.received_at == row.actual_completion == datetime(2023, 4, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("day", ["0000-00-00", "2023-02-30", "", "yesterday", "01/04/2023", "0001-01-01", "9999-12-31"])
def test_a_day_that_never_was_refuses_the_row(around: Surroundings, day: str) -> None:
    """Nothing is invented in its place."""
    [problem] = refused(around, event_date=day)

    assert (problem.line, problem.id, problem.field) == (2, "group_1", "event_date")


@pytest.mark.parametrize(("day", "stored"), [("1999-01-01", "1999-01-01"), ("2027-01-01", "2026-05-04")])
def test_an_unlikely_day_is_kept_and_said(around: Surroundings, day: str, stored: str) -> None:
    """Before the first Repair Café, or in the future: the source may still know why. No repair lies ahead of now."""
    row = mapped(around, event_date=day)

    assert row.received_at.date().isoformat() == stored
    assert row.received_at <= around.now
    assert f"The source gives {day} as the day of the repair, which is unlikely." in (row.internal_notes or "")


def test_everything_wrong_in_a_row_is_told_at_once(around: Surroundings) -> None:
    """Who mends the file need not import it once for each mistake."""
    problems = refused(around, id="", group_identifier=" ", event_date="x", repair_status="Lost")

    assert [problem.field for problem in problems] == ["id", "group_identifier", "event_date", "repair_status"]


# ---------------------------------------------------------------- texts


@pytest.mark.parametrize(
    ("text", "read_as"),
    [
        ("Bread &amp; butter &lt;b&gt;", "Bread & butter <b>"),
        ("twice &amp;amp; escaped", "twice & escaped"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("=HYPERLINK(1)", "=HYPERLINK(1)"),
        ("-buitenband vervangen\\r\\n-remmen", "-buitenband vervangen\n-remmen"),
        ("stops\\n\\nthen starts", "stops\n\nthen starts"),
        ("a\0b\x1bc\x85d", "abcd"),
        ("  修理 ремонт  ", "修理 ремонт"),
        ("on\\off button", "on\\off button"),
    ],
)
def test_dirt_becomes_readable_text(text: str, read_as: str) -> None:
    """Entities and written-out line ends are read, tags and formulas stay text, control characters go."""
    assert readable(text) == read_as


@given(st.text())
def test_any_text_becomes_one_that_postgresql_keeps(text: str) -> None:
    """No NUL, no surrogate, no escape sequence, not longer than the column."""
    result = readable(text)

    assert len(result) <= LONGEST_TEXT
    assert "\0" not in result
    assert "\x1b" not in result
    assert result == result.strip()
    result.encode()


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zs"], exclude_characters="&\\")))
def test_a_clean_text_keeps_every_word(text: str) -> None:
    """Text without dirt passes as it is, in its normal form."""
    assert readable(readable(text)) == readable(text)
    assert len(readable(text)) >= min(len(text.strip()) // 4, 1)


def test_a_text_too_long_is_cut_visibly(around: Surroundings) -> None:
    """3,000 characters are kept whole; beyond what the column holds, a sign says that there was more."""
    assert mapped(around, problem="x" * 3_040).issue_description == "x" * 3_040
    cut = mapped(around, problem="word " * 4_000).issue_description
    assert len(cut) <= LONGEST_TEXT
    assert cut.endswith(" […]")


@pytest.mark.parametrize("problem", ["", "   ", "\0"])
def test_a_missing_text_is_said(around: Surroundings, problem: str) -> None:
    """A customer reads a sentence, not a blank."""
    assert mapped(around, problem=problem).issue_description == "No description was recorded."


def test_the_digest_is_the_sources_own() -> None:
    """It changes with the row's text, and not with the order of columns or with empty new ones."""
    row = source()
    turned = SourceRow(9, dict(reversed(row.values.items())) | {"new_column": ""})

    assert digest(turned) == digest(row)
    assert digest(source(problem="other")) != digest(row)
