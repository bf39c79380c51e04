"""Requests for a mail by colleagues who are not signed in, for a new password or a sign-in link; answered by a job."""

from uuid import UUID

from revivatech.accounts.emails.links import service as links
from revivatech.accounts.emails.notices import service as notices
from revivatech.accounts.emails.notices.service import AskedBy, LinkInMail
from revivatech.accounts.registration import mail_requests
from revivatech.accounts.registration.contracts import (
    DAY,
    HOUR,
    MOST_MAILS,
    RESET_SECONDS,
    SIGN_IN_SECONDS,
    SignInLinksOff,
)
from revivatech.accounts.registration.mail_requests import Asker
from revivatech.accounts.sessions.throttle import OpenLimit
from revivatech.accounts.staff_accounts.queries import accounts
from revivatech.accounts.staff_accounts.queries.accounts import Member, StaffKind, StaffRequest
from revivatech.accounts.staff_accounts.service import send_invitation
from revivatech.db import Database, Transaction
from revivatech.jobs.queue import enqueue
from revivatech.kit.actor import SYSTEM
from revivatech.settings import Settings

LIMITS: dict[StaffKind, OpenLimit] = {
    "reset_password": OpenLimit("staff resets asked from", 60, HOUR),
    "sign_in": OpenLimit("staff sign-in links asked from", 60, HOUR),
}
# What each link is mailed as, and how long it works.
MAILS: dict[StaffKind, tuple[str, int]] = {
    "reset_password": ("reset_password", RESET_SECONDS),
    "sign_in": ("sign_in_link", SIGN_IN_SECONDS),
}


async def ask(db: Database, settings: Settings, kind: StaffKind, email: str, asker: Asker, *, wanted: str = "") -> None:
    """Queue the mail of that kind if a colleague has that address. Both paths do the same work.

    `wanted` is the page to come to after signing in. Raises InvalidInput, TooMany, ProofOfWorkNeeded, SignInLinksOff.
    """
    if kind == "sign_in" and not settings.sign_in_links:
        raise SignInLinksOff
    counted = await mail_requests.count(db, settings, "staff", LIMITS[kind], email, asker)
    async with db.transaction() as tx:
        request = StaffRequest(kind, counted.email, wanted, counted.fingerprint, counted.previous_link)
        request_id = await accounts.add_request(tx, request)
        await enqueue(tx, "accounts:answer_staff_reset", queue="mail", request_id=str(request_id))


async def answer(db: Database, settings: Settings, request_id: UUID) -> None:
    """Post the mail that helps the colleague with that address, if there is one; once."""
    async with db.transaction() as tx:
        request = await accounts.take_request(tx, request_id)
        member = await accounts.lock_by_email(tx, request.email) if request else None
        if request is None or member is None or member.is_disabled:
            return
        asker = await mail_requests.asked_by(tx, "staff", member.id, request.fingerprint, request.previous_link)
        if member.has_joined:
            await _mail_link(tx, settings, member, request, asker)
        elif await _may_mail(tx, member, "staff_invitation", asker):
            await send_invitation(tx, SYSTEM, member.id, member.email, member.role, asked_by=asker)


async def _mail_link(
    tx: Transaction, settings: Settings, member: Member, request: StaffRequest, asker: AskedBy
) -> None:
    kind, seconds = MAILS[request.kind]
    is_offered = request.kind != "sign_in" or settings.sign_in_links
    if not is_offered or not await _may_mail(tx, member, kind, asker):
        return
    link_id = await links.make(tx, "staff", member.id, request.kind, email=member.email, seconds=seconds)
    facts = {"next": request.next} if request.kind == "sign_in" else {}
    link = LinkInMail(request.kind, link_id)
    await notices.post(tx, "staff", member.id, kind, member.email, link=link, asked_by=asker, **facts)


async def _may_mail(tx: Transaction, member: Member, kind: str, asker: AskedBy) -> bool:
    return await notices.recently(tx, "staff", member.id, kind, DAY, asker) < MOST_MAILS
