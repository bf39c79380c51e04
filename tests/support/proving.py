"""Proof of work as a client does it (docs/api.md)."""

from typing import Any

from revivatech.accounts.secrets.proof_of_work import hash_of


def solve(challenge: dict[str, Any]) -> str:
    """Return the answer to a challenge of the API, found by trying every number."""
    assert challenge["algorithm"] == "SHA-256"
    token = str(challenge["token"])
    number = next(one for one in range(challenge["most"]) if hash_of(token, one) == challenge["target"])
    return f"{token}.{number}"
