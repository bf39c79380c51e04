"""Files into the database."""

import csv
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.rows import dict_row

from revivatech.accounts import service as accounts
from revivatech.db import Database, execute
from revivatech.kit.actor import CustomerActor, Role, StaffActor
from revivatech.realtime.contracts import CustomerChanged
from revivatech.repairs import service as repairs
from revivatech.repairs.contracts import Status, StatusChange
from revivatech.repairs.importing import UnreadableFile, import_repairs
from revivatech.repairs.importing.contracts import AnotherImport
from revivatech.repairs.importing.queries import stage
from support.import_files import OPEN_REPAIR, PORTAL
from support.people import People

pytestmark = pytest.mark.anyio

TABLES = ("customers", "repairs", "repair_status_history", "customer_devices")


class Shop:
    """The test's database, asked from outside the program."""

    def __init__(self, connection: psycopg.AsyncConnection[dict[str, Any]]) -> None:
        self._connection = connection

    async def rows(self, statement: Any, *parameters: object) -> list[dict[str, Any]]:
        """What the statement answers."""
        return await (await self._connection.execute(statement, parameters)).fetchall()

    async def row(self, statement: Any, *parameters: object) -> dict[str, Any]:
        """The one row that the statement answers."""
        [row] = await self.rows(statement, *parameters)
        return row

    async def counts(self) -> dict[str, int]:
        """How many rows the tables that an import fills have."""
        return {table: (await self.row(f"SELECT count(*) FROM {table}"))["count"] for table in TABLES}  # noqa: S608


@pytest.fixture
async def shop(database_url: str) -> AsyncIterator[Shop]:
    """The database as the tests look into it."""
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True, row_factory=dict_row) as connection:
        yield Shop(connection)


def reported(path: Path | None, kind: str = "error") -> list[list[str]]:
    """The lines of that kind of a report, without the kind."""
    assert path is not None
    with path.open(newline="", encoding="utf-8") as file:
        return [row[:-1] for row in csv.reader(file) if row[-1] == kind]


# ---------------------------------------------------------------- what is stored


async def test_a_repair_arrives_with_customer_and_history(db: Database, shop: Shop, csv_file: Any) -> None:
    """One row makes an organisation, a repair of its day, and the two entries that a file can tell."""
    summary = await import_repairs(db, csv_file({}))

    assert (summary.imported, summary.updated, summary.unchanged, summary.skipped) == (1, 0, 0, 0)
    assert summary.committed
    assert summary.report_path is None
    customer = await shop.row("SELECT * FROM customers")
    assert (customer["first_name"], customer["is_organisation"], customer["password_hash"]) == ("Penarth", True, None)
    repair = await shop.row("SELECT * FROM repairs")
    assert repair["customer_id"] == customer["id"]
    assert repair["issue_description"] == "Iron does not get hot"
    assert (repair["currency"], repair["version"]) == ("EUR", 1)
    assert repair["created_at"] == repair["updated_at"] == repair["actual_completion"]
    history = await shop.rows("SELECT * FROM repair_status_history ORDER BY created_at, id")
    assert [(entry["previous_status"], entry["status"], entry["stage"]) for entry in history] == [
        (None, "received", "received"),
        ("received", "completed", "collected"),
    ]
    assert {entry["changed_by_kind"] for entry in history} == {"system"}


async def test_nobody_is_told(db: Database, shop: Shop, csv_file: Any) -> None:
    """The past is no news: no event, no notification, no job."""
    await import_repairs(db, csv_file({}, {"id": "group_2", "repair_status": "Repairable"}))

    for table in ("customer_events", "customer_notifications", "procrastinate_jobs", "kept_mails"):
        assert await shop.rows(f"SELECT * FROM {table}") == []  # noqa: S608


async def test_cached_answers_of_the_customers_are_told_of_the_change(db: Database, csv_file: Any) -> None:
    """Who looks at the portal meanwhile sees the new repairs at the next request."""
    changed: list[UUID] = []

    async def remember(fact: CustomerChanged) -> None:
        changed.append(fact.customer_id)

    db.on_commit(CustomerChanged, remember)
    await import_repairs(db, csv_file({}, {"id": "group_2"}, {"id": "group_3", "group_identifier": "Ruthin"}))

    assert len(changed) == len(set(changed)) == 2


