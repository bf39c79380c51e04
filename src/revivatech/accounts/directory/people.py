"""Finding people for other slices, and making customers in bulk for imports."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from uuid import UUID

import anyio.to_thread
from msgspec import structs

from revivatech.accounts.contracts import Claim, Customer, NewCustomer, StaffMember
from revivatech.accounts.directory.queries import customers as stored
from revivatech.accounts.directory.queries import staff
from revivatech.db import Query, Reader, Transaction
from revivatech.kit import phones
from revivatech.kit.actor import Actor, StaffActor
from revivatech.kit.email import EmailError, ascii_domain, parse_email
from revivatech.kit.errors import Conflict
from revivatech.kit.folding import folded
from revivatech.kit.permissions import Permission, may
from revivatech.kit.text import containing, one_line
from revivatech.shop import service as shop

LONGEST_NAME = 100
# A customer that another transaction makes at the same moment is seen at the second look.
LOOKS = 3
MOST_WORDS = 10


async def customer(reader: Reader, customer_id: UUID) -> Customer | None:
    """The customer of that id."""
    return (await customers(reader, [customer_id])).get(customer_id)


def customer_query(customer_id: UUID) -> Query[Customer]:
    """The same, to be asked together with others; no row where there is no such customer."""
    return stored.question(customer_id)


async def customers(reader: Reader, ids: Iterable[UUID]) -> dict[UUID, Customer]:
    """Those of the customers that exist, by id."""
    return {found.id: found for found in await stored.by_id(reader, list(ids))}


async def customer_by_email(reader: Reader, email: str) -> Customer | None:
    """Return the customer with that address, however it is spelt; None for a text that is no address too."""
    try:
        return await stored.by_email(reader, parse_email(email))
    except EmailError:
        return None


def as_seen_by(actor: Actor, customer: Customer) -> Customer:
    """Return the customer as the actor may see them: without email and phone where they may not read customers."""
    return customer if may_read_contact(actor) else structs.replace(customer, email=None, phone=None)


def may_read_contact(actor: Actor) -> bool:
    """Return whether the actor may know, or find out by searching, how to reach a customer."""
    return not isinstance(actor, StaffActor) or may(actor, Permission.READ_CUSTOMERS)


async def find_customers(reader: Reader, actor: Actor, text: str, *, limit: int = 20) -> list[Customer]:
    """Return customers whose name, email or phone holds every word of the text, the newest first; none for no words.

    For an actor who may not read customers' contact details, the name alone counts.
    """
    patterns = await word_patterns(reader, text)
    if not patterns:
        return []
    found = await stored.find(reader, patterns, limit, by_name_alone=not may_read_contact(actor))
    return [as_seen_by(actor, one) for one in found]


async def word_patterns(reader: Reader, text: str) -> list[str]:
    """Return the LIKE patterns by which customers are searched: one a word, folded, of the first ten.

    A telephone number is one pattern: the digits that it has with and without its country's code.
    """
    typed = one_line(text)
    if phones.BARE.fullmatch(typed):
        region = await anyio.to_thread.run_sync(shop.region_of, await shop.current(reader))
        if digits := await anyio.to_thread.run_sync(phones.searched, typed, region):
            return [containing(digits)]
    return [containing(_as_searched(word)) for word in typed.split()[:MOST_WORDS]]


def _as_searched(word: str) -> str:
    """The word as `customers.search_text` holds it: an address in its normal form, a number without the zero before."""
    if word.isascii() and word.isdigit():
        return word.lstrip("0") or word
    with suppress(EmailError):
        if "@" in word:
            return folded(parse_email(word))
        if "." in word and not word.isascii():
            return folded(ascii_domain(word))
    return folded(word)


async def staff_member(reader: Reader, user_id: UUID) -> StaffMember | None:
    """The staff member of that id, a disabled one too."""
    return (await staff_members(reader, [user_id])).get(user_id)


async def staff_members(reader: Reader, ids: Iterable[UUID]) -> dict[UUID, StaffMember]:
    """Those of the staff members that exist, disabled ones too, by id."""
    return {found.id: found for found in await staff.by_id(reader, list(ids))}


async def active_staff(reader: Reader) -> list[StaffMember]:
    """Everybody who can be given work, by name."""
    return await staff.active(reader)


async def all_staff(reader: Reader) -> list[StaffMember]:
    """Everybody who works or worked here, by name: the history names those who have left, too."""
    return await staff.everybody(reader)


async def ensure_customers(tx: Transaction, new: Sequence[NewCustomer]) -> dict[str, UUID]:
    """The id of each customer by its key: found by key, else by e-mail address, else made.

    Those that exist stay as they are: their owners may have changed them. Several keys with one address are one
    customer. Names are cut at 100 characters, a telephone number is kept as E.164 where it is one. The caller has read
    the addresses by `kit.email`: raises EmailError for what is none.
    """
    region = shop.region_of(await shop.current(tx)) if any(one.phone for one in new) else None
    wanted = {one.key: _tidy(one, region) for one in new}
    found: dict[str, UUID] = {}
    for _ in range(LOOKS):
        missing = [one for key, one in wanted.items() if key not in found]
        if not missing:
            return found
        found |= await stored.ensure(tx, missing)
    if wanted.keys() - found.keys():
        raise Conflict("Some customers could not be made: others are making the same ones at this moment.")
    return found


async def correct_imported(tx: Transaction, described: Mapping[UUID, NewCustomer]) -> None:
    """Give customers whom only an import has made the facts by which the next one describes them (C27).

    People alone, without a password or an address of their own, and with the same name or telephone number as before;
    never facts by which somebody else is known. The others stay as they are.
    """
    region = shop.region_of(await shop.current(tx))
    await stored.correct_imported(tx, {key: _tidy(one, region) for key, one in described.items()})


async def strangers(reader: Reader, claims: Sequence[Claim]) -> list[Claim]:
    """Return the claims of those who are known here neither by that key nor by that address."""
    known = await stored.known_claims(reader, claims) if claims else set()
    return [one for one in claims if (one.customer_id, one.key) not in known]


def _tidy(new: NewCustomer, region: str | None) -> NewCustomer:
    return structs.replace(
        new,
        email=parse_email(new.email) if new.email else None,
        first_name=one_line(new.first_name)[:LONGEST_NAME],
        last_name=one_line(new.last_name)[:LONGEST_NAME],
        phone=(phones.kept(new.phone, region) or None) if new.phone else None,
    )
