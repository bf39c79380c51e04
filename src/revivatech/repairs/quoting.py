"""The price that a quote asks the customer to approve, and how they can answer.

Quotes cannot be approved online yet, so that each text names only the ways that this shop is known to have.
"""

from collections.abc import Sequence
from decimal import Decimal

from revivatech.kit.errors import FieldError, InvalidInput
from revivatech.kit.i18n import marked, translations
from revivatech.repairs import validation
from revivatech.repairs.contracts import Status, StatusChange
from revivatech.repairs.queries.rows import DeskRow
from revivatech.repairs.queries.writes import NewFacts
from revivatech.shop.contracts import ShopSettings
from revivatech.web.formats import Formats

NO_AMOUNT = marked("Enter the price that the customer is asked to approve.")
NO_PLACE = marked("A price can only be given together with a quote.")
TOO_LITTLE = marked("This is less than parts and work together.")
STILL_QUOTED = marked("The customer has been asked to approve a price: change it, but do not remove it.")


def costs(before: DeskRow, change: StatusChange) -> tuple[Decimal | None, Decimal | None]:
    """Return the flat price and the total after the change.

    The amount is the whole price: the part of it that is neither parts nor work becomes the flat price. Raises
    InvalidInput naming `amount` for a quote without a price, an amount without a quote, and one that is less than parts
    and work.
    """
    if change.amount is None:
        total = before.total_cost
        if change.status is Status.QUOTED and total is None:
            total = validation.total(before.repair_cost, before.parts_cost, before.labor_cost)
            if total is None:
                raise _refused("A quote needs a price.", NO_AMOUNT)
        return before.repair_cost, total
    if change.status is not Status.QUOTED:
        raise _refused("This change takes no price.", NO_PLACE)
    known = [cost for cost in (before.parts_cost, before.labor_cost) if cost is not None]
    rest = change.amount - sum(known, Decimal())
    if rest < 0:
        raise _refused("The price is too low.", TOO_LITTLE)
    return (rest or None) if known else change.amount, change.amount


def require_price(before: DeskRow, facts: NewFacts) -> None:
    """Raise InvalidInput naming `repairCost` where an edit removes the price of a quote."""
    if before.status == Status.QUOTED and before.total_cost is not None and facts.total_cost is None:
        raise InvalidInput("A quote needs a price.", errors=[FieldError("repairCost", STILL_QUOTED)])


def asked_price(before: DeskRow | None, after: DeskRow) -> Decimal | None:
    """Return the price that this change asks the customer to approve, None where it asks for no new one."""
    if after.status != Status.QUOTED:
        return None
    is_asked = before is not None and before.status == Status.QUOTED and before.total_cost == after.total_cost
    return None if is_asked else after.total_cost


def question(total: Decimal, currency: str, language: str, country: str | None) -> str:
    """Return the sentence that names the price and asks for a decision."""
    _ = translations(language).gettext
    amount = Formats(language, "UTC", country).money(total, currency)
    return _("Your quote is ready: %(amount)s. Shall we go ahead?") % {"amount": amount}


def how_to_answer(shop: ShopSettings, language: str) -> str:
    """Return the sentence that says how the customer can approve or reject a quote."""
    _ = translations(language).gettext
    ways: Sequence[tuple[bool, str]] = (
        (bool(shop.phone and shop.email), _("Please call us on %(phone)s or write to %(email)s to tell us yes or no.")),
        (bool(shop.phone), _("Please call us on %(phone)s to tell us yes or no.")),
        (bool(shop.email), _("Please write to %(email)s to tell us yes or no.")),
        (bool(shop.address), _("Please tell us yes or no at the shop: %(address)s.")),
        (True, _("Please tell us yes or no at the shop.")),
    )
    sentence = next(text for is_possible, text in ways if is_possible)
    return sentence % {"phone": shop.phone, "email": shop.email, "address": shop.address}


def _refused(detail: str, problem: str) -> InvalidInput:
    return InvalidInput(detail, errors=[FieldError("amount", problem)])
