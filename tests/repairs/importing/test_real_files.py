"""The Open Repair Alliance's own files, where they lie beside the repository."""

import csv
import os
import time
from collections import Counter
from pathlib import Path

import psycopg
import pytest

from revivatech.db import Database, fetch_value
from revivatech.repairs.importing import import_repairs
from support.import_files import real_file

pytestmark = pytest.mark.anyio

WALES = "OpenRepairData_v0.3_RepairCafeWales_202507.csv"
FILES = [WALES, "OpenRepairData_v0.3_RepairConnects_202507.csv", "OpenRepairData_v0.3_FixitClinic_202507.csv"]


def told(path: Path) -> tuple[int, Counter[str], Counter[str]]:
    """How many rows the file has, of which groups and with which outcomes."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return len(rows), Counter(r["group_identifier"] for r in rows), Counter(r["repair_status"] for r in rows)


def processor_seconds(pid: int) -> float:
    """What that process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.parametrize("name", FILES)
async def test_every_row_is_accounted_for(database_url: str, name: str) -> None:
    """Each row is a repair of its group, with its outcome; a second run finds nothing to do.

    The largest file takes less than 20 seconds of the client's and the server's processor. It is not the clock that is
    asked: other work on the machine would answer too.
    """
    path = real_file(name)
    rows, groups, outcomes = told(path)

    async with Database(database_url, most=1) as db:
        async with db.read() as reader:
            backend = await fetch_value(reader, "SELECT pg_backend_pid()")
        before = time.process_time() + processor_seconds(backend)
        first = await import_repairs(db, path)
        spent = time.process_time() + processor_seconds(backend) - before
        second = await import_repairs(db, path)

    assert spent < 20

    assert (first.imported, first.skipped) == (rows, 0)
    assert (second.unchanged, second.imported, second.updated) == (rows, 0, 0)
    with psycopg.connect(database_url) as connection:
        stored = connection.execute(
            "SELECT c.first_name, count(*) FROM repairs r JOIN customers c ON c.id = r.customer_id GROUP BY c.id"
        ).fetchall()
        assert dict(stored) == dict(groups)
        states: dict[str, int] = dict(
            connection.execute("SELECT status, count(*) FROM repairs GROUP BY status").fetchall()
        )
        assert states == {
            status: outcomes[outcome]
            for outcome, status in {
                "Fixed": "completed",
                "Repairable": "diagnosing",
                "End of life": "cancelled",
                "Unknown": "received",
            }.items()
            if outcomes[outcome]
        }
        [(entries, ordered)] = connection.execute(
            """
            SELECT count(*), bool_and(status = 'received' OR first_status = 'received') FROM (
              SELECT status, first_value(status) OVER (PARTITION BY repair_id ORDER BY created_at, id) AS first_status
              FROM repair_status_history
            ) h
            """
        ).fetchall()
        assert entries == 2 * rows - outcomes["Unknown"]
        assert ordered
