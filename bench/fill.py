"""Fill a database with a big shop's years: 10,000 customers, 200,000 repairs, one customer with 2,000 of them.

usage: python bench/fill.py DATABASE_URL [--customers 10000] [--repairs 200000] [--big 2000]

The database is migrated first and must hold nobody. PostgreSQL makes all rows itself, the same ones every time,
reckoned from the present day. `big@bench.example` is the customer with many repairs; the others, from
`customer-1@bench.example` on, share the rest evenly. `technician-1@bench.example` and seven colleagues do the work.
Each has the demo's password.
"""

import argparse
import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql

from revivatech.accounts.secrets import passwords
from revivatech.db.migrate import migrate

CUSTOMERS, REPAIRS, BIG = 10_000, 200_000, 2_000
FILLED = ("customers", "customer_notifications", "customer_events", "repairs", "repair_status_history")

STAFF = """
INSERT INTO users (email, password_hash, first_name, last_name, role)
SELECT 'technician-' || n || '@bench.example', %(password_hash)s, 'Technician', n::text, 'technician'
FROM generate_series(1, 8) AS n
"""

# Number 0 is the customer with many repairs.
PEOPLE = """
INSERT INTO customers (email, password_hash, first_name, last_name, phone, language, timezone, email_verified_at,
  created_at)
SELECT CASE n WHEN 0 THEN 'big' ELSE 'customer-' || n END || '@bench.example', %(password_hash)s,
  (ARRAY['Nora', 'Rafael', 'Siobhán', 'João', 'Zofia', 'Amara', 'Henrik', 'Luiza', 'Colm', 'Mei'])[1 + n %% 10],
  'Customer ' || n, '+353 20 910 ' || lpad(n::text, 5, '0'), CASE n %% 4 WHEN 0 THEN 'pt-BR' ELSE 'en' END,
  'Europe/Dublin', now(), now() - interval '1100 days'
FROM generate_series(0, %(customers)s - 1) AS n
"""

# One repair in eight is open, and those are young. Numbers spread by an odd factor modulo 2^35 are all different.
REPAIRS_MADE = """
CREATE TEMPORARY TABLE made ON COMMIT DROP AS
WITH people AS (
  SELECT id, (row_number() OVER (ORDER BY created_at, id) - 1)::integer AS n FROM customers
), staff AS (
  SELECT array_agg(id ORDER BY email) AS ids FROM users
), drawn AS (
  SELECT n, n < %(big)s AS is_big, (n::bigint * 7919 %% 10007)::integer AS r, n %% 8 = 0 AS is_open,
    (n::bigint * 22695477 + 12345) %% 34359738368 AS code
  FROM generate_series(0, %(repairs)s - 1) AS n
), placed AS (
  SELECT drawn.n, r, code, people.id AS customer_id,
    CASE WHEN is_open THEN (ARRAY['received', 'diagnosing', 'quoted', 'approved', 'repairing', 'testing'])[1 + r %% 6]
      WHEN r %% 10 = 0 THEN 'cancelled' ELSE 'completed' END AS status,
    date_trunc('minute', now()) - make_interval(
      days => CASE WHEN is_open THEN r %% 15 ELSE 16 + r %% 1000 END, hours => 1 + r %% 9, mins => drawn.n %% 60
    ) AS created_at
  FROM drawn JOIN people ON people.n = CASE WHEN is_big THEN 0 ELSE 1 + drawn.n %% (%(customers)s - 1) END
)
SELECT uuidv7(created_at - clock_timestamp()) AS id, customer_id, n, r, status, created_at,
  CASE status WHEN 'completed' THEN 'collected' ELSE status END AS stage,
  least(created_at + make_interval(hours => 4 + r %% 120), now()) AS worked_at,
  'R-' || (SELECT string_agg(substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', ((code >> 5 * i) %% 32)::integer + 1, 1), '')
    FROM generate_series(0, 6) AS i) AS repair_number,
  CASE WHEN n %% 16 = 0 THEN NULL ELSE (SELECT ids[1 + r %% 8] FROM staff) END AS technician_id
FROM placed
"""

