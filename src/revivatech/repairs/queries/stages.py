"""The table repair_stages."""

from revivatech.db import Reader, fetch_all
from revivatech.kit.structs import Value
from revivatech.repairs.contracts import Stage, Status


class StageRow(Value):
    """A stage as it is stored."""

    key: str
    status: str
    position: int
    labels: dict[str, str]
    sentences: dict[str, str]
    tells_customer: bool
    waits_for_customer: bool


async def stages(reader: Reader) -> list[Stage]:
    """The shop's stages in the order of the work."""
    rows = await fetch_all(
        reader,
        StageRow,
        """
        SELECT key, status, position, labels, sentences, tells_customer, waits_for_customer FROM repair_stages
        ORDER BY position, key
        """,
    )
    return [
        Stage(
            row.key,
            Status(row.status),
            row.position,
            row.labels,
            row.sentences,
            row.tells_customer,
            row.waits_for_customer,
        )
        for row in rows
    ]
