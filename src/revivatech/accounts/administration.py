"""Accounts made, changed and closed by the shop or the command line."""

from uuid import UUID

from revivatech.accounts import queries, sessions
from revivatech.accounts.contracts import EmailTaken, LastAdmin, NewStaff, Realm
from revivatech.accounts.passwords import DEMO_PASSWORD, check_password, hash_password
from revivatech.accounts.signin import EMAIL
from revivatech.db import Database, Reader, Transaction
from revivatech.kit.actor import Actor, Role, StaffActor, SystemActor
from revivatech.kit.errors import FieldError, InvalidInput, NotAllowed, NotFound
from revivatech.kit.text import normal_email

DEMO_DOMAIN = "demo.example"


async def create_staff(db: Database, actor: Actor, new: NewStaff, password: str) -> UUID:
    """The id of the new staff member. Raises NotAllowed, InvalidInput, EmailTaken."""
    _require_admin(actor)
    email = _email(new.email)
    password_hash = await hash_password(password)
    async with db.transaction() as tx:
        created = NewStaff(email, new.first_name, new.last_name, new.role, new.language, new.timezone)
        user_id = await queries.new_staff(tx, created, password_hash)
        if user_id is None:
            raise EmailTaken("Another staff member has this e-mail address.")
    return user_id


async def set_password(db: Database, realm: Realm, email: str, password: str) -> UUID:
    """Give an account a password and end its sessions; the account's id comes back. For the command line alone.

    Raises InvalidInput, NotFound.
    """
    password_hash = await hash_password(password)
    async with db.transaction() as tx:
        account_id = await queries.set_password(tx, realm, _email(email), password_hash)
        if account_id is None:
            raise NotFound("There is no account with this e-mail address.")
        await sessions.end_all(tx, realm, account_id, "password")
    return account_id


async def disable_customer(db: Database, actor: Actor, customer_id: UUID) -> None:
    """Close an account and end its sessions at once. Raises NotAllowed unless a manager or admin asks, NotFound."""
    if not isinstance(actor, SystemActor) and not (
        isinstance(actor, StaffActor) and actor.role in {Role.MANAGER, Role.ADMIN}
    ):
        raise NotAllowed("Only a manager may close an account.")
    async with db.transaction() as tx:
        await _disable(tx, "customer", customer_id)


async def disable_staff(db: Database, actor: Actor, user_id: UUID) -> None:
    """Close a staff account and end its sessions at once. Raises NotAllowed, NotFound, LastAdmin."""
    _require_admin(actor)
    _require_other(actor, user_id)
    async with db.transaction() as tx:
        await _keep_an_admin(tx, user_id)
        await _disable(tx, "staff", user_id)


async def change_role(db: Database, actor: Actor, user_id: UUID, role: Role) -> None:
    """Give a staff member another role; they sign in anew. Raises NotAllowed, NotFound, LastAdmin."""
    _require_admin(actor)
    _require_other(actor, user_id)
    async with db.transaction() as tx:
        if role is not Role.ADMIN:
            await _keep_an_admin(tx, user_id)
        if not await queries.change_role(tx, user_id, role):
            raise NotFound
        await sessions.end_all(tx, "staff", user_id, "role")


async def demo_accounts_present(reader: Reader) -> list[str]:
    """The addresses of the demo's accounts that still have the demo's password, for production to refuse."""
    accounts = await queries.hashes_like(reader, f"%@{DEMO_DOMAIN}")
    verdicts = [await check_password(DEMO_PASSWORD, account.password_hash) for account in accounts]
    return sorted(account.email for account, verdict in zip(accounts, verdicts, strict=True) if verdict.is_right)


async def _disable(tx: Transaction, realm: Realm, account_id: UUID) -> None:
    if not await queries.disable(tx, realm, account_id):
        raise NotFound
    await sessions.end_all(tx, realm, account_id, "disabled")


async def _keep_an_admin(tx: Transaction, user_id: UUID) -> None:
    if await queries.lock_admins(tx) == [user_id]:
        raise LastAdmin("The shop needs at least one admin.")


def _require_admin(actor: Actor) -> None:
    if isinstance(actor, SystemActor) or (isinstance(actor, StaffActor) and actor.role is Role.ADMIN):
        return
    raise NotAllowed("Only an admin may change staff accounts.")


def _require_other(actor: Actor, user_id: UUID) -> None:
    """Nobody raises, lowers or closes themselves: another admin does."""
    if isinstance(actor, StaffActor) and actor.id == user_id:
        raise NotAllowed("Another admin must do this.")


def _email(text: str) -> str:
    email = normal_email(text)
    if not EMAIL.fullmatch(email):
        problem = "This is not an e-mail address."
        raise InvalidInput(problem, errors=[FieldError("email", problem)])
    return email