async def test_dirt_is_stored_as_text(db: Database, shop: Shop, csv_file: Any) -> None:
    """Tags, formulas, other scripts, control characters and long texts are kept readable."""
    texts = {
        "<script>alert(1)</script>": "<script>alert(1)</script>",
        "=cmd|' /C calc'!A0": "=cmd|' /C calc'!A0",
        "&lt;b&gt; &amp;eacute;": "<b> é",
        "nul\0byte": "nulbyte",
        "修理 ремонт إصلاح": "修理 ремонт إصلاح",
        "x" * 3_040: "x" * 3_040,
        "": "No description was recorded.",
    }
    await import_repairs(db, csv_file(*({"id": f"g_{n}", "problem": text} for n, text in enumerate(texts))))

    stored = {row["issue_description"] for row in await shop.rows("SELECT issue_description FROM repairs")}
    assert stored == set(texts.values())


async def test_the_portals_own_csv(db: Database, shop: Shop, people: People, csv_file: Any) -> None:
    """Costs, technician and device arrive, and a repair of a known address goes to the account that has it."""
    path = csv_file(
        {"customer_email": people.anna.email.upper(), "technician_email": people.tom.email},
        {"repair_id": "A-2", "status": "received", "completed": "", "technician_email": ""},
        like={**PORTAL, "technician_email": ""},
    )
    summary = await import_repairs(db, path)

    assert summary.imported == 2
    repair = await shop.row("SELECT * FROM repairs WHERE import_id = 'A-1'")
    assert (repair["customer_id"], repair["technician_id"]) == (people.anna.id, people.tom.id)
    assert [str(repair[f"{name}_cost"]) for name in ("repair", "parts", "total")] == ["89.90", "40.00", "129.90"]
    device = await shop.row("SELECT * FROM customer_devices WHERE id = %s", repair["device_id"])
    assert (device["customer_id"], device["serial_number"]) == (people.anna.id, "PF-1234")
    assert (await shop.row("SELECT first_name FROM customers WHERE id = %s", people.anna.id))["first_name"] == "Anna"
    other = await shop.row("SELECT * FROM repairs WHERE import_id = 'A-2'")
    assert other["status"] == "received"
    history = await shop.rows("SELECT * FROM repair_status_history WHERE repair_id = %s", other["id"])
    assert len(history) == 1


@pytest.mark.parametrize(("serial", "imei"), [("N/A", ""), ("00000", "0" * 15), ("não tem", "-")])
async def test_c08_two_repairs_share_no_device_by_a_placeholder(
    db: Database, shop: Shop, csv_file: Any, serial: str, imei: str
) -> None:
    """A laptop and a phone of one customer, both without a number, are of no device."""
    device = {"device_serial": serial, "device_imei": imei}
    path = csv_file(device, device | {"repair_id": "A-2", "device_type": "Phone"}, like={**PORTAL, "device_imei": ""})
    summary = await import_repairs(db, path)

    assert (summary.imported, summary.hints, summary.report_path) == (2, 0, None)
    assert [row["device_id"] for row in await shop.rows("SELECT device_id FROM repairs")] == [None, None]
    assert await shop.rows("SELECT * FROM customer_devices") == []


async def test_c14_c23_hints_are_reported_and_the_repairs_are_here(
    db: Database, shop: Shop, csv_file: Any, tmp_path: Path
) -> None:
    """Nothing is skipped; the report has a line for each number that somebody should look at."""
    path = csv_file(
        {"device_imei": "352099001761482"},
        {"repair_id": "A-2", "device_imei": "352099001761481 / 490154203237518"},
        {"repair_id": "A-3", "device_imei": "A0000012345678", "device_serial": ""},
        {"repair_id": "A-4", "device_imei": "352099001761481"},
        like={**PORTAL, "device_imei": ""},
    )
    summary = await import_repairs(db, path, report=tmp_path / "report.csv")

    assert (summary.committed, summary.imported, summary.skipped, summary.hints) == (True, 4, 0, 3)
    assert reported(summary.report_path) == []
    hints = reported(summary.report_path, "hint")
    assert [(row[1], row[2]) for row in hints] == [(f"A-{number}", "device_imei") for number in (1, 2, 3)]
    devices = await shop.rows("SELECT serial_number, imei FROM customer_devices ORDER BY serial_number, imei")
    assert [tuple(device.values()) for device in devices] == [
        ("A0000012345678", None),
        ("PF-1234", "352099001761481"),
        ("PF-1234", "352099001761482"),
    ]


