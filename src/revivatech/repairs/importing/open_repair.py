"""A row of the Open Repair Data Standard (v0.3, and v0.2.1, which lacks two columns) as a repair of ours.

The standard knows no customers: the group that held the event stands for one, an organisation.
"""

import hashlib
import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from revivatech.kit.dates import WhenError, parse_day
from revivatech.kit.ids import human_number
from revivatech.kit.text import one_line, unescape
from revivatech.repairs.importing.contracts import Problem, StagedRow, Surroundings
from revivatech.repairs.importing.fields import EARLIEST, Fields, readable, shortened
from revivatech.repairs.importing.reader import SourceRow
from revivatech.repairs.importing.wording import LICENCE, Wording

SOURCE = "open-repair"
# An address that no mail reaches: .example is kept free for ever.
DOMAIN = "open-repair.example"
# The first Repair Café opened in 2009; the standard's oldest sound records are of 2012.
FIRST_EVENT = date(2009, 10, 18)

OUTCOMES = {
    "fixed": ("completed", "collected"),
    "repairable": ("diagnosing", "diagnosing"),
    "end of life": ("cancelled", "cancelled"),
    "unknown": ("received", "received"),
}
# What partners write when nobody knew the brand.
NO_BRAND = frozenset({"", "-", "?", "n/a", "na", "n\\k", "nk", "none", "unknown", "onbekend", "unbekannt", "inconnu"})
# Words with one character between them, which a hyphen can stand for.
PLAIN_NAME = re.compile(r"[a-z0-9]+(?:[ !-/:-@\[-`{-~][a-z0-9]+)*")
NOON = time(12)
TOMORROW = timedelta(days=1)
# Of a host name between two dots; the part before the @ may have one more.
LONGEST_LABEL = 63


class OpenRepairMapping:
    """Reads rows against a shop's surroundings."""

    source = SOURCE

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._wording = Wording(around.language)
        # A day that has begun somewhere already.
        self._latest = (around.now + TOMORROW).date()

    def row(self, source: SourceRow) -> StagedRow | list[Problem]:
        """The row to stage, or everything that is wrong with it."""
        fields = Fields(source, "id")
        provider = _title(fields, "data_provider")
        group = _title(fields, "group_identifier")
        if not group:
            fields.refuse("group_identifier", "The group is the repair's customer: it must not be empty.")
        day = self._day(fields)
        outcome = one_line(fields.raw("repair_status")).casefold() or "unknown"
        if outcome not in OUTCOMES:
            fields.refuse("repair_status", "This is not one of Fixed, Repairable, End of life, Unknown.")
        if fields.problems or day is None:
            return fields.problems
        status, stage = OUTCOMES[outcome]
        # Of a day that is not over, or that has not come, no more is known than that the file has it by now.
        received = min(datetime.combine(day, NOON, UTC), self._around.now)
        email = group_email(provider, group)
        category = _title(fields, "partner_product_category")
        brand = _title(fields, "brand")
        barrier = _title(fields, "repair_barrier_if_end_of_life")
        return StagedRow(
            line=source.line,
            import_id=fields.id,
            digest=digest(source),
            repair_number=human_number("R"),
            customer_key=f"{SOURCE}:{email}",
            customer_email=email,
            first_name=shortened(group, 100),
            last_name="",
            is_organisation=True,
            phone=None,
            language=self._around.language,
            device_type=shortened(_title(fields, "product_category") or category or "Misc", 50),
            device_brand="" if brand.casefold() in NO_BRAND else shortened(brand, 100),
            device_model="",
            serial_number=None,
            imei=None,
            issue_description=readable(fields.raw("problem")) or self._wording.no_description,
            priority="normal",
            status=status,
            stage=stage,
            technician_id=None,
            received_at=received,
            estimated_completion=None,
            actual_completion=received if status == "completed" else None,
            repair_cost=None,
            parts_cost=None,
            labor_cost=None,
            total_cost=None,
            currency=self._around.currency,
            warranty_months=0,
            notes=self._wording.ending(barrier) if status == "cancelled" else None,
            internal_notes=self._where_from(fields, provider, category, day),
        )

    def _day(self, fields: Fields) -> date | None:
        """The day of the event. One that is only unlikely is kept, and said; one that never was is refused."""
        try:
            day = parse_day(fields.raw("event_date"))
        except WhenError as error:
            fields.refuse("event_date", str(error))
            return None
        if day < EARLIEST or day.year > self._latest.year + 1:
            fields.refuse("event_date", "No repair is of that year.")
            return None
        return day

    def _where_from(self, fields: Fields, provider: str, category: str, day: date) -> str:
        """Return what the portal has no field for, with the attribution that the licence asks for."""
        say = self._wording
        lines = [say.source.format(id=fields.id, provider=provider, country=_title(fields, "country") or "?")]
        if category and category != _title(fields, "product_category"):
            lines.append(say.category.format(category=shortened(category, 400)))
        if year := _title(fields, "year_of_manufacture"):
            lines.append(say.year.format(year=shortened(year, 40)))
        if age := _title(fields, "product_age"):
            lines.append(say.age.format(age=shortened(age, 40)))
        if not FIRST_EVENT <= day <= self._latest:
            lines.append(say.odd_date.format(date=day.isoformat()))
        lines.append(f"{LICENCE}, {provider}")
        return "\n".join(lines)


def digest(source: SourceRow) -> bytes:
    """Sixteen bytes that change when the source's row does, whatever the order of its columns."""
    text = "\x1f".join(f"{column}={value}" for column, value in sorted(source.values.items()) if value)
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


@lru_cache(1024)
def group_email(provider: str, group: str) -> str:
    """The address by which a group signs in, the same in every run: it is also how a group is known again.

    `penarth@repair-cafe-wales.open-repair.example`. Groups whose names differ are two accounts, as in "Cardiff Canton"
    and "Cardiff, Canton"; only case, accents and the kind of a single separator ("RE:MAKE", "re-make") tell none apart.
    """
    return f"{_slug(group)}@{DOMAIN}" if group == provider else f"{_slug(group)}@{_slug(provider)}.{DOMAIN}"


def _slug(name: str) -> str:
    """The name in the letters, digits and hyphens of a host name; where those hold too little, with a short hash."""
    letters = unicodedata.normalize("NFKD", name)
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter)).lower()
    slug = re.sub(r"[^a-z0-9]+", "-", bare).strip("-")
    if PLAIN_NAME.fullmatch(bare) and len(slug) <= LONGEST_LABEL:
        return slug
    sign = hashlib.blake2b(unicodedata.normalize("NFC", name).encode(), digest_size=4).hexdigest()
    return f"{slug[: LONGEST_LABEL - 9].strip('-') or 'group'}-{sign}"


def _title(fields: Fields, field: str) -> str:
    """A short field of the standard as one readable line."""
    return _readable_line(fields.raw(field))


# A file says the same few hundred groups, categories and brands over and over.
@lru_cache(4096)
def _readable_line(text: str) -> str:
    return one_line(unescape(text))
