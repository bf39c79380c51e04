"""The import itself: the file into the stage, the stage into the repairs, in one transaction."""

from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

from revivatech.accounts import service as accounts
from revivatech.accounts.contracts import NewCustomer
from revivatech.db import Database, Transaction, without_limit
from revivatech.kit.clock import utcnow
from revivatech.kit.ids import human_number
from revivatech.realtime.contracts import CustomerChanged
from revivatech.repairs.importing.contracts import (
    Account,
    AnotherImport,
    Format,
    Problem,
    StagedRow,
    Summary,
    Surroundings,
)
from revivatech.repairs.importing.open_repair import OpenRepairMapping
from revivatech.repairs.importing.portal import PortalMapping
from revivatech.repairs.importing.queries import customers, repairs, stage
from revivatech.repairs.importing.queries.customers import Corrected, StagedCustomer
from revivatech.repairs.importing.reader import Progress, Source
from revivatech.repairs.importing.report import Report
from revivatech.repairs.queries.stages import stages
from revivatech.shop import service as shop

CUSTOMERS_AT_ONCE = 2_000
# From here on the planner's statistics are worth a second.
BIG_LOAD = 1_000
MOST_ACCOUNTS = 5

Mapping = OpenRepairMapping | PortalMapping


class _Refused(Exception):  # noqa: N818 - not a fault: it only rolls the transaction back
    """There were bad rows, and all was wanted or nothing."""


async def import_repairs(
    db: Database | str,
    path: Path,
    *,
    format: Format | None = None,  # noqa: A002 - the command line's own word
    keep_going: bool = False,
    report: Path | None = None,
    progress: Progress | None = None,
    secrets: tuple[str, ...] = (),
) -> Summary:
    """Bring the file's repairs in, and tell what came of it.

    One transaction: a bad row leaves everything as it was (`committed` is false) unless `keep_going`, which brings in
    the good ones. The report names each bad line; without a path of its own it is `<file>.import-report.csv` in the
    current folder. `progress` is called with the bytes done and their total. Nobody is notified and nothing is mailed.
    Whoever had themselves erased is known again by the shop's `secrets`: their old repairs are left out, named in the
    report, and no reason to refuse the others; ValueError where there are such people and no secret.
    Raises UnreadableFile where the file as a whole cannot be read, AnotherImport while one runs.
    """
    async with AsyncExitStack() as stack:
        if isinstance(db, str):
            db = await stack.enter_async_context(Database(db, most=2))
        source = stack.enter_context(Source(path, progress))
        kind = source.format(format)
        journal = stack.enter_context(Report(report, path))
        run = _Run(source, kind, journal, keep_going=keep_going, secrets=secrets)
        try:
            # A big file may take longer than a page's statement.
            async with db.transaction() as tx, without_limit(tx):
                await run.bring_in(tx)
        except _Refused:
            return run.summary(committed=False)
        if run.imported + run.updated >= BIG_LOAD:
            async with db.read() as reader:
                await repairs.settle(reader)
        return run.summary(committed=True)


