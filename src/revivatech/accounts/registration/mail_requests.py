"""Requests for a mail by people who are not signed in: taken alike for every address, answered by a job (R5).

Anyone may have five mails of a kind sent to an account in a day. The owner is not held back by what strangers used up:
a browser that the account knows, and a link that was mailed before, expired or not, show who asks and have a limit of
their own (R122).
"""

from collections.abc import Mapping
from uuid import UUID

from revivatech.accounts.contracts import Client, Realm
from revivatech.accounts.emails.links import queries as stored_links
from revivatech.accounts.emails.links import service as links
from revivatech.accounts.emails.notices.service import AskedBy
from revivatech.accounts.registration import mailed_links, queries
from revivatech.accounts.registration.contracts import (
    MAIL_REQUESTS,
    RESET_SECONDS,
    SIGN_IN_SECONDS,
    Kind,
    SignInLinksOff,
)
from revivatech.accounts.registration.queries import Joined, Request
from revivatech.accounts.sessions import throttle
from revivatech.accounts.sessions.known_devices import queries as known
from revivatech.accounts.sessions.known_devices.fingerprints import REMEMBERED_DAYS, of_browser
from revivatech.accounts.sessions.throttle import OpenLimit
from revivatech.db import Database, Reader, Transaction
from revivatech.jobs.queue import enqueue
from revivatech.kit.email import checked_email
from revivatech.kit.structs import Value
from revivatech.settings import Settings


class Asker(Value, frozen=True):
    """The person behind a request for an email, as far as the request tells.

    `previous` is the text of a link that was mailed before; `proof` answers a challenge of `proof_of_work`.
    """

    client: Client
    previous: str = ""
    proof: str = ""


class Counted(Value, frozen=True):
    """A request for a mail that was counted: the address, and what shows that its owner asks."""

    email: str
    fingerprint: bytes | None
    previous_link: UUID | None


async def ask(db: Database, settings: Settings, kind: Kind, email: str, asker: Asker, *, wanted: str = "") -> None:
    """Queue the mail of that kind if the address belongs to an account. Both paths do the same work.

    `wanted` is the page to come to after signing in. Raises InvalidInput, TooMany, ProofOfWorkNeeded, SignInLinksOff.
    """
    if kind == "sign_in" and not settings.sign_in_links:
        raise SignInLinksOff
    counted = await count(db, settings, "customer", MAIL_REQUESTS[kind], email, asker)
    async with db.transaction() as tx:
        request = Request(kind, counted.email, wanted, counted.fingerprint, counted.previous_link)
        request_id = await queries.add_request(tx, request)
        await enqueue(tx, "accounts:answer_mail_request", queue="mail", request_id=str(request_id))


async def count(db: Database, settings: Settings, realm: Realm, limit: OpenLimit, email: str, asker: Asker) -> Counted:
    """Count a request for a mail and return what it says; a link that was mailed before names the address by itself.

    Raises InvalidInput, TooMany, ProofOfWorkNeeded.
    """
    previous = None
    if asker.previous:
        async with db.read() as reader:
            previous = await links.read_by_owner(reader, settings, realm, asker.previous)
    email = checked_email(previous.email if previous and not email.strip() else email)
    await throttle.count_open(db, settings, realm, limit, asker.client, email=email, proof=asker.proof)
    device = asker.client.device
    return Counted(email, of_browser(device) if device else None, previous.id if previous else None)


async def asked_by(
    reader: Reader, realm: Realm, owner_id: UUID, fingerprint: bytes | None, previous_link: UUID | None
) -> AskedBy:
    """Return `owner` where the browser or the earlier link is the account's, else `anyone`."""
    if fingerprint and await known.has_owner(reader, realm, owner_id, fingerprint, REMEMBERED_DAYS):
        return "owner"
    link = await stored_links.ever(reader, realm, previous_link) if previous_link else None
    return "owner" if link is not None and link.owner_id == owner_id else "anyone"


async def answer(db: Database, settings: Settings, request_id: UUID) -> None:
    """Post the mail that helps the owner of the address if there is such an account; once."""
    async with db.transaction() as tx:
        request = await queries.take_request(tx, request_id)
        account = await queries.by_email(tx, request.email) if request else None
        if request is not None and account is not None and not account.is_disabled:
            await _answer(tx, settings, account, request)


async def _answer(tx: Transaction, settings: Settings, account: Joined, request: Request) -> None:
    asker = await asked_by(tx, "customer", account.id, request.fingerprint, request.previous_link)
    unproven = account.has_password and not account.is_verified
    if request.kind == "sign_in" and settings.sign_in_links and not unproven:
        await _mail(tx, account, request, "sign_in", asker)
    elif not account.has_password:
        if await mailed_links.may_mail(tx, account.id, "invitation", asker):
            await mailed_links.mail_invitation(tx, account.id, request.email, asker)
    elif request.kind == "reset_password":
        await _mail(tx, account, request, "reset_password", asker)
    elif unproven and await mailed_links.may_mail(tx, account.id, "verify_email", asker):
        await mailed_links.mail_verification(tx, account.id, request.email, asker)


# What each link is mailed as, and how long it works.
MAILS: Mapping[Kind, tuple[str, int]] = {
    "sign_in": ("sign_in_link", SIGN_IN_SECONDS),
    "reset_password": ("reset_password", RESET_SECONDS),
}


async def _mail(tx: Transaction, account: Joined, request: Request, purpose: Kind, asker: AskedBy) -> None:
    kind, seconds = MAILS[purpose]
    if await mailed_links.may_mail(tx, account.id, kind, asker):
        facts = {"next": request.next} if purpose == "sign_in" else {}
        await mailed_links.mail_link(tx, account.id, purpose, kind, request.email, seconds, asked_by=asker, **facts)
