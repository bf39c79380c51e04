"""The challenge of a proof of work, as the API shows it."""

from datetime import datetime
from typing import Literal

from revivatech.kit.structs import Json


class PowChallenge(Json, frozen=True):
    """Find the number from 0 to `most` - 1 for which the SHA-256 of `token.number` is `target` (a 429 says when).

    `target` is in hex. Send the request again with the answer, the text `token.number`, as `proofOfWork`; it is good
    for one request of that email address.
    """

    algorithm: Literal["SHA-256"]
    token: str
    target: str
    most: int
    expires_at: datetime
