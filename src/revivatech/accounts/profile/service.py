"""The verbs of a profile."""

from collections.abc import Sequence
from uuid import UUID

import anyio.to_thread
from msgspec import UNSET, structs

from revivatech.accounts.activity.service import note
from revivatech.accounts.contracts import Client
from revivatech.accounts.profile import queries, time_zones
from revivatech.accounts.profile.contracts import DASHBOARD, LONGEST_NAME, DashboardPart, Profile, ProfileEdit
from revivatech.db import BatchedRead, Database, Reader, Transaction, fetch
from revivatech.kit import phones
from revivatech.kit.actor import CustomerActor
from revivatech.kit.errors import FieldError, InvalidInput, NotSignedIn
from revivatech.kit.i18n import LANGUAGES, marked
from revivatech.kit.text import one_line
from revivatech.realtime.contracts import CustomerChanged
from revivatech.shop import service as shop

NAMELESS = marked("Enter a first name.")
TOO_LONG = marked("At most 100 characters, please.")
NO_LANGUAGE = marked("We do not speak that language yet. Please choose one of the list.")
NO_ZONE = marked("There is no such time zone. Please choose one of the list.")
# What the log calls the fields that were changed.
FIELDS = ("first_name", "last_name", "phone", "language", "timezone")


async def profile(reader: Reader, customer_id: UUID) -> Profile:
    """The profile as it stands. Raises NotSignedIn when the account has just gone."""
    row = await queries.stored(reader, customer_id)
    if row is None:
        raise _gone()
    values = structs.asdict(row)
    dashboard = _parts(values.pop("dashboard_parts"))
    return Profile(**values, dashboard=dashboard)


async def change(db: Database, actor: CustomerActor, edit: ProfileEdit, client: Client) -> None:
    """Change what the edit names and nothing else. Raises InvalidInput naming each field that is wrong."""
    async with db.read() as reader:
        region = await anyio.to_thread.run_sync(shop.region_of, await shop.current(reader))
    wanted = await anyio.to_thread.run_sync(_checked, edit, region)
    async with db.transaction() as tx:
        before = await queries.locked(tx, actor.id)
        if before is None:
            raise _gone()
        after = structs.replace(before, **wanted)
        changed = [field for field in FIELDS if getattr(before, field) != getattr(after, field)]
        if not changed:
            return
        await queries.write(tx, actor.id, after)
        if "phone" in changed:
            await queries.end_codes(tx, actor.id)
        await note(tx, actor.id, "profile_changed", client, fields=", ".join(changed))
        tx.note(CustomerChanged(actor.id))


def _checked(edit: ProfileEdit, region: str | None) -> dict[str, str | None]:
    """The fields that are to be changed, as they are kept. Raises InvalidInput."""
    wanted, errors = _names(edit)
    if edit.phone is not UNSET:
        try:
            wanted["phone"] = phones.normal(edit.phone, region) if edit.phone and edit.phone.strip() else None
        except ValueError:
            errors.append(FieldError("phone", phones.WRONG))
    if isinstance(edit.language, str):
        wanted["language"] = edit.language
        if edit.language not in LANGUAGES:
            errors.append(FieldError("language", NO_LANGUAGE))
    if isinstance(edit.timezone, str):
        wanted["timezone"] = edit.timezone
        if not time_zones.is_zone(edit.timezone):
            errors.append(FieldError("timezone", NO_ZONE))
    if errors:
        raise InvalidInput("Please check what you wrote.", errors=errors)
    return wanted


def _names(edit: ProfileEdit) -> tuple[dict[str, str | None], list[FieldError]]:
    """The names that are to be changed, and what is wrong with them."""
    wanted: dict[str, str | None] = {}
    errors = []
    for field, api_name in (("first_name", "firstName"), ("last_name", "lastName")):
        if not isinstance(name := getattr(edit, field), str):
            continue
        wanted[field] = kept = one_line(name)
        if len(kept) > LONGEST_NAME:
            errors.append(FieldError(api_name, TOO_LONG))
        elif field == "first_name" and not kept:
            errors.append(FieldError(api_name, NAMELESS))
    return wanted, errors


async def choose_theme(db: Database, actor: CustomerActor, theme: str) -> None:
    """Remember the look on every browser of the customer's."""
    async with db.transaction() as tx:
        if await queries.set_theme(tx, actor.id, theme):
            tx.note(CustomerChanged(actor.id))


async def arrange_dashboard(db: Database, actor: CustomerActor, parts: Sequence[DashboardPart] | None) -> None:
    """Show those parts of the dashboard, in that order; None is how it comes."""
    async with db.transaction() as tx:
        await queries.set_dashboard(tx, actor.id, list(dict.fromkeys(parts)) if parts is not None else None)
        tx.note(CustomerChanged(actor.id))


async def dashboard_parts(reader: Reader, customer_id: UUID) -> tuple[DashboardPart, ...]:
    """The parts of the dashboard that the customer wants to see, in their order; a part."""
    return _chosen(await fetch(reader, queries.dashboard(customer_id)))


def dashboard_read(customer_id: UUID) -> BatchedRead[tuple[DashboardPart, ...]]:
    """The same, for the page that asks it together with what it shows."""
    return BatchedRead((queries.dashboard(customer_id),), lambda _language, _name, rows: _chosen(rows))


def _chosen(rows: Sequence[queries.Chosen]) -> tuple[DashboardPart, ...]:
    return _parts(rows[0].dashboard_parts) if rows else DASHBOARD


async def proven_phone(reader: Reader, customer_id: UUID) -> str | None:
    """The customer's telephone number (E.164) if they have proven that it is theirs."""
    row = await queries.stored(reader, customer_id)
    return row.phone if row is not None and row.phone_verified else None


async def forget(tx: Transaction) -> None:
    """Delete codes that nobody can use any more."""
    await queries.forget_old_codes(tx)


def _parts(stored: list[str] | None) -> tuple[DashboardPart, ...]:
    if stored is None:
        return DASHBOARD
    return tuple(part for part in stored if part in DASHBOARD)


def _gone() -> NotSignedIn:
    return NotSignedIn("The account is gone.")
