"""Accounts made, changed and closed by the shop or the command line."""

from typing import get_args
from uuid import UUID

from revivatech.accounts.audit.service import note
from revivatech.accounts.contracts import Client, EmailTaken, NewStaff, Realm
from revivatech.accounts.directory.queries import staff
from revivatech.accounts.emails.links import service as links
from revivatech.accounts.emails.links.service import Purpose
from revivatech.accounts.secrets.passwords import DEMO_PASSWORD, check_password, hash_password
from revivatech.accounts.sessions import service as sessions
from revivatech.accounts.staff_accounts.queries import administration
from revivatech.accounts.staff_accounts.service import checked_newcomer
from revivatech.db import Database, Reader
from revivatech.kit.actor import Actor
from revivatech.kit.email import lookup_forms
from revivatech.kit.errors import NotFound
from revivatech.kit.permissions import Permission, require

DEMO_DOMAIN = "demo.example"
# The command line has no address on the network.
NOWHERE = Client()


async def create_staff(db: Database, actor: Actor, new: NewStaff, password: str) -> UUID:
    """The id of the new staff member. Raises NotAllowed, InvalidInput, EmailTaken."""
    require(actor, Permission.MANAGE_STAFF)
    new = checked_newcomer(new)
    password_hash = await hash_password(password)
    async with db.transaction() as tx:
        user_id = await staff.add(tx, new, password_hash)
        if user_id is None:
            raise EmailTaken("Another staff member has this e-mail address.")
        await note(tx, actor, "staff_created", NOWHERE, user_id=user_id, role=new.role.value)
    return user_id


async def set_password(db: Database, realm: Realm, email: str, password: str) -> UUID:
    """Give an account a password and end its sessions and links; its id comes back. For the command line alone.

    Raises InvalidInput, NotFound.
    """
    emails = lookup_forms(email)
    password_hash = await hash_password(password)
    async with db.transaction() as tx:
        account_id = None
        for form in emails:
            account_id = account_id or await administration.set_password(tx, realm, form, password_hash)
        if account_id is None:
            raise NotFound("There is no account with this e-mail address.")
        await sessions.end_all(tx, realm, account_id, "password")
        await links.end(tx, realm, account_id, *get_args(Purpose))
    return account_id


async def disable_customer(db: Database, actor: Actor, customer_id: UUID, client: Client = NOWHERE) -> None:
    """Close an account and end its sessions at once. Raises NotAllowed unless a manager or admin asks, NotFound."""
    require(actor, Permission.DISABLE_CUSTOMERS)
    async with db.transaction() as tx:
        if not await administration.disable(tx, "customer", customer_id):
            raise NotFound
        await sessions.end_all(tx, "customer", customer_id, "disabled")
        await note(tx, actor, "customer_disabled", client, customer_id=customer_id)


async def enable_customer(db: Database, actor: Actor, customer_id: UUID, client: Client = NOWHERE) -> None:
    """Open an account again. Raises NotAllowed unless a manager or admin asks, NotFound."""
    require(actor, Permission.DISABLE_CUSTOMERS)
    async with db.transaction() as tx:
        if not await administration.enable_customer(tx, customer_id):
            raise NotFound
        await note(tx, actor, "customer_enabled", client, customer_id=customer_id)


async def demo_accounts_present(reader: Reader) -> list[str]:
    """The addresses of the demo's accounts that still have the demo's password, for production to refuse."""
    accounts = await administration.hashes_like(reader, f"%@{DEMO_DOMAIN}")
    verdicts = [await check_password(DEMO_PASSWORD, account.password_hash) for account in accounts]
    return sorted(account.email for account, verdict in zip(accounts, verdicts, strict=True) if verdict.is_right)
