"""Calling people in, letting them in, closing and opening their accounts."""

from datetime import timedelta
from uuid import UUID

from msgspec import structs

from revivatech.accounts.audit.service import note
from revivatech.accounts.contracts import Client, EmailTaken, LastAdmin, NewStaff
from revivatech.accounts.directory.queries import staff
from revivatech.accounts.emails.links import service as links
from revivatech.accounts.emails.links.service import LinkOver
from revivatech.accounts.emails.notices import service as notices
from revivatech.accounts.emails.notices.service import AskedBy, LinkInMail
from revivatech.accounts.secrets.password_rules import hash_new, known_of
from revivatech.accounts.sessions import service as sessions
from revivatech.accounts.sessions.known_devices import service as known
from revivatech.accounts.staff_accounts.contracts import AlreadyJoined, NotJoined, StaffAccount
from revivatech.accounts.staff_accounts.queries import accounts, administration
from revivatech.accounts.staff_accounts.queries.accounts import Member
from revivatech.db import Database, Reader, Transaction
from revivatech.kit.actor import SYSTEM, Actor, Role, StaffActor
from revivatech.kit.email import EmailError, parse_email
from revivatech.kit.errors import FieldError, InvalidInput, NotAllowed, NotFound, TooMany
from revivatech.kit.i18n import marked
from revivatech.kit.permissions import Permission, require
from revivatech.kit.text import one_line
from revivatech.settings import Settings
from revivatech.shop import service as shop

INVITATION_SECONDS = int(timedelta(days=7).total_seconds())
DAY_SECONDS = 86_400
# More are a mistake, or somebody who uses the shop to pester a mailbox (R122).
MOST_INVITATIONS_A_DAY = 5
LONGEST_NAME = 100


# ------------------------------------------------------------------ looking


async def everybody(reader: Reader) -> list[StaffAccount]:
    """All staff accounts by name; those who have left at the end."""
    return await accounts.accounts(reader)


async def one(reader: Reader, user_id: UUID) -> StaffAccount:
    """That person's account. Raises NotFound."""
    found = await accounts.account(reader, user_id)
    if found is None:
        raise NotFound
    return found


# ------------------------------------------------------------------ inviting


async def invite(db: Database, actor: Actor, new: NewStaff, client: Client) -> StaffAccount:
    """Make an account without a password and send its owner a link that works for seven days.

    Raises NotAllowed, InvalidInput naming the fields, EmailTaken.
    """
    require(actor, Permission.MANAGE_STAFF)
    invited = checked_newcomer(new)
    async with db.transaction() as tx:
        invited = structs.replace(invited, timezone=(await shop.current(tx)).timezone)
        user_id = await staff.add(tx, invited, None)
        if user_id is None:
            problem = marked("Somebody of the shop has this e-mail address already.")
            raise EmailTaken(problem, errors=[FieldError("email", problem)])
        await note(tx, actor, "staff_invited", client, user_id=user_id, role=invited.role.value)
        await send_invitation(tx, actor, user_id, invited.email, invited.role)
        return await one(tx, user_id)


async def invite_again(db: Database, actor: Actor, user_id: UUID, client: Client) -> StaffAccount:
    """Send a new link to somebody who has not joined; the older link ends, a withdrawn invitation holds again.

    Raises NotAllowed, NotFound, AlreadyJoined, TooMany after five invitations in a day.
    """
    require(actor, Permission.MANAGE_STAFF)
    async with db.transaction() as tx:
        member = await _not_joined(tx, user_id)
        sent = await notices.recently(tx, "staff", user_id, "staff_invitation", DAY_SECONDS, "shop")
        if sent >= MOST_INVITATIONS_A_DAY:
            raise TooMany(
                marked("This person was invited several times today. Please wait until tomorrow."),
                limit=MOST_INVITATIONS_A_DAY,
                retry_after=DAY_SECONDS,
            )
        if member.is_disabled:
            await accounts.enable(tx, user_id)
        await note(tx, actor, "staff_invited_again", client, user_id=user_id)
        await send_invitation(tx, actor, user_id, member.email, member.role)
        return await one(tx, user_id)


async def withdraw(tx: Transaction, actor: Actor, user_id: UUID, client: Client) -> None:
    """End the invitation of somebody who has not joined, in the caller's transaction.

    Raises NotAllowed, NotFound, AlreadyJoined.
    """
    require(actor, Permission.MANAGE_STAFF)
    await _not_joined(tx, user_id)
    await links.end(tx, "staff", user_id, "invitation")
    await administration.disable(tx, "staff", user_id)
    await note(tx, actor, "invitation_withdrawn", client, user_id=user_id)


async def invitation(db: Database, settings: Settings, text: str) -> Member:
    """Whom the link calls, left as it is. Raises LinkOver."""
    async with db.read() as reader:
        link = await links.look(reader, settings, "staff", "invitation", text)
        called = await accounts.member(reader, link.owner_id) if link else None
    if called is None or called.has_joined or called.is_disabled:
        raise LinkOver
    return called


async def join(db: Database, settings: Settings, text: str, password: str, client: Client) -> None:
    """Give the called person their password; they sign in with it then.

    Raises LinkOver, InvalidInput, PasswordBlocklisted. Of two at once, one joins.
    """
    called = await invitation(db, settings, text)
    words = await known_of(db, called.email, called.first_name, called.last_name)
    password_hash = await hash_new(password, words)
    async with db.transaction() as tx:
        await accounts.lock(tx, called.id)
        await links.spend(tx, settings, "staff", "invitation", text)
        if not await accounts.join(tx, called.id, password_hash):
            raise LinkOver
        await known.trust(tx, "staff", called.id, client)
        await note(tx, SYSTEM, "staff_joined", client, user_id=called.id)


