"""What the laws ask: how long records are kept without the person, and by when a request is answered."""

import calendar
from datetime import date, datetime, timedelta

from revivatech.kit.structs import Value
from revivatech.settings import Settings


class Law(Value, frozen=True):
    """What a country asks of a repair shop.

    Records of money are kept to the end of the year `invoice_years` after the one of the work; the warranty of a repair
    is its own number of months. The sources are named to the customer.

    Germany: invoices and what else was booked from (Buchungsbelege) eight years, § 147 (1) no. 4 with (3) AO, § 257 (1)
    no. 4 with (4) HGB, § 14b (1) UStG, from the end of the year, § 147 (4) AO. Until 2024 it was ten; the Fourth
    Bureaucracy Relief Act (BGBl. 2024 I no. 323) made it eight for whatever had not run out on 1 January 2025. Ten
    years are still for books, inventories and annual accounts, which the portal does not keep, and six for letters of
    business, which say nothing that the record of the repair does not.

    Brazil: until the tax claim is prescribed, CTN art. 195 sole paragraph, which is five years from the first day of
    the year after, art. 173 I, and five from its assessment, art. 174. Warranty: CDC art. 26, 27 and 50.
    """

    invoice_years: int
    invoice_source: str
    warranty_source: str


LAWS = {
    "DE": Law(8, "§ 147 AO, § 14b UStG", "§ 634a BGB"),
    "BR": Law(5, "CTN art. 173, 174, 195", "CDC art. 26, 27, 50"),
}
GRACE = timedelta(days=7)
EXPORT_LIFE = timedelta(days=7)
# LGPD 19 II; the GDPR's month (12 III) is never shorter, but the rule is written down and not assumed.
LGPD_ANSWER = timedelta(days=15)


def law_of(settings: Settings) -> Law:
    """The law that the shop lives under."""
    return LAWS[settings.jurisdiction]


def answer_by(asked_at: datetime) -> datetime:
    """By when a request must have been answered: the earlier of the GDPR's and the LGPD's date."""
    return min(_month_later(asked_at), asked_at + LGPD_ANSWER)


def _month_later(at: datetime) -> datetime:
    """The same day of the next month, or its last one (Regulation 1182/71, article 3)."""
    first = date(at.year + at.month // 12, at.month % 12 + 1, 1)
    last = calendar.monthrange(first.year, first.month)[1]
    return at.replace(year=first.year, month=first.month, day=min(at.day, last))
