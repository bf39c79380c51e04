"""What the desk's forms hold: read as meant, or refused by field."""

from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from revivatech.kit.errors import InvalidInput
from revivatech.repairs.contracts import Status
from revivatech.repairs.desk import forms
from revivatech.web.forms import TypedForm

ZONE = "America/Sao_Paulo"


def form(**fields: str) -> TypedForm:
    """A form of somebody in São Paulo who reads English."""
    return TypedForm(fields, "en", ZONE)


def wrong(refusal: InvalidInput) -> set[str]:
    """The fields that were refused."""
    return {error.field for error in refusal.errors}


def test_a_change_is_read_in_the_viewers_zone() -> None:
    """The time typed is São Paulo's; blank notes are none."""
    change = forms.status_change(
        form(
            to="repairing/waiting_for_parts",
            version="3",
            notes=" Soon. ",
            internal_notes=" ",
            estimate="2031-05-06T12:30",
        )
    )

    assert (change.status, change.stage, change.version) == (Status.REPAIRING, "waiting_for_parts", 3)
    assert (change.notes, change.internal_notes) == ("Soon.", None)
    assert change.estimated_completion == datetime(2031, 5, 6, 15, 30, tzinfo=UTC)


def test_an_estimate_that_was_left_alone_is_unset() -> None:
    """The field comes back as it was shown: nothing was said about it. Emptied, it is taken back."""
    shown = forms.local(datetime(2031, 5, 6, 15, 30, 12, tzinfo=UTC), ZONE)

    assert shown == "2031-05-06T12:30"
    same = forms.status_change(form(to="testing/testing", version="1", estimate=shown, estimate_was=shown))
    emptied = forms.status_change(form(to="testing/testing", version="1", estimate="", estimate_was=shown))
    assert same.estimated_completion is UNSET
    assert emptied.estimated_completion is None


def test_everything_wrong_is_said_at_once() -> None:
    """Each field has its own message."""
    with pytest.raises(InvalidInput) as refusal:
        forms.status_change(form(to="lost/lost", version="one", estimate="tomorrow", notes="x" * 10_001))

    assert wrong(refusal.value) == {"to", "version", "estimate", "notes"}


def test_line_ends_count_once() -> None:
    """A browser counts a line end as one character and sends two."""
    change = forms.status_change(form(to="testing/testing", version="1", notes="a\r\n" * 4_999 + "ab"))

    assert change.notes is not None


def test_an_edit_takes_a_decimal_comma() -> None:
    """Half of the world writes 49,90; an empty cost is none."""
    edit = forms.repair_edit(
        form(version="2", priority="high", issue_description="Dark.", parts_cost="49,90", warranty_months="12")
    )

    assert (edit.parts_cost, edit.labor_cost, edit.warranty_months) == (Decimal("49.90"), None, 12)


@pytest.mark.parametrize("text", ["-1", "1.234", "1,200", "2.350", "1e3", "1_000", "NaN", "12 €", "100000000"])
@pytest.mark.parametrize("field", ["repair_cost", "parts_cost", "labor_cost"])
def test_c01_what_is_no_money_or_unclear_is_refused(field: str, text: str) -> None:
    """Only amounts with one meaning that can be stored exactly, in each price field and at the intake."""
    with pytest.raises(InvalidInput) as refusal:
        forms.repair_edit(form(version="1", issue_description="x", warranty_months="6", **{field: text}))
    assert wrong(refusal.value) == {field}

    with pytest.raises(InvalidInput) as refusal:
        forms.new_repair(form(device_type="x", device_brand="x", issue_description="x", repair_cost=text))
    assert "repair_cost" in wrong(refusal.value)


def test_c01_an_unclear_amount_is_explained_in_the_readers_language() -> None:
    """The message says how to write it, with the reader's decimal sign."""
    portuguese = TypedForm({"version": "1", "warranty_months": "6", "repair_cost": "1.200"}, "pt-BR", ZONE)

    with pytest.raises(InvalidInput) as refusal:
        forms.repair_edit(portuguese)

    [message] = [error.message for error in refusal.value.errors if error.field == "repair_cost"]
    assert "1200,00 ou 1,20" in message


def test_an_intake_names_what_it_lacks() -> None:
    """Who, what and why are asked for; an address is checked."""
    with pytest.raises(InvalidInput) as refusal:
        forms.new_repair(form(customer_email="anna at home", priority="asap"))

    assert wrong(refusal.value) == {
        "device_type",
        "device_brand",
        "issue_description",
        "customer_first_name",
        "customer_email",
        "priority",
    }


def test_an_assignment_is_a_colleague_or_nobody() -> None:
    """An empty choice is nobody; what is no id is refused."""
    someone = UUID("01990000-0000-7000-8000-000000000000")

    assert forms.assignment(form(technician=str(someone), version="1")) == (someone, 1)
    assert forms.assignment(form(technician="", version="1")) == (None, 1)
    with pytest.raises(InvalidInput):
        forms.assignment(form(technician="tom", version="1"))


@given(
    st.dictionaries(st.sampled_from(["to", "version", "estimate", "technician", "priority", "repair_cost"]), st.text())
)
def test_r48_no_text_is_a_fault(fields: dict[str, str]) -> None:
    """Whatever is typed is read or refused."""
    for read in (forms.status_change, forms.assignment, forms.repair_edit, forms.new_repair):
        with suppress(InvalidInput):
            read(form(**fields))