async def test_one_device_comes_to_repair_twice(db: Database, shop: Shop, csv_file: Any) -> None:
    """A serial number is one device of its customer, in how many rows and runs it may stand."""
    await import_repairs(db, csv_file({}, {"repair_id": "A-2"}, like=PORTAL))
    await import_repairs(db, csv_file({"repair_id": "A-3"}, {"repair_id": "A-4", "device_serial": ""}, like=PORTAL))

    device = await shop.row("SELECT id FROM customer_devices")
    repairs = await shop.rows("SELECT import_id, device_id FROM repairs ORDER BY import_id")
    assert [row["device_id"] for row in repairs] == [device["id"]] * 3 + [None]


# ---------------------------------------------------------------- all or nothing


async def test_one_bad_row_leaves_everything_as_it_was(db: Database, shop: Shop, csv_file: Any, tmp_path: Path) -> None:
    """The report names every bad line, and nothing is imported."""
    report = tmp_path / "report.csv"
    path = csv_file({}, {"id": "bad_1", "event_date": "0000-00-00"}, {"id": "ok_2"}, {"id": "bad_2", "event_date": ""})
    summary = await import_repairs(db, path, report=report)

    assert (summary.committed, summary.imported, summary.skipped) == (False, 0, 2)
    assert set((await shop.counts()).values()) == {0}
    assert [line[:3] for line in reported(report)] == [["3", "bad_1", "event_date"], ["5", "bad_2", "event_date"]]


