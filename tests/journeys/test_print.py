"""A repair printed on paper, by its customer and at the desk."""

import pytest

from support.desk import Desk
from support.people import People
from support.printing import TextBox, height_used, overlaps, text_boxes
from support.visiting import Visit, Visitor

pytestmark = pytest.mark.anyio

NOTE = "We have replaced the display and the seal, and are now checking that no moisture gets in. " * 2
# Points: A4 without its margins of 16 mm.
A4_HEIGHT = 842 - 90


async def test_c02_nothing_is_printed_over_anything_else(visit: Visit, people: People, desk: Desk) -> None:
    """Seven entries with notes, both sides, both languages, two papers: no two texts overlap, an A4 page is filled."""
    repair = (
        await desk.take_in(people.anna, issueDescription=NOTE, deviceModel="Fairphone 5 with a very long name " * 2)
    )["repair"]["id"]
    for status in ("diagnosing", "repairing", "testing", "repairing", "testing", "completed"):
        await desk.move(repair, status, notes=NOTE)
    customer, staff = await visit(), await visit()
    await customer.sign_in(people.anna)
    await staff.sign_in(people.mia)

    for visitor, path in ((customer, f"/customer/repairs/{repair}"), (staff, f"/staff/repairs/{repair}")):
        await visitor.open(path)
        assert overlaps(await printed(visitor, "A5")) == []
        check_a4(await printed(visitor, "A4"))
    await customer.page.locator(".topbar .menu > summary").click()
    await customer.page.get_by_role("button", name="Português").click()
    await customer.page.wait_for_selector("html[lang=pt-BR]")
    check_a4(await printed(customer, "A4"))


async def printed(visitor: Visitor, paper: str) -> list[TextBox]:
    """Return the text of the open page, printed on that paper."""
    return text_boxes(await visitor.page.pdf(format=paper))


def check_a4(boxes: list[TextBox]) -> None:
    """No text is over another, and every page but the last is filled."""
    pages = max(box.page for box in boxes) + 1

    assert overlaps(boxes) == []
    assert pages > 1, "the test needs more than a page"
    for page in range(pages - 1):
        assert height_used(boxes, page) > 0.7 * A4_HEIGHT, f"page {page + 1} of {pages} is half empty"
