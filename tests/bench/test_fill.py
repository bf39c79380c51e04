"""The shop that the bench measures."""

import subprocess
import sys
from pathlib import Path

import psycopg

FILL = Path(__file__).parents[2] / "bench" / "fill.py"
SCHEMA = """
    SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1
"""


def test_it_fills_an_empty_database_and_leaves_its_schema(database_url: str) -> None:
    """The asked-for numbers of rows, three to five entries of history each, every key and index back in place."""
    command = [sys.executable, str(FILL), database_url, "--customers", "40", "--repairs", "600", "--big", "100"]
    with psycopg.connect(database_url, autocommit=True) as connection:
        before = connection.execute(SCHEMA).fetchall()
        subprocess.run(command, check=True, capture_output=True, timeout=120)

        assert connection.execute(SCHEMA).fetchall() == before
        assert connection.execute(
            """
            SELECT (SELECT count(*) FROM customers), count(*),
              count(*) FILTER (WHERE c.email = 'big@bench.example'), count(DISTINCT status), max(r.created_at) < now()
            FROM repairs r JOIN customers c ON c.id = r.customer_id
            """
        ).fetchone() == (40, 600, 100, 8, True)
        assert connection.execute(
            """
            SELECT min(entries), max(entries), bool_and(ends_right) FROM (
              SELECT count(*) AS entries,
                (array_agg(h.status ORDER BY h.created_at DESC, h.id DESC))[1] = r.status AS ends_right
              FROM repairs r JOIN repair_status_history h ON h.repair_id = r.id GROUP BY r.id
            ) h
            """
        ).fetchone() == (3, 5, True)


def test_a_database_with_people_is_refused(database_url: str) -> None:
    """Nobody's data is mixed with the bench's."""
    command = [sys.executable, str(FILL), database_url, "--customers", "2", "--repairs", "2", "--big", "1"]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    again = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)

    assert again.returncode != 0
    assert "fill an empty one" in again.stderr
