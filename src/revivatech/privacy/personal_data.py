"""The part of this slice in exports and erasures: the exports themselves."""

from uuid import UUID

from typing_extensions import override

from revivatech.db import Database
from revivatech.db.personal_data import Tables
from revivatech.privacy.exports import FOLDER
from revivatech.privacy.queries.tables import TABLES
from revivatech.storage import Files


class Privacy(Tables):
    """Exports with their files; the record of the erasure stays, it names nobody."""

    def __init__(self, files: Files) -> None:
        super().__init__("privacy", TABLES)
        self._files = files

    @override
    async def sweep(self, db: Database, customer_id: UUID) -> None:
        for key in [file.key async for file in self._files.list(f"{FOLDER}/{customer_id}")]:
            await self._files.delete(key)