async def send_invitation(
    tx: Transaction, actor: Actor, user_id: UUID, email: str, role: Role, *, asked_by: AskedBy = "shop"
) -> None:
    """Have a fresh link of seven days mailed, in the caller's transaction; the one before ends."""
    link_id = await links.make(tx, "staff", user_id, "invitation", email=email, seconds=INVITATION_SECONDS)
    inviter = await accounts.account(tx, actor.id) if isinstance(actor, StaffActor) else None
    await notices.post(
        tx,
        "staff",
        user_id,
        "staff_invitation",
        email,
        link=LinkInMail("invitation", link_id),
        asked_by=asked_by,
        role=role.value,
        inviter=inviter.name if inviter else "",
    )


async def _not_joined(tx: Transaction, user_id: UUID) -> Member:
    member = await accounts.lock(tx, user_id)
    if member is None:
        raise NotFound
    if member.has_joined:
        raise AlreadyJoined(marked("This person has joined already."))
    return member


def checked_newcomer(new: NewStaff) -> NewStaff:
    """The newcomer with a tidy name and address. Raises InvalidInput naming every field that is wrong."""
    email, first, last = new.email, one_line(new.first_name), one_line(new.last_name)
    errors = []
    try:
        email = parse_email(email)
    except EmailError as error:
        errors.append(FieldError("email", error.message))
    errors += name_errors(first, last)
    if errors:
        raise InvalidInput(marked("Please check what you wrote."), errors=errors)
    return structs.replace(new, email=email, first_name=first, last_name=last)


def name_errors(first_name: str, last_name: str) -> list[FieldError]:
    """Return what is wrong with a name, by the fields of the forms and of the API."""
    errors = []
    if not 1 <= len(first_name) <= LONGEST_NAME:
        errors.append(FieldError("firstName", marked("A first name has 1 to 100 characters.")))
    if len(last_name) > LONGEST_NAME:
        errors.append(FieldError("lastName", marked("A last name has at most 100 characters.")))
    return errors


# ------------------------------------------------------------------ roles, closing, opening


async def change_role(db: Database, actor: Actor, user_id: UUID, role: Role, client: Client) -> StaffAccount:
    """Give somebody another role; their sessions end at once, and they are told.

    Raises NotAllowed, also for one's own role; NotFound; LastAdmin.
    """
    require(actor, Permission.MANAGE_STAFF)
    require_other(actor, user_id)
    async with db.transaction() as tx:
        admins = await staff.lock_admins(tx)
        member = await accounts.lock(tx, user_id)
        if member is None:
            raise NotFound
        if member.role != role:
            _keep_an_admin(admins, user_id)
            await staff.change_role(tx, user_id, role)
            await sessions.end_all(tx, "staff", user_id, "role")
            await note(tx, actor, "role_changed", client, user_id=user_id, before=member.role.value, after=role.value)
            if member.has_joined and not member.is_disabled:
                await notices.post(tx, "staff", user_id, "staff_role_changed", member.email, role=role.value)
        return await one(tx, user_id)


async def close(tx: Transaction, actor: Actor, user_id: UUID, client: Client) -> bool:
    """Close somebody's account in the caller's transaction: sessions and links end, they are told; whether it was open.

    Whose work it is from then on is for the caller, who knows of work. Raises NotAllowed, also for one's own account;
    NotFound; LastAdmin.
    """
    require(actor, Permission.MANAGE_STAFF)
    require_other(actor, user_id)
    admins = await staff.lock_admins(tx)
    member = await accounts.lock(tx, user_id)
    if member is None:
        raise NotFound
    _keep_an_admin(admins, user_id)
    if member.is_disabled:
        return False
    await administration.disable(tx, "staff", user_id)
    await sessions.end_all(tx, "staff", user_id, "disabled")
    await links.end(tx, "staff", user_id, "invitation", "reset_password", "sign_in")
    await note(tx, actor, "staff_disabled", client, user_id=user_id)
    if member.has_joined:
        await notices.post(tx, "staff", user_id, "staff_disabled", member.email)
    return True


async def reopen(db: Database, actor: Actor, user_id: UUID, client: Client) -> StaffAccount:
    """Let somebody who had left sign in again, with the role and password of before.

    Raises NotAllowed, NotFound, and NotJoined for whom an invitation is the way in.
    """
    require(actor, Permission.MANAGE_STAFF)
    require_other(actor, user_id)
    async with db.transaction() as tx:
        member = await accounts.lock(tx, user_id)
        if member is None:
            raise NotFound
        if not member.has_joined:
            raise NotJoined(marked("This person has not joined yet: send the invitation again."))
        if member.is_disabled:
            await accounts.enable(tx, user_id)
            await note(tx, actor, "staff_enabled", client, user_id=user_id)
            await notices.post(tx, "staff", user_id, "staff_enabled", member.email)
        return await one(tx, user_id)


async def can_be_given_work(tx: Transaction, user_id: UUID) -> bool:
    """Return whether the account is open; nobody closes it before the caller's commit."""
    return await accounts.hold_active(tx, user_id)


def require_other(actor: Actor, user_id: UUID) -> None:
    """Nobody raises, lowers or closes themselves: another admin does (R44)."""
    if isinstance(actor, StaffActor) and actor.id == user_id:
        raise NotAllowed(marked("Another admin must do this."))


def _keep_an_admin(admins: list[UUID], user_id: UUID) -> None:
    if admins == [user_id]:
        raise LastAdmin(marked("The shop needs at least one admin."))
