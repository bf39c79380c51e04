"""Where an SMS goes: to a vendor who sends it, or nowhere in a shop that has none."""

from typing import Protocol

from typing_extensions import override


class SmsRefused(Exception):  # noqa: N818 - an answer, not a fault of the program
    """This SMS will never be taken, however often it is tried: no such number, or one that gets none."""


class SmsSender(Protocol):
    """Hands an SMS over."""

    @property
    def is_configured(self) -> bool:
        """Whether SMS can be sent at all; where not, no page mentions them."""

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
