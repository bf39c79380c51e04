"""The header by which a client says that a request may be a retry."""

from typing import Annotated

from litestar.params import HeaderParameter

IdempotencyKey = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key",
        max_length=200,
        description="The same key again, within two days, answers what the first request made.",
    ),
]
