"""Senders of SMS: to a vendor, into the database of a demo, or nowhere in a shop that has none."""

from typing import Protocol

from typing_extensions import override

from revivatech.db import Database
from revivatech.sms import queries


class SmsRefused(Exception):  # noqa: N818 - an answer, not a fault of the program
    """This SMS will never be taken, however often it is tried: no such number, or one that gets none."""


class SmsSender(Protocol):
    """Hands an SMS over."""

    @property
    def is_configured(self) -> bool:
        """True if SMS can be sent at all; where not, no page mentions them."""

    async def send(self, to: str, text: str) -> None:
        """Return when the SMS to that number (E.164) is the vendor's duty.

        Raises SmsRefused when trying again is useless; whatever else it raises leaves it to be tried again.
        """


class NullSms(SmsSender):
    """A shop without SMS."""

    @property
    @override
    def is_configured(self) -> bool:
        return False

    @override
    async def send(self, to: str, text: str) -> None:
        raise SmsRefused("No SMS is sent here.")


class KeptSms(SmsSender):
    """Keeps each SMS in the database, where the demo shows it."""

    def __init__(self, db: Database) -> None:
        self._db = db

    @property
    @override
    def is_configured(self) -> bool:
        return True

    @override
    async def send(self, to: str, text: str) -> None:
        async with self._db.transaction() as tx:
            await queries.keep(tx, to, text)