class _Run:
    """One import's steps and counts."""

    def __init__(
        self, source: Source, kind: Format, journal: Report, *, keep_going: bool, secrets: tuple[str, ...]
    ) -> None:
        self._source = source
        self._kind = kind
        self._journal = journal
        self._keep_going = keep_going
        self._secrets = secrets
        self.imported = self.updated = self.unchanged = 0
        self._erased = self._forgotten_marks = 0
        self._largest: list[Account] = []

    async def bring_in(self, tx: Transaction) -> None:
        """All steps; raises _Refused before the repairs are touched when a bad row forbids them."""
        if not await stage.claim(tx):
            raise AnotherImport("Another import is running; wait for its end.")
        mapping = await self._mapping(tx)
        await stage.make(tx)
        await stage.fill(tx, self._good_rows(mapping))
        self._journal.add(await stage.drop_doubles(tx))
        self._go_on_or_refuse()
        await self._leave_out_erased(tx)
        self._largest = await customers.largest(tx, MOST_ACCOUNTS)
        self.unchanged = await stage.drop_unchanged(tx, mapping.source)
        await self._correct_customers(tx, mapping.source)
        await self._set_strangers_aside(tx, mapping.source)
        await self._find_customers(tx)
        await repairs.lock(tx, mapping.source)
        await self._number_afresh(tx)
        await repairs.add_devices(tx)
        self.updated = await repairs.update(tx, mapping.source)
        self.imported = await repairs.insert(tx, mapping.source)
        for customer_id in await customers.touched(tx):
            tx.note(CustomerChanged(customer_id))

    def summary(self, *, committed: bool) -> Summary:
        """Return what came of it."""
        return Summary(
            imported=self.imported,
            updated=self.updated,
            unchanged=self.unchanged if committed else 0,
            skipped=self._journal.lines,
            report_path=self._journal.path,
            committed=committed,
            largest=tuple(self._largest) if committed else (),
            erased=self._erased,
            forgotten_marks=self._forgotten_marks,
            hints=self._journal.hints if committed else 0,
        )

    async def _mapping(self, tx: Transaction) -> Mapping:
        settings = await shop.current(tx)
        around = Surroundings(
            currency=settings.currency,
            language=settings.language,
            timezone=settings.timezone,
            stages={one.key: one.status.value for one in await stages(tx)},
            technicians={member.email: member.id for member in await accounts.active_staff(tx)},
            now=utcnow(),
        )
        if self._kind == "open-repair":
            return OpenRepairMapping(around)
        return PortalMapping(around, self._journal.hint)

    def _good_rows(self, mapping: Mapping) -> Iterator[StagedRow]:
        """The rows to stage; what is wrong with the others goes to the report as they pass."""
        for row in self._source.rows():
            result = [row] if isinstance(row, Problem) else mapping.row(row)
            if isinstance(result, StagedRow):
                yield result
            else:
                self._journal.add(result)

    def _go_on_or_refuse(self) -> None:
        if self._journal.lines > self._erased and not self._keep_going:
            raise _Refused

    async def _leave_out_erased(self, tx: Transaction) -> None:
        """Nobody whom an erasure has removed comes back with what was before it; later work is theirs anew."""
        if not await accounts.anybody_erased(tx):
            return
        zone = (await shop.current(tx)).timezone
        after = ""
        while some := await customers.people(tx, after, CUSTOMERS_AT_ONCE):
            erased = await accounts.erased_at(tx, self._secrets, [_new_customer(one, zone) for one in some])
            if erased:
                problems = await customers.drop_erased(tx, erased)
                self._journal.add(problems)
                self._erased += len(problems)
            after = some[-1].key
        self._forgotten_marks = await accounts.unreadable_marks(tx, self._secrets)

    async def _correct_customers(self, tx: Transaction, source: str) -> None:
        """Whoever is known from earlier imports alone, and described anew by this one, stays one customer (C27)."""
        settings = await shop.current(tx)
        corrected = await customers.corrected(tx, source)
        if corrected:
            described = {one.customer_id: _new_customer(one, settings.timezone) for one in corrected}
            await accounts.correct_imported(tx, described)

    async def _set_strangers_aside(self, tx: Transaction, source: str) -> None:
        """No import hands a repair to somebody else; such a row is no reason to refuse the others (C27)."""
        claims = await stage.claims(tx, source)
        if strangers := await accounts.strangers(tx, claims):
            self._journal.add(await stage.drop_moved(tx, source, strangers))

    async def _find_customers(self, tx: Transaction) -> None:
        """Every customer of the stage has an account afterwards: one that was there, or a new one."""
        settings = await shop.current(tx)
        await customers.gather(tx)
        after = 0
        while some := await customers.staged(tx, after, CUSTOMERS_AT_ONCE):
            new = [_new_customer(one, settings.timezone) for one in some]
            known = await accounts.ensure_customers(tx, new)
            await accounts.keep_from_strangers(tx, list(known.values()))
            await customers.know(tx, known)
            after = some[-1].nth

    async def _number_afresh(self, tx: Transaction) -> None:
        """No two repairs bear one number: 35 random bits meet now and then among many."""
        while taken := await stage.taken_numbers(tx):
            await stage.renumber(tx, {line: human_number("R") for line in taken})


def _new_customer(staged: StagedCustomer | Corrected, timezone: str) -> NewCustomer:
    return NewCustomer(
        key=staged.key,
        email=staged.email,
        first_name=staged.first_name,
        last_name=staged.last_name,
        is_organisation=staged.is_organisation,
        phone=staged.phone,
        language=staged.language,
        timezone=timezone,
        created_at=staged.since,
    )