REPAIRS_KEPT = """
INSERT INTO repairs (id, customer_id, repair_number, device_type, device_brand, device_model, issue_description,
  priority, status, stage, technician_id, estimated_completion, actual_completion, parts_cost, labor_cost, total_cost,
  currency, notes, created_at, updated_at, version)
SELECT id, customer_id, repair_number,
  (ARRAY['Phone', 'Laptop', 'Tablet', 'Games console', 'Headphones', 'E-reader', 'Coffee machine'])[1 + r %% 7],
  (ARRAY['Apple', 'Samsung', 'Lenovo', 'Sony', 'Dell', 'Philips', 'Nintendo', 'Bosch', 'HP', 'Google'])[1 + r %% 10],
  (ARRAY['Air', 'Pro', 'Max', 'Slim', 'Plus', 'Mini', 'Ultra'])[1 + n %% 7] || ' ' || (1 + r %% 90),
  (ARRAY['The screen stays black although it starts.', 'It does not charge with any cable.',
    'It fell, the glass is broken.', 'The battery lasts an hour.', 'It makes a grinding noise when it warms up.',
    'A key types twice.', 'Liquid was spilled over it; it was switched off at once.'])[1 + r %% 7] || ' ' ||
  (ARRAY['Since yesterday.', 'Since the last update.', 'Now and then.', 'After ten minutes of use.', 'Every morning.'])
    [1 + n %% 5] || ' Ticket ' || n,
  (ARRAY['low', 'normal', 'normal', 'normal', 'high', 'urgent'])[1 + r %% 6],
  status, stage, technician_id, created_at + make_interval(days => 2 + r %% 9),
  CASE status WHEN 'completed' THEN worked_at END,
  cost.parts, cost.labor, cost.parts + cost.labor, 'EUR',
  CASE status WHEN 'cancelled' THEN 'Not worth repairing; nothing to pay.' END,
  created_at, worked_at, path.steps
FROM made,
  LATERAL (SELECT (5 + r %% 150)::numeric(10, 2) AS parts, (20 + r %% 90)::numeric(10, 2) AS labor) AS cost,
  LATERAL (SELECT cardinality(steps) AS steps FROM paths WHERE paths.status = made.status) AS path
ORDER BY made.created_at
"""

# How a repair came to where it is; where a stage repeats, the entry is a note.
PATHS = """
CREATE TEMPORARY TABLE paths (status text PRIMARY KEY, steps text[]) ON COMMIT DROP;
INSERT INTO paths VALUES
  ('received', '{received,received,received}'), ('diagnosing', '{received,diagnosing,diagnosing}'),
  ('quoted', '{received,diagnosing,quoted}'), ('approved', '{received,diagnosing,quoted,approved}'),
  ('repairing', '{received,diagnosing,repairing,repairing}'), ('testing', '{received,diagnosing,repairing,testing}'),
  ('completed', '{received,diagnosing,repairing,testing,completed}'), ('cancelled', '{received,diagnosing,cancelled}')
"""

HISTORY = """
INSERT INTO repair_status_history (id, repair_id, customer_id, status, previous_status, stage, changed_by_kind,
  changed_by_user, notes, internal_notes, customer_notified, created_at)
SELECT uuidv7(step.at - clock_timestamp()), made.id, customer_id, step.status, nullif(steps[nth - 1], step.status),
  CASE step.status WHEN 'completed' THEN 'collected' ELSE step.status END,
  CASE WHEN technician_id IS NULL THEN 'system' ELSE 'staff' END, technician_id,
  CASE WHEN nth = 3 OR steps[nth - 1] = step.status THEN 'A note for the customer, step ' || nth || '.' END,
  CASE WHEN nth = 2 THEN 'Drawer ' || r %% 40 END, true, step.at
FROM made JOIN paths ON paths.status = made.status,
  LATERAL (
    SELECT status, nth, created_at + (worked_at - created_at) * (nth - 1) / (cardinality(steps) - 1) AS at
    FROM unnest(steps) WITH ORDINALITY AS s (status, nth)
  ) AS step
ORDER BY step.at
"""

