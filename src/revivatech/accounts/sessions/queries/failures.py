"""The table login_failures: counters of attempts, each of one window of time."""

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString

from revivatech.db import Reader, Transaction, execute, fetch_all, fetch_value
from revivatech.kit.structs import Value


class Reservation(Value, frozen=True):
    """One counter of failed sign-ins, with this attempt counted."""

    key: bytes
    failures: int
    window_started_at: datetime
    seconds_left: int


RESERVE: LiteralString = """
    INSERT INTO login_failures AS f (key, window_started_at, failures)
    SELECT key, now(), 1 FROM unnest(%(keys)s::bytea[]) AS asked (key) ORDER BY key
    ON CONFLICT (key) DO UPDATE SET
      failures = CASE WHEN f.window_started_at <= now() - make_interval(secs => %(window)s)
        THEN 1 ELSE f.failures + 1 END,
      window_started_at = CASE WHEN f.window_started_at <= now() - make_interval(secs => %(window)s)
        THEN now() ELSE f.window_started_at END
    RETURNING key, failures, window_started_at,
      greatest(1, ceil(extract(epoch FROM window_started_at - now()) + %(window)s))::integer AS seconds_left
"""
GIVE_BACK: LiteralString = """
    WITH mine AS (
      SELECT f.key FROM login_failures f
      JOIN unnest(%(keys)s::bytea[], %(windows)s::timestamptz[]) AS asked (key, window_started_at)
        USING (key, window_started_at)
      WHERE f.failures > 0 ORDER BY f.key FOR UPDATE OF f
    )
    UPDATE login_failures f SET failures = f.failures - 1 FROM mine WHERE f.key = mine.key
"""


async def reserve(tx: Transaction, keys: Sequence[bytes], window_seconds: int) -> list[Reservation]:
    """The counters with this attempt counted; their rows are locked, in the same order by everybody."""
    return await fetch_all(tx, Reservation, RESERVE, {"keys": list(keys), "window": window_seconds})


async def current(reader: Reader, key: bytes, window_seconds: int) -> int:
    """Return how many attempts the counter holds now: 0 once its window has ended."""
    found = await fetch_value(
        reader,
        """
        SELECT failures FROM login_failures
        WHERE key = %s AND window_started_at > now() - make_interval(secs => %s)
        """,
        [key, window_seconds],
    )
    return int(found or 0)


async def give_back(tx: Transaction, reservations: Sequence[Reservation]) -> None:
    """Take this attempt out of its counters again, unless their window is over."""
    await execute(
        tx,
        GIVE_BACK,
        {
            "keys": [reservation.key for reservation in reservations],
            "windows": [reservation.window_started_at for reservation in reservations],
        },
    )


async def forget_old(tx: Transaction) -> None:
    """Delete the counters of yesterday and before."""
    await execute(tx, "DELETE FROM login_failures WHERE window_started_at < now() - interval '1 day'")
