"""Background jobs of accounts."""

from uuid import UUID

from revivatech.accounts import retention
from revivatech.accounts.emails.notices import service as notices
from revivatech.accounts.profile import avatars, phone_verification
from revivatech.accounts.profile import service as profile
from revivatech.accounts.registration import mail_requests
from revivatech.accounts.staff_accounts import mail_requests as staff_requests
from revivatech.jobs.queue import RETRY, Blueprint, JobContext
from revivatech.sms import service as sms

tasks = Blueprint()


@tasks.task(name="forget_sessions", retry=RETRY, pass_context=True)
async def forget_sessions(context: JobContext, owner_id: str, session_ids: str) -> None:
    """Have Valkey refuse these ended sessions (ids with commas); tried again while Valkey is away."""
    cache = context.additional_context["services"].cache
    for session_id in session_ids.split(","):
        await cache.end_session(UUID(owner_id), UUID(session_id))


@tasks.task(name="forget_old", pass_context=True)
async def forget_old(context: JobContext, timestamp: int = 0) -> None:  # noqa: ARG001 - a schedule gives its time
    """Delete ended sessions and failed sign-ins that nobody needs any more; once a day is enough."""
    await retention.forget_old(context.additional_context["services"].db)


@tasks.task(name="send_mail", queue="mail", retry=RETRY, pass_context=True)
async def send_mail(context: JobContext, mail_id: str) -> None:
    """Send a mail about an account, once."""
    services = context.additional_context["services"]
    await notices.send(services.db, services.sender, services.settings, UUID(mail_id))


@tasks.task(name="delete_avatar", retry=RETRY, pass_context=True)
async def delete_avatar(context: JobContext, customer_id: str, avatar_id: str) -> None:
    """Delete the files of a picture that was replaced or removed; what is gone already is as good."""
    await avatars.delete_files(context.additional_context["services"].files, UUID(customer_id), UUID(avatar_id))


@tasks.task(name="sweep_avatars", pass_context=True)
async def sweep_avatars(context: JobContext, timestamp: int = 0) -> None:  # noqa: ARG001 - a schedule gives its time
    """Delete what is older than a day and no use: pictures that no customer has, codes, a demo's SMS."""
    services = context.additional_context["services"]
    await avatars.sweep_avatars(services.db, services.files)
    async with services.db.transaction() as tx:
        await profile.forget(tx)
        await sms.forget_old(tx)


@tasks.task(name="send_phone_code", queue="sms", retry=RETRY, pass_context=True)
async def send_phone_code(context: JobContext, code_id: str) -> None:
    """Send the code that proves a telephone number, once."""
    services = context.additional_context["services"]
    await phone_verification.send_code(services.db, services.settings, services.sms, UUID(code_id))


@tasks.task(name="answer_mail_request", queue="mail", retry=RETRY, pass_context=True)
async def answer_mail_request(context: JobContext, request_id: str) -> None:
    """Post the mail that somebody has asked for, if there is such an account; once."""
    services = context.additional_context["services"]
    await mail_requests.answer(services.db, services.settings, UUID(request_id))


@tasks.task(name="answer_staff_reset", queue="mail", retry=RETRY, pass_context=True)
async def answer_staff_reset(context: JobContext, request_id: str) -> None:
    """Mail the link that someone asked for, to a new password or to sign in, if a colleague has that address; once."""
    services = context.additional_context["services"]
    await staff_requests.answer(services.db, services.settings, UUID(request_id))
