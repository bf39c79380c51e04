"""Authentication as the web layer asks for it; the accounts slice implements it."""

from typing import Protocol

from revivatech.kit.actor import CustomerActor, StaffActor
from revivatech.kit.structs import Value
from revivatech.web.request import Request


class AdmittedCustomer(Value):
    """A customer's request that was let in.

    `body` is the cached answer that was asked for, None when there is none; `generation` is handed back to keep one.
    """

    actor: CustomerActor
    body: bytes | None
    generation: bytes | None


class Authenticator(Protocol):
    """Admission to the portal: the session is alive, the limit is not reached. Raises NotSignedIn and TooMany."""

    async def customer(self, request: Request, *, read: str = "") -> AdmittedCustomer:
        """Return who asks, and the cached answer named `read` if one is kept; one round trip to Valkey."""

    async def keep(self, admitted: AdmittedCustomer, read: str, body: bytes) -> None:
        """Keep the answer under that name until something of this customer changes."""

    async def staff(self, request: Request) -> StaffActor:
        """The staff member who asks."""
