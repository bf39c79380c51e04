"""The frame of every page: the shop's name, who is signed in, how much is unread. Composed of the slices below."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from revivatech.accounts import service as accounts
from revivatech.accounts.contracts import Customer
from revivatech.db import Database, fetch_batch
from revivatech.kit.actor import CustomerActor, StaffActor
from revivatech.kit.errors import NotSignedIn, Refusal, Unavailable
from revivatech.notifications import service as notifications
from revivatech.realtime.event_log import last_seq_query
from revivatech.shop.contracts import ShopSettings
from revivatech.shop.service import Shop
from revivatech.web.pages import Frame, Queries, Viewer
from revivatech.web.request import Request

# What an error page shows where the database cannot be asked for the shop's own name.
NAMELESS = ShopSettings("Revivatech", None, None, None, "EUR", "UTC", "en")


class Frames:
    """Loads the frame of a page: the shop from memory, the person and their marks by one statement."""

    def __init__(self, db: Database, shop: Shop) -> None:
        self._db = db
        self._shop = shop

    async def load(self, request: Request, actor: CustomerActor | StaffActor | None) -> Frame:  # noqa: ARG002
        """The frame for whoever looks. Raises NotSignedIn where the account is gone."""
        try:
            shop = await self._shop.settings()
        except Unavailable:
            if actor is not None:
                raise
            shop = NAMELESS
        if isinstance(actor, CustomerActor):
            viewer, _ = await self._customer(actor.id, ())
            return Frame(shop, viewer, self._shop.country)
        if isinstance(actor, StaffActor):
            return Frame(shop, await self._staff(actor), self._shop.country)
        return Frame(shop, None, self._shop.country)

    async def load_with(self, actor: CustomerActor, questions: Queries) -> tuple[Frame, Sequence[list[Any]]]:
        """A customer's frame, and the rows of these questions, in one statement. Raises NotSignedIn likewise."""
        shop = await self._shop.settings()
        viewer, rows = await self._customer(actor.id, questions)
        return Frame(shop, viewer, self._shop.country), rows

    async def _customer(self, customer_id: UUID, questions: Queries) -> tuple[Viewer, Sequence[list[Any]]]:
        async with self._db.read() as reader:
            customers, unread, newest, *rows = await fetch_batch(
                reader,
                accounts.customer_query(customer_id),
                notifications.unread_query(customer_id),
                last_seq_query(customer_id),
                *questions,
            )
        if not customers:
            raise _gone()
        customer: Customer = customers[0]
        viewer = Viewer(
            kind="customer",
            id=customer.id,
            name=customer.name,
            first_name=customer.first_name,
            initials=_initials(customer.first_name, customer.last_name),
            email=customer.email,
            role=None,
            language=customer.language,
            timezone=customer.timezone,
            unread=unread[0].unread,
            last_seq=newest[0].last_seq,
            avatar_url=customer.avatar_url,
            theme=customer.theme,
        )
        return viewer, rows

    async def _staff(self, actor: StaffActor) -> Viewer:
        async with self._db.read() as reader:
            member = await accounts.staff_member(reader, actor.id)
        if member is None:
            raise _gone()
        return Viewer(
            kind="staff",
            id=member.id,
            name=member.name,
            first_name=member.first_name,
            initials=_initials(member.first_name, member.last_name),
            email=member.email,
            role=member.role,
            language=member.language,
            timezone=member.timezone,
        )


def _gone() -> Refusal:
    return NotSignedIn("This account is no longer there.")


def _initials(first_name: str, last_name: str) -> str:
    """One or two capitals."""
    return (first_name[:1] + last_name[:1]).upper()
