"""Background jobs of privacy."""

from uuid import UUID

from revivatech.jobs.queue import RETRY, Blueprint, JobContext
from revivatech.privacy import erasures, exports, retention
from revivatech.privacy.erase import Eraser
from revivatech.storage.cleanup import sweep as sweep_files

tasks = Blueprint()


@tasks.task(name="make_export", queue="exports", retry=RETRY, pass_context=True)
async def make_export(context: JobContext, export_id: str) -> None:
    """Make an export and tell its customer."""
    services = context.additional_context["services"]
    await exports.make(services.db, services.settings, services.files, services.keepers, UUID(export_id))


@tasks.task(name="run_due", pass_context=True)
async def run_due(context: JobContext, timestamp: int = 0) -> None:  # noqa: ARG001 - a schedule gives its time
    """Erase whose day has come, and whom a restored backup has brought back."""
    services = context.additional_context["services"]
    await Eraser(services.db, services.settings, services.files, services.keepers, services.processors).run_due()


@tasks.task(name="sweep", retry=RETRY, pass_context=True)
async def sweep(context: JobContext, customer_id: str) -> None:
    """Remove an erased customer's files and kept answers."""
    services = context.additional_context["services"]
    await erasures.sweep(services.db, services.cache, services.keepers, UUID(customer_id))


@tasks.task(name="tell_processors", pass_context=True)
async def tell_processors(context: JobContext, timestamp: int = 0) -> None:  # noqa: ARG001 - as above
    """Tell those who work for the shop whom to erase; who does not answer is told again each hour."""
    services = context.additional_context["services"]
    await erasures.tell_processors(services.db, services.processors)


@tasks.task(name="clean", pass_context=True)
async def clean(context: JobContext, timestamp: int = 0) -> None:  # noqa: ARG001 - as above
    """End what has outlived its period: exports, what a law had kept, network addresses, old entries."""
    services = context.additional_context["services"]
    await exports.expire(services.db, services.settings, services.files)
    await sweep_files(services.files, exports.FOLDER, lambda keys: exports.known(services.db, keys))
    await erasures.end_keeping(services.db, services.keepers)
    await retention.forget_old(services.db, services.settings, services.keepers)
