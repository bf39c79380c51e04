"""The words of an import: what is staged, what is refused, what comes of it."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import ClassVar, Literal
from uuid import UUID

from revivatech.kit.errors import Conflict, Refusal
from revivatech.kit.structs import Value

Format = Literal["open-repair", "portal"]


class UnreadableFile(Refusal):
    """The file as a whole cannot be read; the detail is one sentence for the operator."""

    code: ClassVar[str] = "unreadable_file"


class AnotherImport(Conflict):
    """Two imports at the same time would wait for each other row by row: they take turns."""

    code: ClassVar[str] = "import_running"


class Problem(Value):
    """A line that was not imported, and why. `id` is the source's own, as far as it could be read."""

    line: int
    id: str
    field: str
    reason: str


class Account(Value):
    """A customer of the file and how many of its rows are theirs."""

    name: str
    email: str | None
    repairs: int


class Summary(Value):
    """The result of an import. `committed` is false when bad rows made it leave everything as it was.

    The report also has lines that were imported and need a look: `hints` of them.
    Of the skipped lines `erased` tell of people who had themselves erased. `forgotten_marks` of erased people were made
    with a secret that is no longer given, so that nobody is known again by them.
    """

    imported: int
    updated: int
    unchanged: int
    skipped: int
    report_path: Path | None
    committed: bool
    largest: tuple[Account, ...] = ()
    erased: int = 0
    forgotten_marks: int = 0
    hints: int = 0


class StagedRow(Value):
    """One good row, ready for the repairs; its fields are the stage's columns, in their order."""

    line: int
    import_id: str
    digest: bytes
    repair_number: str
    customer_key: str
    customer_email: str | None
    first_name: str
    last_name: str
    is_organisation: bool
    phone: str | None
    language: str
    device_type: str
    device_brand: str
    device_model: str
    serial_number: str | None
    imei: str | None
    issue_description: str
    priority: str
    status: str
    stage: str
    technician_id: UUID | None
    received_at: datetime
    estimated_completion: datetime | None
    actual_completion: datetime | None
    repair_cost: Decimal | None
    parts_cost: Decimal | None
    labor_cost: Decimal | None
    total_cost: Decimal | None
    currency: str
    warranty_months: int
    notes: str | None
    internal_notes: str | None


class Surroundings(Value):
    """The context of a row: the shop's currency, language and zone, its stages, its people, the moment."""

    currency: str
    language: str
    timezone: str
    stages: dict[str, str]
    technicians: dict[str, UUID]
    now: datetime
