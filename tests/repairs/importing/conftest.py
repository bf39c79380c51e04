"""Files to import, made by the tests."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from revivatech.repairs.importing.contracts import Surroundings
from support.import_files import OPEN_REPAIR

CsvFile = Callable[..., Path]


@pytest.fixture
def csv_file(tmp_path: Path) -> CsvFile:
    """Writes rows, each given as what differs from a sound one, to a file whose path comes back."""

    def write(*changes: Mapping[str, str], like: Mapping[str, str] = OPEN_REPAIR, name: str = "repairs.csv") -> Path:
        columns = list(like)
        lines = [",".join(columns)]
        for change in changes:
            row = {**like, **change}
            lines.append(",".join('"' + row[column].replace('"', '""') + '"' for column in columns))
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return write


@pytest.fixture
def around() -> Surroundings:
    """A shop in Lisbon with one technician, in the spring of 2026."""
    return Surroundings(
        currency="EUR",
        language="en",
        timezone="Europe/Lisbon",
        stages={"received": "received", "repairing": "repairing", "waiting_for_parts": "repairing"},
        technicians={"tom@shop.example": UUID(int=7)},
        now=datetime(2026, 5, 4, 12, tzinfo=UTC),
    )
