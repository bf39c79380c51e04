"""The job runner: every slice's tasks, what runs on a schedule, and what they may use."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog

from revivatech.accounts import jobs as accounts_jobs
from revivatech.accounts import service as accounts
from revivatech.accounts.personal_data.service import Accounts
from revivatech.cache.store import Cache
from revivatech.db import Database
from revivatech.idempotency.personal_data import made_once
from revivatech.integrations.twilio.client import Twilio
from revivatech.jobs.housekeeping import tasks as housekeeping
from revivatech.jobs.metrics import measure
from revivatech.jobs.personal_data.service import Jobs
from revivatech.jobs.queue import App, new_app
from revivatech.jobs.rescue import FORGET_WORKER_SECONDS, HEARTBEAT_SECONDS, keep_rescuing
from revivatech.kit import tasks
from revivatech.mail.personal_data import service as mail_personal
from revivatech.mail.sender import Sender, sender_for
from revivatech.notifications import jobs as notifications_jobs
from revivatech.notifications.personal_data import service as notifications_personal
from revivatech.privacy import jobs as privacy_jobs
from revivatech.privacy import service as privacy
from revivatech.privacy.ports import Keeper, Processor
from revivatech.realtime import jobs as realtime_jobs
from revivatech.realtime.personal_data import service as realtime_personal
from revivatech.repairs.personal_data.service import Repairs
from revivatech.settings import Settings
from revivatech.sms.personal_data.service import KeptTexts
from revivatech.sms.sender import KeptSms, NullSms, SmsSender
from revivatech.storage import Files, files_for

log = structlog.get_logger(__name__)

CONCURRENCY = 4
GRACE_SECONDS = 5.0
END_SECONDS = GRACE_SECONDS + 2
RESTART_SECONDS = 1.0
# How far the journal of credentials may lie behind the database.
JOURNAL_SECONDS = 5.0

# Each hour and not each night: a shop's machine may be off at night.
SCHEDULE = {
    "jobs:forget_failed": "17 * * * *",
    "realtime:forget_old_events": "23 * * * *",
    "accounts:forget_old": "41 * * * *",
    "accounts:sweep_avatars": "53 * * * *",
    "privacy:run_due": "*/10 * * * *",
    "privacy:tell_processors": "33 * * * *",
    "privacy:clean": "51 * * * *",
}


@dataclass(frozen=True, slots=True)
class Services:
    """The services that tasks find in their context."""

    settings: Settings
    db: Database
    cache: Cache
    sender: Sender
    files: Files
    sms: SmsSender
    keepers: Sequence[Keeper]
    processors: Sequence[Processor]


# Who has customers' data on the shop's behalf and is told of erasures: a CRM, a chat.
PROCESSORS: tuple[Processor, ...] = ()


def keepers_of(files: Files) -> tuple[Keeper, ...]:
    """Each part that keeps something of customers, in the order in which it is erased."""
    return (
        notifications_personal.notifications,
        realtime_personal.events,
        mail_personal.kept_mails,
        Jobs(),
        KeptTexts(),
        privacy.Privacy(files),
        Repairs(),
        made_once,
        Accounts(files),
    )


def sms_for(settings: Settings, db: Database) -> SmsSender:
    """The sender of SMS that the settings ask for; a demo keeps them, everybody else without a vendor has none."""
    if settings.twilio_account_sid:
        return Twilio(settings)
    return KeptSms(db) if settings.mode == "demo" else NullSms()


def build_jobs(url: str) -> App:
    """The runner with every task and every schedule; it opens no connection yet."""
    app = new_app(
        url,
        {
            "accounts": accounts_jobs.tasks,
            "jobs": housekeeping,
            "notifications": notifications_jobs.tasks,
            "privacy": privacy_jobs.tasks,
            "realtime": realtime_jobs.tasks,
        },
    )
    for name, cron in SCHEDULE.items():
        app.periodic(cron=cron)(app.tasks[name])
    return app


async def work(settings: Settings, services: Services) -> None:
    """Run jobs until cancelled; what is under way then has a few seconds to end, and is tried again later if not."""
    app = build_jobs(settings.database_url)
    async with app.open_async(), asyncio.TaskGroup() as group:
        if privacy.may_know_somebody(settings, services.files):
            # Perhaps of a database that was restored a moment ago.
            await app.configure_task("privacy:run_due").defer_async(timestamp=0)
        rescuer = group.create_task(keep_rescuing(app), name="job rescue")
        journalist = group.create_task(keep_journal(app, services), name="credential journal")
        await app.run_worker_async(
            concurrency=CONCURRENCY,
            install_signal_handlers=False,
            shutdown_graceful_timeout=GRACE_SECONDS,
            update_heartbeat_interval=HEARTBEAT_SECONDS,
            stalled_worker_timeout=FORGET_WORKER_SECONDS,
            delete_jobs="successful",
            worker_middleware=[measure],
            additional_context={"services": services},
        )
        rescuer.cancel()
        journalist.cancel()


async def keep_journal(app: App, services: Services) -> None:
    """Keep the journal of credentials up to date until cancelled.

    A database that is older than the journal, restored from a backup, first gets its credentials back (R155). A loop
    and not a job, so that it needs no free slot; it looks through the connections of the jobs.
    """
    db, settings, files = services.db, services.settings, services.files
    has_replayed = not accounts.may_have_journal(settings, files)
    while True:
        try:
            if not has_replayed:
                await accounts.replay_credentials(db, settings, files)
                has_replayed = True
            found = await app.connector.execute_query_one_async(accounts.PENDING_CREDENTIALS)
            if found["is_pending"]:
                await accounts.write_out_credentials(db, settings, files)
        except Exception as error:  # noqa: BLE001 - the database or the bucket is away; the next round makes up for it
            log.warning("credential_journal_put_off", error=type(error).__name__)
        await asyncio.sleep(JOURNAL_SECONDS)


@asynccontextmanager
async def running(settings: Settings, db: Database, cache: Cache) -> AsyncIterator[None]:
    """Jobs run beside the block; a runner that fails (the database restarts) begins again."""
    files = files_for(settings)
    services = Services(
        settings, db, cache, sender_for(settings, db), files, sms_for(settings, db), keepers_of(files), PROCESSORS
    )

    async def keep_working() -> None:
        while True:
            try:
                await work(settings, services)
            except Exception:
                log.exception("worker_failed")
            await asyncio.sleep(RESTART_SECONDS)

    runner = asyncio.create_task(keep_working(), name="jobs")
    try:
        yield
    finally:
        await tasks.end(runner, patience=END_SECONDS)
