"""Permission to follow a repair by socket."""

from uuid import UUID

from typing_extensions import override

from revivatech.db import Database
from revivatech.realtime.ports import Admitted, RoomRules
from revivatech.repairs.queries import desk


class Rules(RoomRules):
    """The rules of the sockets' rooms, asked at each subscription."""

    def __init__(self, db: Database) -> None:
        self._db = db

    @override
    async def may_follow_repair(self, admitted: Admitted, repair_id: UUID) -> bool:
        """Return whether the repair exists for them: a customer's own, any for staff."""
        async with self._db.read() as reader:
            owner_id = await desk.owner(reader, repair_id)
        return owner_id is not None and (admitted.realm == "staff" or admitted.owner_id == owner_id)
