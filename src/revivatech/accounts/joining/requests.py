"""Wishes for a mail by somebody who is not signed in: taken alike for every address, answered by a job (R5)."""

from uuid import UUID

from revivatech.accounts import throttle
from revivatech.accounts.contracts import Client
from revivatech.accounts.email import checked_email
from revivatech.accounts.joining import parts, queries
from revivatech.accounts.joining.contracts import (
    HOUR,
    MOST_REQUESTS_OF_NETWORK,
    RESET_SECONDS,
    SIGN_IN_SECONDS,
    SignInLinksOff,
)
from revivatech.accounts.joining.queries import Joined, Kind, Request
from revivatech.db import Database, Transaction
from revivatech.jobs.queue import enqueue
from revivatech.settings import Settings


async def ask(db: Database, settings: Settings, kind: Kind, email: str, client: Client, *, wanted: str = "") -> None:
    """Have the mail of that kind sent if the address has such an account; nothing here depends on whether it has.

    `wanted` is the page to come to after signing in. Raises InvalidInput, TooMany, SignInLinksOff.
    """
    if kind == "sign_in" and not settings.sign_in_links:
        raise SignInLinksOff
    email = checked_email(email)
    network = throttle.network(client.address)
    await throttle.count(db, settings, f"{kind} mails asked from", network, most=MOST_REQUESTS_OF_NETWORK, seconds=HOUR)
    async with db.transaction() as tx:
        request_id = await queries.add_request(tx, Request(kind, email, wanted))
        await enqueue(tx, "accounts:answer_mail_request", queue="mail", request_id=str(request_id))


async def answer(db: Database, settings: Settings, request_id: UUID) -> None:
    """Look whether there is such an account, and post the mail that helps its owner; once."""
    async with db.transaction() as tx:
        request = await queries.take_request(tx, request_id)
        account = await queries.by_email(tx, request.email) if request else None
        if request is not None and account is not None and not account.is_disabled:
            await _answer(tx, settings, account, request)


async def _answer(tx: Transaction, settings: Settings, account: Joined, request: Request) -> None:
    unproven = account.has_password and not account.is_verified
    if request.kind == "sign_in" and settings.sign_in_links and not unproven:
        if await parts.may_mail(tx, account.id, "sign_in_link"):
            await parts.mail_link(
                tx, account.id, "sign_in", "sign_in_link", request.email, SIGN_IN_SECONDS, next=request.next
            )
    elif not account.has_password:
        if await parts.may_mail(tx, account.id, "invitation"):
            await parts.mail_invitation(tx, account.id, request.email)
    elif request.kind == "reset_password":
        if await parts.may_mail(tx, account.id, "reset_password"):
            await parts.mail_link(tx, account.id, "reset_password", "reset_password", request.email, RESET_SECONDS)
    elif unproven and await parts.may_mail(tx, account.id, "verify_email"):
        await parts.mail_verification(tx, account.id, request.email)
