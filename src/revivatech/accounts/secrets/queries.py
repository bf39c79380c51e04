"""The table spent_challenges."""

from revivatech.db import Transaction, execute, one_changed


async def spend_challenge(tx: Transaction, challenge_hash: bytes, seconds: int) -> bool:
    """Return whether the challenge was not answered before; now it is."""
    return await one_changed(
        tx,
        """
        INSERT INTO spent_challenges (challenge_hash, expires_at) VALUES (%s, now() + make_interval(secs => %s))
        ON CONFLICT DO NOTHING
        """,
        [challenge_hash, seconds],
    )


async def forget_old(tx: Transaction) -> None:
    """Delete answered challenges that would not hold any more anyway."""
    await execute(tx, "DELETE FROM spent_challenges WHERE expires_at < now()")
