"""Phone and recovery codes are lost: the shop takes the second factor off, and the mailbox becomes the proof."""

import secrets
from uuid import UUID

import structlog

from revivatech.accounts.activity import service as activity
from revivatech.accounts.audit import service as audit
from revivatech.accounts.audit.contracts import Action
from revivatech.accounts.contracts import Client, Realm
from revivatech.accounts.emails.links import service as links
from revivatech.accounts.emails.notices import service as notices
from revivatech.accounts.emails.notices.service import LinkInMail
from revivatech.accounts.registration.contracts import RESET_SECONDS
from revivatech.accounts.secrets.passwords import hash_password
from revivatech.accounts.sessions import service as sessions
from revivatech.accounts.sessions.queries import sign_in
from revivatech.accounts.staff_accounts import identity_checks as identities
from revivatech.accounts.staff_accounts.service import require_other
from revivatech.accounts.two_factor import queries
from revivatech.accounts.two_factor.contracts import FactorOff
from revivatech.accounts.two_factor.reauthentication import OwnProof, prove, require_typed
from revivatech.db import Database, Transaction
from revivatech.kit.actor import StaffActor
from revivatech.kit.errors import NotFound, Problems
from revivatech.kit.permissions import Permission, require
from revivatech.settings import Settings

log = structlog.get_logger(__name__)


async def help_colleague(
    db: Database, settings: Settings, actor: StaffActor, user_id: UUID, own: OwnProof, client: Client
) -> None:
    """Take a colleague's second factor and passkeys off; a link in their mail leads to a new password.

    Their sessions end, the old password works no more. Raises NotAllowed, also for oneself; ProofNeeded,
    TooManyFailures, NotFound, and FactorOff where there is nothing to take off.
    """
    require(actor, Permission.MANAGE_STAFF)
    require_other(actor, user_id)
    await _help(db, settings, actor, "staff", user_id, own, client, identity="")


async def help_customer(
    db: Database,
    settings: Settings,
    actor: StaffActor,
    customer_id: UUID,
    own: OwnProof,
    identity: str,
    client: Client,
) -> None:
    """The same for a customer, whose identity was checked as `identity` says; that is on record.

    Raises likewise, and InvalidInput for a check that is none.
    """
    require(actor, Permission.RESET_FACTORS)
    with Problems() as problems:
        identities.require_check(identity, identities.IDENTITIES)
    with problems:
        await require_typed(db, "staff", actor.id, own)
    problems.finish()
    await _help(db, settings, actor, "customer", customer_id, own, client, identity=identity)


async def _help(
    db: Database,
    settings: Settings,
    actor: StaffActor,
    realm: Realm,
    owner_id: UUID,
    own: OwnProof,
    client: Client,
    *,
    identity: str,
) -> None:
    await prove(db, settings, "staff", actor.id, password=own.password, code=own.code, address=client.address)
    # Beside a second factor a short password was enough (R1): nobody knows this one, and it is no empty one, by which
    # the account would count as never claimed.
    nobodys = await hash_password(secrets.token_urlsafe(48))
    async with db.transaction() as tx:
        await _take_off(tx, realm, owner_id, nobodys)
        action: Action = "staff_factor_reset" if realm == "staff" else "customer_factor_reset"
        if realm == "staff":
            await audit.note(tx, actor, action, client, user_id=owner_id)
        else:
            await audit.note(tx, actor, action, client, customer_id=owner_id, identity=identity)
            await activity.note(tx, owner_id, "second_factor_reset")


async def _take_off(tx: Transaction, realm: Realm, owner_id: UUID, password_hash: str) -> None:
    await sign_in.arriving(tx, realm, owner_id)
    owner = await queries.owner(tx, realm, owner_id)
    if owner is None:
        raise NotFound
    if not owner.two_factor_enabled or owner.email is None:
        raise FactorOff
    await queries.remove_authenticator(tx, realm, owner_id)
    await queries.remove_passkeys(tx, realm, owner_id)
    await queries.set_enabled(tx, realm, owner_id, is_enabled=False)
    await sign_in.give_password(tx, realm, owner_id, password_hash)
    await sessions.end_all(tx, realm, owner_id, "password")
    await links.end(tx, realm, owner_id, "invitation", "sign_in", "change_email")
    link_id = await links.make(tx, realm, owner_id, "reset_password", email=owner.email, seconds=RESET_SECONDS)
    link = LinkInMail("reset_password", link_id)
    await notices.post(tx, realm, owner_id, "second_factor_reset", owner.email, link=link)
    log.info("second_factor_reset", realm=realm, account=str(owner_id))
