"""The part of mail in exports and erasures."""

from typing_extensions import override

from revivatech.db import Transaction
from revivatech.db.personal_data import Tables
from revivatech.mail.personal_data import queries


class Mails(Tables):
    """Kept mails and what was noted of mail that does not arrive, which after a year says nothing any more."""

    def __init__(self) -> None:
        super().__init__("mail", queries.TABLES)

    @override
    async def forget_old(self, tx: Transaction, addresses_days: int) -> int:
        return await queries.forget_troubles(tx)


kept_mails = Mails()