async def test_keep_going_brings_in_the_good_rows(
    db: Database, shop: Shop, csv_file: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bad ones are in a report beside, which has a name of its own when none was given."""
    monkeypatch.chdir(tmp_path)
    path = csv_file({}, {"id": "bad_1", "event_date": "0000-00-00"}, {"id": "ok_2"})
    summary = await import_repairs(db, path, keep_going=True)

    assert (summary.committed, summary.imported, summary.skipped) == (True, 2, 1)
    assert (await shop.counts())["repairs"] == 2
    assert summary.report_path == tmp_path / "repairs.import-report.csv"
    assert len(reported(summary.report_path)) == 1


async def test_an_id_that_comes_twice_in_a_file_is_a_bad_row(
    db: Database, shop: Shop, csv_file: Any, tmp_path: Path
) -> None:
    """The first one counts, the second one is reported with the first one's line."""
    path = csv_file({"problem": "first"}, {"id": "g_2"}, {"problem": "second"})
    summary = await import_repairs(db, path, keep_going=True, report=tmp_path / "report.csv")

    assert (summary.imported, summary.skipped) == (2, 1)
    assert reported(summary.report_path) == [["4", "group_1", "id", "Line 2 has the same id."]]
    kept = await shop.row("SELECT issue_description FROM repairs WHERE import_id = 'group_1'")
    assert kept["issue_description"] == "first"


async def test_bytes_that_are_no_utf8_skip_their_row(db: Database, csv_file: Any, tmp_path: Path) -> None:
    """The rows around it are imported."""
    path = csv_file({}, {"id": "g_2", "problem": "caf?"}, {"id": "g_3"})
    path.write_bytes(path.read_bytes().replace(b"caf?", b"caf\xe9"))
    summary = await import_repairs(db, path, keep_going=True, report=tmp_path / "report.csv")

    assert (summary.imported, summary.skipped) == (2, 1)
    assert reported(summary.report_path) == [
        ["3", "g_2", "problem", "The text is not UTF-8: save the file as CSV in UTF-8."]
    ]


async def test_a_file_that_is_no_import_changes_nothing(db: Database, shop: Shop, tmp_path: Path) -> None:
    """It is refused before the transaction."""
    path = tmp_path / "letter.txt"
    path.write_text("Dear shop,\nplease mend my phone.\n")

    with pytest.raises(UnreadableFile):
        await import_repairs(db, path)
    assert set((await shop.counts()).values()) == {0}


# ---------------------------------------------------------------- the second time


async def test_a_second_run_imports_nothing_twice(db: Database, shop: Shop, csv_file: Any) -> None:
    """What is here already, just so, is not touched."""
    path = csv_file({}, {"id": "g_2", "repair_status": "Unknown"})
    await import_repairs(db, path)
    before = await shop.rows("SELECT * FROM repairs ORDER BY id"), await shop.counts()
    summary = await import_repairs(db, path)

    assert (summary.imported, summary.updated, summary.unchanged, summary.skipped) == (0, 0, 2, 0)
    assert (await shop.rows("SELECT * FROM repairs ORDER BY id"), await shop.counts()) == before


async def test_a_changed_row_updates_its_repair(db: Database, shop: Shop, csv_file: Any) -> None:
    """The version goes up, the number stays, and a new status is an entry of the history."""
    await import_repairs(db, csv_file({"repair_status": "Repairable"}, {"id": "g_2"}))
    before = await shop.row("SELECT * FROM repairs WHERE import_id = 'group_1'")
    path = csv_file({"problem": "New words"}, {"id": "g_2"}, {"id": "g_3"})
    summary = await import_repairs(db, path)

    assert (summary.imported, summary.updated, summary.unchanged) == (1, 1, 1)
    after = await shop.row("SELECT * FROM repairs WHERE import_id = 'group_1'")
    assert (after["id"], after["repair_number"]) == (before["id"], before["repair_number"])
    assert (after["version"], after["status"], after["issue_description"]) == (2, "completed", "New words")
    history = await shop.rows(
        "SELECT status, previous_status FROM repair_status_history WHERE repair_id = %s ORDER BY created_at, id",
        after["id"],
    )
    assert [(entry["previous_status"], entry["status"]) for entry in history] == [
        (None, "received"),
        ("received", "diagnosing"),
        ("diagnosing", "completed"),
    ]


async def test_c07_a_repair_of_today_is_completed_in_order(
    db: Database, shop: Shop, people: People, csv_file: Any
) -> None:
    """In a shop where noon is still to come: nothing is received ahead of now, and no time is negative."""
    # It is between six and seven in the morning there, whenever the test runs.
    hours = (6 - datetime.now(UTC).hour + 12) % 24 - 12
    await shop.rows("UPDATE shop_settings SET timezone = %s RETURNING 1", f"Etc/GMT{-hours:+}")
    here = (datetime.now(UTC) + timedelta(hours=hours)).date().isoformat()
    await import_repairs(db, csv_file({"received": here, "status": "testing", "completed": ""}, like=PORTAL))
    repair = await shop.row("SELECT id, version, customer_id FROM repairs")

    mia = StaffActor(people.mia.id, uuid4(), Role.MANAGER)
    await repairs.change_status(db, mia, repair["id"], StatusChange(Status.COMPLETED, repair["version"]))

    after = await shop.row("SELECT created_at, actual_completion, now() FROM repairs")
    assert after["created_at"] <= after["actual_completion"] <= after["now"]
    history = await shop.rows("SELECT status FROM repair_status_history ORDER BY created_at, id")
    assert [entry["status"] for entry in history] == ["received", "testing", "completed"]
    async with db.read() as reader:
        figures = await repairs.stats(
            reader, CustomerActor(repair["customer_id"], uuid4()), await repairs.labels_in(db, "en")
        )
    assert figures.avg_completion_time is not None
    assert figures.avg_completion_time >= 0


async def test_corrected_dates_are_corrected_in_the_history(db: Database, shop: Shop, csv_file: Any) -> None:
    """What the source has wrong once does not stay; the two entries that it made follow it."""
    await import_repairs(db, csv_file({"received": "2025-06-01", "completed": "2025-06-03"}, like=PORTAL))
    await import_repairs(db, csv_file({"received": "2025-03-01", "completed": "2025-03-02"}, like=PORTAL))

    repair = await shop.row("SELECT created_at, actual_completion FROM repairs")
    history = await shop.rows("SELECT status, created_at FROM repair_status_history ORDER BY created_at, id")
    assert [(entry["status"], entry["created_at"]) for entry in history] == [
        ("received", repair["created_at"]),
        ("completed", repair["actual_completion"]),
    ]
    assert repair["created_at"] == datetime(2025, 3, 1, 12, tzinfo=UTC)


async def test_a_completion_that_the_source_tells_later_is_in_the_history_on_its_day(
    db: Database, shop: Shop, csv_file: Any
) -> None:
    """And after everything that came before it, also where the intake was corrected too."""
    await import_repairs(db, csv_file({"received": "2025-03-01", "status": "testing", "completed": ""}, like=PORTAL))
    await import_repairs(db, csv_file({"received": "2025-02-01", "completed": "2025-03-04"}, like=PORTAL))

    repair = await shop.row("SELECT created_at, actual_completion FROM repairs")
    history = await shop.rows("SELECT status, created_at FROM repair_status_history ORDER BY created_at, id")
    assert [entry["status"] for entry in history] == ["received", "testing", "completed"]
    assert (history[0]["created_at"], history[-1]["created_at"]) == tuple(repair.values())


async def test_work_done_here_outlives_the_source(db: Database, shop: Shop, people: People, csv_file: Any) -> None:
    """A repair on which somebody worked keeps its status; only the source's description of it is renewed."""
    await import_repairs(db, csv_file({"repair_status": "Repairable"}))
    repair = await shop.row("UPDATE repairs SET status = 'repairing', stage = 'repairing' RETURNING id, customer_id")
    await shop.row(
        """
        INSERT INTO repair_status_history (repair_id, customer_id, status, previous_status, stage, changed_by_kind,
          changed_by_user) VALUES (%s, %s, 'repairing', 'diagnosing', 'repairing', 'staff', %s) RETURNING id
        """,
        repair["id"],
        repair["customer_id"],
        people.tom.id,
    )
    summary = await import_repairs(db, csv_file({"problem": "New words", "repair_status": "End of life"}))

    assert summary.updated == 1
    after = await shop.row("SELECT status, issue_description, notes FROM repairs")
    assert after == {"status": "repairing", "issue_description": "New words", "notes": None}


async def test_an_import_hands_nobodys_repair_to_somebody_else(db: Database, csv_file: Any, tmp_path: Path) -> None:
    """A row whose customer has changed is reported instead."""
    await import_repairs(db, csv_file({}))
    summary = await import_repairs(
        db, csv_file({"group_identifier": "Ruthin"}), keep_going=True, report=tmp_path / "report.csv"
    )

    assert (summary.updated, summary.skipped) == (0, 1)
    [[line, source_id, field, reason]] = reported(summary.report_path)
    assert (line, source_id, field) == ("2", "group_1", "customer")
    assert "belongs to another customer" in reason


ANNA = {
    "customer_first_name": "Anna",
    "customer_last_name": "Lind",
    "customer_email": "",
    "customer_phone": "111 222 333",
}


@pytest.mark.parametrize(
    "more",
    [
        {"customer_email": "anna@a.example"},
        {"customer_last_name": "Lindh"},
        {"customer_phone": "444 555 666"},
        {"customer_email": "anna@a.example", "customer_phone": "444 555 666"},
    ],
    ids=["an address", "another name", "another number", "an address and another number"],
)
async def test_c27_a_customer_who_is_described_anew_stays_one(
    db: Database, shop: Shop, csv_file: Any, more: dict[str, str]
) -> None:
    """Known from an import alone, they take what the next one says; the repair stays theirs and is updated."""
    await import_repairs(db, csv_file(ANNA | {"repair_id": "X"}, ANNA | {"repair_id": "Y"}, like=PORTAL))
    before = await shop.row("SELECT id FROM customers")

    changed = ANNA | more
    summary = await import_repairs(
        db, csv_file(changed | {"repair_id": "X"}, changed | {"repair_id": "Y"}, like=PORTAL)
    )

    assert (summary.updated, summary.skipped, summary.committed) == (2, 0, True)
    after = await shop.row("SELECT id, email, last_name, phone FROM customers")
    assert after["id"] == before["id"]
    assert (after["email"] or "", after["last_name"], after["phone"]) == (
        changed["customer_email"],
        changed["customer_last_name"],
        changed["customer_phone"],
    )


@pytest.mark.parametrize(
    "more",
    [
        {"customer_first_name": "Bob", "customer_last_name": "Hill", "customer_phone": "444 555 666"},
        {"customer_email": "somebody@else.example"},
    ],
    ids=["somebody else", "an address that is somebody else's"],
)
async def test_c27_a_row_of_somebody_else_is_set_aside_alone(
    db: Database, shop: Shop, csv_file: Any, tmp_path: Path, more: dict[str, str]
) -> None:
    """Nobody's repair is handed on, and the rest goes in, without --keep-going too."""
    other = ANNA | {"customer_first_name": "Eve", "customer_email": "somebody@else.example", "repair_id": "Z"}
    await import_repairs(db, csv_file(ANNA | {"repair_id": "X"}, other, like=PORTAL))
    owner = await shop.row("SELECT customer_id FROM repairs WHERE import_id = 'X'")

    summary = await import_repairs(
        db,
        csv_file(ANNA | more | {"repair_id": "X"}, ANNA | {"repair_id": "New"}, like=PORTAL),
        report=tmp_path / "report.csv",
    )

    assert (summary.committed, summary.imported, summary.updated, summary.skipped) == (True, 1, 0, 1)
    assert "belongs to another customer" in reported(summary.report_path)[0][3]
    assert await shop.row("SELECT customer_id FROM repairs WHERE import_id = 'X'") == owner
    assert (await shop.row("SELECT email FROM customers WHERE first_name = 'Anna'"))["email"] is None


async def test_c27_an_account_is_its_owners(db: Database, shop: Shop, csv_file: Any, tmp_path: Path) -> None:
    """Whoever has chosen a password keeps their name and number, whatever a file says."""
    await import_repairs(db, csv_file(ANNA | {"repair_id": "X"}, like=PORTAL))
    await shop.row("UPDATE customers SET password_hash = 'x' RETURNING id")

    summary = await import_repairs(
        db, csv_file(ANNA | {"customer_last_name": "Lindh", "repair_id": "X"}, like=PORTAL), report=tmp_path / "r.csv"
    )

    assert (summary.committed, summary.updated, summary.skipped) == (True, 0, 1)
    assert (await shop.row("SELECT last_name FROM customers WHERE first_name = 'Anna'"))["last_name"] == "Lind"


async def test_two_formats_do_not_meet(db: Database, csv_file: Any) -> None:
    """The same id from two sources is two repairs."""
    await import_repairs(db, csv_file({"id": "X"}))
    summary = await import_repairs(db, csv_file({"repair_id": "X"}, like=PORTAL))

    assert summary.imported == 1


async def test_two_imports_take_turns(db: Database, csv_file: Any) -> None:
    """The second one is told so at once instead of waiting row by row."""
    async with db.transaction() as tx:
        assert await stage.claim(tx)
        with pytest.raises(AnotherImport):
            await import_repairs(db, csv_file({}))


async def test_a_taken_number_is_drawn_again(
    db: Database, shop: Shop, csv_file: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Numbers that are somebody's already, or come twice in one file, are replaced before anything is stored."""
    numbers = iter(["R-0000001", "R-0000001", "R-0000001", "R-0000002", "R-0000003", "R-0000004"])
    for module in ("open_repair", "load"):
        monkeypatch.setattr(f"revivatech.repairs.importing.{module}.human_number", lambda _: next(numbers))
    await import_repairs(db, csv_file({}))
    await import_repairs(db, csv_file({"id": "g_2"}, {"id": "g_3"}))

    stored = await shop.rows("SELECT repair_number FROM repairs ORDER BY repair_number")
    assert [row["repair_number"] for row in stored] == ["R-0000001", "R-0000002", "R-0000003"]


async def test_the_largest_accounts_are_named(db: Database, csv_file: Any) -> None:
    """Who tries the portal with real records learns whom to sign in as."""
    path = csv_file(*({"id": f"g_{n}", "group_identifier": "Ruthin" if n else "Barry"} for n in range(3)))
    summary = await import_repairs(db, path)

    assert [(account.name, account.repairs) for account in summary.largest] == [("Ruthin", 2), ("Barry", 1)]
    assert summary.largest[0].email == "ruthin@repair-cafe-wales.open-repair.example"


async def test_a_url_is_enough(database_url: str, csv_file: Any) -> None:
    """The command line has no open database of its own."""
    assert (await import_repairs(database_url, csv_file(OPEN_REPAIR))).imported == 1


async def test_the_documented_sample_is_imported_whole(db: Database, shop: Shop) -> None:
    """What the documentation shows works."""
    summary = await import_repairs(db, Path(__file__).parents[3] / "docs" / "importing-sample.csv")

    assert (summary.imported, summary.skipped) == (4, 0)
    assert await shop.counts() == {
        "customers": 3,
        "repairs": 4,
        "repair_status_history": 8,
        "customer_devices": 2,
    }


# ---------------------------------------------------------------- who had themselves erased


OLD, NEW = "an old secret of thirty-two characters", "a new secret of thirty-two characters"


async def erase(db: Database, shop: Shop, email: str, secret: str = OLD) -> None:
    """The customer of that address is erased, and known again by marks that were made with that secret."""
    customer = await shop.row("SELECT id FROM customers WHERE email = %s", email)
    async with db.transaction() as tx:
        await accounts.remember_erased(tx, (secret,), customer["id"], datetime.now(UTC))
        await execute(tx, "DELETE FROM repair_status_history")
        await execute(tx, "DELETE FROM repairs")
        await execute(tx, "DELETE FROM customer_devices")
        await execute(tx, "DELETE FROM customers WHERE id = %s", [customer["id"]])


async def test_r127_an_import_does_not_bring_an_erased_customer_back(
    db: Database, shop: Shop, csv_file: Any, tmp_path: Path
) -> None:
    """Known again by address or by name and number, also after the secret was replaced; the others come in."""
    await import_repairs(db, csv_file({}, like=PORTAL))
    await erase(db, shop, "grace@example.com")
    path = csv_file(
        {},
        {"repair_id": "A-2", "customer_email": "", "customer_phone": "210 000 000"},
        {"repair_id": "A-3", "customer_email": "ada@example.com", "customer_first_name": "Ada"},
        like=PORTAL,
    )

    summary = await import_repairs(db, path, report=tmp_path / "report.csv", secrets=(NEW, OLD))

    assert (summary.committed, summary.imported, summary.skipped, summary.erased) == (True, 1, 2, 2)
    assert [row["email"] for row in await shop.rows("SELECT email FROM customers")] == ["ada@example.com"]
    lines = reported(summary.report_path)
    assert {(line, field) for line, _, field, _ in lines} == {("2", "customer"), ("3", "customer")}
    assert all("erased" in reason and "grace" not in reason.casefold() for *_, reason in lines)
    assert [account.email for account in summary.largest] == ["ada@example.com"]


async def test_r127_what_comes_after_an_erasure_is_new(db: Database, shop: Shop, csv_file: Any, tmp_path: Path) -> None:
    """Work of after the erasure makes a customer; the old work stays away from them, registered anew or not."""
    await import_repairs(db, csv_file({}, like=PORTAL))
    await erase(db, shop, "grace@example.com")
    await shop.rows("UPDATE erased_marks SET erased_at = '2025-06-01' RETURNING mark")
    await shop.rows("INSERT INTO customers (email, first_name) VALUES ('grace@example.com', 'Grace') RETURNING id")
    later = {"repair_id": "A-2", "received": "2025-07-01", "completed": "2025-07-02"}

    path = csv_file({}, later, like=PORTAL)
    summary = await import_repairs(db, path, report=tmp_path / "report.csv", secrets=(OLD,))

    assert (summary.imported, summary.erased) == (1, 1)
    assert [row["import_id"] for row in await shop.rows("SELECT import_id FROM repairs")] == ["A-2"]
    assert len(await shop.rows("SELECT id FROM customers")) == 1


async def test_r127_marks_tell_nothing_without_their_secret(db: Database, shop: Shop, csv_file: Any) -> None:
    """No address is in the database; a secret that is gone is said, and an import without any is refused."""
    await import_repairs(db, csv_file({}, like=PORTAL))
    await erase(db, shop, "grace@example.com")

    with pytest.raises(ValueError, match="no secret"):
        await import_repairs(db, csv_file({}, like=PORTAL))
    assert (await shop.counts())["repairs"] == 0
    summary = await import_repairs(db, csv_file({}, like=PORTAL), secrets=(NEW,))

    assert (summary.imported, summary.erased, summary.forgotten_marks) == (1, 0, 3)
    marks = await shop.rows("SELECT mark FROM erased_marks")
    assert not any(b"grace" in row["mark"] for row in marks)
