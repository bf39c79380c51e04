"""What leaves the house after a notification is stored."""

from uuid import UUID

from revivatech.jobs.queue import RETRY, Blueprint, JobContext
from revivatech.notifications import delivery

tasks = Blueprint()


@tasks.task(name="send_mail", queue="mail", retry=RETRY, pass_context=True)
async def send_mail(context: JobContext, notification_id: str) -> None:
    """Mail a notification to its customer, once."""
    services = context.additional_context["services"]
    await delivery.send_mail(services.db, services.sender, services.settings, UUID(notification_id))
