"""The part of kept SMS in retention. They are gone long before an erasure, whose week has no SMS."""

from typing_extensions import override

from revivatech.db import Transaction
from revivatech.db.personal_data import Tables
from revivatech.sms.personal_data import queries


class KeptTexts(Tables):
    """SMS that a demo keeps to be read, with the codes in them."""

    def __init__(self) -> None:
        super().__init__("sms", ())

    @override
    async def forget_old(self, tx: Transaction, addresses_days: int) -> int:
        return await queries.forget_old(tx)
