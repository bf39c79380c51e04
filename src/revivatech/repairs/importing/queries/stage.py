"""The stage: where the rows of a file stand while they are looked at. It is gone with the transaction."""

from collections.abc import Iterable, Sequence

from msgspec import structs

from revivatech.accounts.contracts import Claim
from revivatech.db import Transaction, execute, fetch_all, fetch_value, fetch_values
from revivatech.repairs.importing.contracts import Problem, StagedRow

# Any constant of our own: imports take turns on it.
LOCK = 7_346_216_002
# Of the columns, for COPY's binary format.
STAGE_TYPES = (
    *("int8", "text", "bytea", "text"),
    *("text", "text", "text", "text", "bool", "text", "text"),
    *("text", "text", "text", "text", "text"),
    *("text", "text", "text", "text", "uuid"),
    *("timestamptz", "timestamptz", "timestamptz"),
    *("numeric", "numeric", "numeric", "numeric", "text", "int4", "text", "text"),
)


async def claim(tx: Transaction) -> bool:
    """Return whether no other import runs; until the commit none will."""
    return bool(await fetch_value(tx, "SELECT pg_try_advisory_xact_lock(%s)", [LOCK]))


async def make(tx: Transaction) -> None:
    """The temporary tables, gone with the transaction. Their columns are the fields of StagedRow and StagedCustomer."""
    await execute(
        tx,
        """
        CREATE TEMPORARY TABLE import_rows (
          line bigint, import_id text, digest bytea, repair_number text,
          customer_key text, customer_email text, first_name text, last_name text, is_organisation boolean,
          phone text, language text,
          device_type text, device_brand text, device_model text, serial_number text, imei text,
          issue_description text, priority text, status text, stage text, technician_id uuid,
          received_at timestamptz, estimated_completion timestamptz, actual_completion timestamptz,
          repair_cost numeric(10, 2), parts_cost numeric(10, 2), labor_cost numeric(10, 2),
          total_cost numeric(10, 2), currency text, warranty_months int4, notes text, internal_notes text
        ) ON COMMIT DROP
        """,
    )
    await execute(
        tx,
        """
        CREATE TEMPORARY TABLE import_customers (
          nth int4, key text, email text, first_name text, last_name text, is_organisation boolean, phone text,
          language text, since timestamptz, id uuid
        ) ON COMMIT DROP
        """,
    )


async def fill(tx: Transaction, rows: Iterable[StagedRow]) -> None:
    """Stream the rows into the stage, as fast as they come, and learn its statistics."""
    async with tx.connection.cursor() as cursor:
        async with cursor.copy("COPY import_rows FROM STDIN (FORMAT binary)") as copy:
            copy.set_types(STAGE_TYPES)
            for row in rows:
                await copy.write_row(structs.astuple(row))
        await cursor.execute("ANALYZE import_rows")


async def drop_unchanged(tx: Transaction, source: str) -> int:
    """Return how many rows of the stage are here already, just so; they leave it."""
    return await execute(
        tx,
        """
        DELETE FROM import_rows s USING repairs r
        WHERE r.import_source = %s AND r.import_id = s.import_id AND r.import_digest = s.digest
        """,
        [source],
    )


async def drop_doubles(tx: Transaction) -> list[Problem]:
    """Rows whose id came before in the same file; they leave the stage."""
    return await fetch_all(
        tx,
        Problem,
        """
        DELETE FROM import_rows s USING (
          SELECT line, first_value(line) OVER (PARTITION BY import_id ORDER BY line) AS first_line FROM import_rows
        ) d
        WHERE s.line = d.line AND d.first_line < s.line
        RETURNING s.line, s.import_id AS id, 'id' AS field,
          'Line ' || d.first_line || ' has the same id.' AS reason
        """,
    )


async def claims(tx: Transaction, source: str) -> list[Claim]:
    """Return under which keys and addresses the file has the repairs that are here, with whose they are here."""
    return await fetch_all(
        tx,
        Claim,
        """
        SELECT DISTINCT r.customer_id, s.customer_key AS key, s.customer_email AS email
        FROM import_rows s JOIN repairs r ON r.import_source = %s AND r.import_id = s.import_id
        """,
        [source],
    )


async def drop_moved(tx: Transaction, source: str, strangers: Sequence[Claim]) -> list[Problem]:
    """Return the rows by which strangers claim repairs that are here; they leave the stage."""
    return await fetch_all(
        tx,
        Problem,
        """
        DELETE FROM import_rows s USING repairs r, unnest(%s::uuid[], %s::text[]) AS c (customer_id, key)
        WHERE r.import_source = %s AND r.import_id = s.import_id
          AND c.customer_id = r.customer_id AND c.key = s.customer_key
        RETURNING s.line, s.import_id AS id, 'customer' AS field,
          'The repair belongs to another customer here: ' || r.repair_number || '.' AS reason
        """,
        [[one.customer_id for one in strangers], [one.key for one in strangers], source],
    )


async def taken_numbers(tx: Transaction) -> list[int]:
    """Lines whose fresh repair number is somebody's already, here or further up."""
    return await fetch_values(
        tx,
        """
        SELECT s.line FROM import_rows s JOIN repairs r USING (repair_number)
        UNION
        SELECT line FROM (SELECT line, row_number() OVER (PARTITION BY repair_number) AS nth FROM import_rows) n
        WHERE nth > 1
        """,
    )


async def renumber(tx: Transaction, numbers: dict[int, str]) -> None:
    """Give these lines these numbers."""
    await execute(
        tx,
        """
        UPDATE import_rows s SET repair_number = n.number
        FROM unnest(%s::int8[], %s::text[]) AS n (line, number) WHERE s.line = n.line
        """,
        [list(numbers), list(numbers.values())],
    )
