"""What accounts do in the background."""

from uuid import UUID

from revivatech.accounts import sessions
from revivatech.accounts.notices import service as notices
from revivatech.jobs.queue import RETRY, Blueprint, JobContext

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
    await sessions.forget_old(context.additional_context["services"].db)


@tasks.task(name="send_mail", queue="mail", retry=RETRY, pass_context=True)
async def send_mail(context: JobContext, mail_id: str) -> None:
    """Send a mail about an account, once."""
    services = context.additional_context["services"]
    await notices.send(services.db, services.sender, services.settings, UUID(mail_id))
