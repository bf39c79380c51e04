"""Background jobs of notifications: emails and SMS."""

from uuid import UUID

from revivatech.jobs.queue import RETRY, Blueprint, JobContext
from revivatech.kit.clock import utcnow
from revivatech.notifications import delivery

tasks = Blueprint()


@tasks.task(name="send_mail", queue="mail", retry=RETRY, pass_context=True)
async def send_mail(context: JobContext, notification_id: str) -> None:
    """Mail a notification to its customer, once."""
    services = context.additional_context["services"]
    await delivery.send_mail(services.db, services.sender, services.settings, UUID(notification_id))


@tasks.task(name="send_sms", queue="sms", retry=RETRY, pass_context=True)
async def send_sms(context: JobContext, notification_id: str) -> None:
    """Send a notification by SMS to its customer, once, and not in their quiet hours."""
    services = context.additional_context["services"]
    await delivery.send_sms(services.db, services.sms, services.settings, UUID(notification_id), utcnow())
