"""The migration that empties serial numbers which are none, and parts the devices that they had made one (C08)."""

import psycopg
import pytest

from revivatech.db.migrate import migrations
from revivatech.repairs.device_numbers import NO_NUMBER
from support.people import People

(SQL,) = [one.sql for one in migrations() if one.name.endswith("placeholder_serials")]


def repaired(connection: psycopg.Connection) -> None:
    """Run the migration's statements."""
    with connection.transaction():
        connection.execute(SQL.encode())


def test_c08_placeholders_are_emptied_and_numbers_stay(database_url: str, people: People) -> None:
    """Every word that is none today is emptied; whatever holds a number keeps it."""
    emptied = [*NO_NUMBER, "N/A", "#N/A", "0000", "-", "?", "Não tem", "s/n", "xxx", "12345", "To be filled by O.E.M."]
    kept = ["PF-1234", "NA-5581", "000012", "12354", "серийный", "Ω-1"]
    with psycopg.connect(database_url, autocommit=True) as connection:
        for serial in (*emptied, *kept):
            connection.execute(
                "INSERT INTO customer_devices (customer_id, device_type, brand, model, serial_number, imei) "
                "VALUES (%s, 'Phone', 'Nokia', '3310', %s, repeat('0', 15))",
                [people.anna.id, serial],
            )
        repaired(connection)
        rows = connection.execute("SELECT serial_number, imei, version FROM customer_devices").fetchall()
        repaired(connection)
        again = connection.execute("SELECT serial_number, imei, version FROM customer_devices").fetchall()

    assert sorted(row[0] for row in rows if row[0]) == sorted(kept)
    assert {row[1:] for row in rows} == {(None, 2)}
    assert sorted(again, key=str) == sorted(rows, key=str), "a second run changes something"


@pytest.mark.parametrize(("serial", "linked"), [("N/A", [True, False]), ("PF-1234", [True, True])])
def test_c08_an_imported_repair_of_another_device_is_parted(
    database_url: str, people: People, serial: str, linked: list[bool]
) -> None:
    """The phone that a placeholder had made the laptop is of no device; by a real number both stay. No time moves."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        (device,) = connection.execute(
            "INSERT INTO customer_devices (customer_id, device_type, brand, model, serial_number) "
            "VALUES (%s, 'Laptop', 'Lenovo', 'T14', %s) RETURNING id",
            [people.anna.id, serial],
        ).fetchone() or [None]
        for number, kind in enumerate(("laptop", "Phone")):
            connection.execute(
                "INSERT INTO repairs (customer_id, device_id, repair_number, device_type, device_brand, device_model, "
                "issue_description, currency, import_source, import_id, updated_at) "
                "VALUES (%s, %s, %s, %s, 'Lenovo', 'T14', 'Dark.', 'EUR', 'portal', %s, '2026-01-01')",
                [people.anna.id, device, f"R-000000{number}", kind, str(number)],
            )
        repaired(connection)
        rows = connection.execute(
            "SELECT device_id IS NOT NULL, updated_at = '2026-01-01' FROM repairs ORDER BY import_id"
        ).fetchall()
        (trigger,) = connection.execute(
            "SELECT tgenabled FROM pg_trigger WHERE tgrelid = 'repairs'::regclass AND tgname = 'touch'"
        ).fetchone() or [None]

    assert rows == [(is_linked, True) for is_linked in linked]
    assert trigger == "O"
