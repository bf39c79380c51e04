"""Verbs for people's accounts that also touch the shop's work."""

from typing import ClassVar
from uuid import UUID

from msgspec import UnsetType, structs

from revivatech.accounts import service as accounts
from revivatech.accounts.contracts import Client
from revivatech.accounts.service import Permission, StaffAccount, require
from revivatech.db import Database, Reader, Transaction
from revivatech.kit.actor import StaffActor
from revivatech.kit.errors import Conflict, FieldError, InvalidInput
from revivatech.kit.i18n import marked
from revivatech.repairs import service as repairs


class Person(StaffAccount):
    """A staff account, and how many open repairs are that person's work."""

    open_repairs: int = 0


class OpenWork(Conflict):
    """The person has open repairs, and nobody has said whose work they shall be."""

    code: ClassVar[str] = "open_work"


async def everybody(reader: Reader, actor: StaffActor) -> list[Person]:
    """All people by name, those who have left at the end. Raises NotAllowed."""
    require(actor, Permission.MANAGE_STAFF)
    work = await repairs.open_work(reader)
    return [_person(account, work) for account in await accounts.all_staff_accounts(reader)]


async def one(reader: Reader, actor: StaffActor, user_id: UUID) -> Person:
    """That person. Raises NotAllowed, NotFound."""
    require(actor, Permission.MANAGE_STAFF)
    return _person(await accounts.staff_account(reader, user_id), await repairs.open_work(reader))


async def close(
    db: Database, actor: StaffActor, user_id: UUID, hand_over_to: UUID | UnsetType | None, client: Client
) -> None:
    """Close somebody's account and give their open repairs to a colleague, or to nobody (None), in one transaction.

    Raises NotAllowed, NotFound, LastAdmin; OpenWork where there are open repairs and `hand_over_to` is UNSET;
    InvalidInput where it is nobody who can be given work.
    """
    async with db.transaction() as tx:
        if await accounts.close_staff(tx, actor, user_id, client):
            await _hand_over(tx, actor, user_id, hand_over_to, client)
    repairs.forget_known(db)


async def withdraw(db: Database, actor: StaffActor, user_id: UUID, client: Client) -> None:
    """End an invitation; work that waited for the newcomer is nobody's again.

    Raises NotAllowed, NotFound, AlreadyJoined.
    """
    async with db.transaction() as tx:
        await accounts.withdraw_invitation(tx, actor, user_id, client)
        await _hand_over(tx, actor, user_id, None, client)
    repairs.forget_known(db)


async def _hand_over(
    tx: Transaction, actor: StaffActor, user_id: UUID, to_id: UUID | UnsetType | None, client: Client
) -> None:
    """Give the open repairs away. From here on nobody gives the person new ones: their account is held, and closed."""
    total = (await repairs.open_work(tx)).get(user_id, 0)
    if not total:
        return
    if isinstance(to_id, UnsetType):
        problem = marked("Say whose work the open repairs shall be.")
        raise OpenWork(problem, errors=[FieldError("handOverTo", problem)], extra={"openRepairs": total})
    try:
        moved = await repairs.hand_over(tx, actor, user_id, to_id)
    except InvalidInput as refusal:
        problem = refusal.errors[0].message
        raise InvalidInput(refusal.detail, errors=[FieldError("handOverTo", problem)]) from None
    await accounts.note_audit(
        tx, actor, "work_handed_over", client, user_id=user_id, repairs=str(moved), to=str(to_id or "")
    )


def _person(account: StaffAccount, work: dict[UUID, int]) -> Person:
    return Person(**structs.asdict(account), open_repairs=work.get(account.id, 0))