# Five things that each customer was told, the last two of them unread.
TOLD = """
WITH told AS (
  SELECT uuidv7() AS id, c.id AS customer_id, seq, now() - make_interval(days => 6 - seq) AS at
  FROM customers c, generate_series(1, 5) AS seq
), heads AS (
  INSERT INTO customer_event_heads SELECT id, 5 FROM customers
), events AS (
  INSERT INTO customer_events (customer_id, seq, type, payload, created_at)
  SELECT customer_id, seq, 'notification:new', jsonb_build_object('seq', seq, 'id', id, 'type', 'repair_status',
    'title', 'News ' || seq, 'message', 'Your device is on the bench.', 'priority', 'normal', 'data', '{}'::jsonb,
    'createdAt', to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')), at
  FROM told
)
INSERT INTO customer_notifications (id, customer_id, seq, type, title, message, read_at, created_at)
SELECT id, customer_id, seq, 'repair_status', 'News ' || seq, 'Your device is on the bench.',
  CASE WHEN seq < 4 THEN at + interval '1 hour' END, at
FROM told
"""


async def fill(url: str, *, customers: int = CUSTOMERS, repairs: int = REPAIRS, big: int = BIG) -> None:
    """Migrate and fill the database, all of it or nothing. Raises ValueError where somebody is in it already."""
    migrate(url)
    figures = {
        "customers": customers,
        "repairs": repairs,
        "big": big,
        "password_hash": await passwords.hash_password(passwords.DEMO_PASSWORD),
    }
    with psycopg.connect(url, autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM customers UNION ALL SELECT 1 FROM users LIMIT 1").fetchone():
            raise ValueError("The database holds people already: fill an empty one.")
        connection.execute("SET maintenance_work_mem = '256MB'")
        connection.execute("SET work_mem = '64MB'")
        with connection.transaction(), _without_checks(connection):
            connection.execute(PATHS)
            for statement in (STAFF, PEOPLE, REPAIRS_MADE, REPAIRS_KEPT, HISTORY, TOLD):
                connection.execute(statement, figures)
        connection.execute("VACUUM (ANALYZE)")


@contextmanager
def _without_checks(connection: psycopg.Connection[Any]) -> Iterator[None]:
    """Foreign keys and indexes wait until the rows are there: made at once they cost a fifth of row by row."""
    keys = connection.execute(
        """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE contype = 'f' AND conrelid = ANY (%s::regclass[]) AND conparentid = 0
        """,
        [list(FILLED)],
    ).fetchall()
    indexes = connection.execute(
        """
        SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
        WHERE indrelid = ANY (%s::regclass[]) AND NOT indisunique
        """,
        [list(FILLED)],
    ).fetchall()
    for table, name, _ in keys:
        connection.execute(
            sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(sql.Identifier(table), sql.Identifier(name))
        )
    for name, _ in indexes:
        connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
    yield
    for _, definition in indexes:
        connection.execute(definition)
    for table, name, definition in keys:
        connection.execute(
            sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} ").format(sql.Identifier(table), sql.Identifier(name))
            + sql.SQL(definition)
        )


def main() -> None:
    """Fill, and say how long it took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url", help="an empty database")
    parser.add_argument("--customers", type=int, default=CUSTOMERS)
    parser.add_argument("--repairs", type=int, default=REPAIRS)
    parser.add_argument("--big", type=int, default=BIG, help="how many of the repairs belong to one customer")
    wanted = parser.parse_args()
    began = time.perf_counter()
    asyncio.run(fill(wanted.url, customers=wanted.customers, repairs=wanted.repairs, big=wanted.big))
    print(f"{wanted.customers:,} customers, {wanted.repairs:,} repairs in {time.perf_counter() - began:.1f} s")


if __name__ == "__main__":
    main()
