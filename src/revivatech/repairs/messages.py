"""Messages to customers about their repairs, in their language."""

from revivatech.accounts.contracts import Customer
from revivatech.kit.i18n import translations
from revivatech.kit.text import one_line
from revivatech.notifications.contracts import Message
from revivatech.repairs import quoting
from revivatech.repairs.contracts import Status
from revivatech.repairs.queries.rows import DeskRow
from revivatech.repairs.reference_data import ReferenceData
from revivatech.web.formats import Formats

LONGEST_TITLE = 255


def received(row: DeskRow, customer: Customer) -> Message:
    """The device is with us."""
    _ = translations(customer.language).gettext
    return _message(
        "repair_received",
        _("We have received your %(device)s") % {"device": device(row)},
        _("The number of this repair is %(number)s. Follow it here at any time.") % {"number": row.repair_number},
        row,
    )


def moved(
    row: DeskRow, known: ReferenceData, customer: Customer, notes: str | None, *, is_estimate_new: bool
) -> Message:
    """Return the news of a status, stage or quote, with a new estimate and what the technician adds."""
    stage = known.stages[row.stage]
    title = f"{device(row)}: {stage.label(customer.language)}"
    parts = [stage.sentence(customer.language)]
    if row.status == Status.QUOTED and row.total_cost is not None:
        title += f", {_formats(customer, known).money(row.total_cost, row.currency)}"
        parts = [
            quoting.question(row.total_cost, row.currency, customer.language, known.country),
            quoting.how_to_answer(known.shop, customer.language),
        ]
    if is_estimate_new:
        parts.append(_estimate(row, known, customer))
    if notes:
        parts.append(notes)
    return _message("repair_status", title, "\n\n".join(parts), row)


def noted(row: DeskRow, customer: Customer, notes: str) -> Message:
    """A technician writes a note."""
    _ = translations(customer.language).gettext
    return _message("repair_note", _("News of your %(device)s") % {"device": device(row)}, notes, row)


def estimated(row: DeskRow, known: ReferenceData, customer: Customer) -> Message:
    """A new estimate, or that there is none any more."""
    _ = translations(customer.language).gettext
    title = _("New estimate for your %(device)s") % {"device": device(row)}
    return _message("repair_estimate", title, _estimate(row, known, customer), row)


def _estimate(row: DeskRow, known: ReferenceData, customer: Customer) -> str:
    _ = translations(customer.language).gettext
    if row.estimated_completion is None:
        return _("We cannot say yet when it will be ready and tell you as soon as we know.")
    moment = _formats(customer, known).datetime(row.estimated_completion)
    return _("We expect it to be ready by %(moment)s.") % {"moment": moment}


def _formats(customer: Customer, known: ReferenceData) -> Formats:
    return Formats(customer.language, customer.timezone, known.country)


def device(row: DeskRow) -> str:
    """Return what the device is called: brand and model, else its type."""
    return one_line(f"{row.device_brand} {row.device_model}") or row.device_type


def _message(kind: str, title: str, text: str, row: DeskRow) -> Message:
    return Message(
        type=kind,
        title=title[:LONGEST_TITLE],
        message=text,
        repair_id=row.id,
        repair_number=row.repair_number,
        url=f"/customer/repairs/{row.id}",
    )
