"""Finding people for other slices, and making customers in bulk for imports."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from uuid import UUID

from msgspec import structs

from revivatech.accounts.contracts import Customer, NewCustomer, StaffMember
from revivatech.accounts.queries import customers as stored
from revivatech.accounts.queries import staff
from revivatech.db import Question, Reader, Transaction
from revivatech.kit.errors import Conflict
from revivatech.kit.text import containing, normal_email, one_line

LONGEST_NAME = 100
# A customer that another transaction makes at the same moment is seen at the second look.
LOOKS = 3
MOST_WORDS = 10
TELEPHONE = re.compile(r"\+?[0-9()./ -]+")
NO_DIGIT = re.compile(r"[^0-9]")
FEWEST_DIGITS = 5
# As the column that is searched goes without them, by migration 0014.
ACCENTS = re.compile("[\u0300-\u036f]")


async def customer(reader: Reader, customer_id: UUID) -> Customer | None:
    """The customer of that id."""
    return (await customers(reader, [customer_id])).get(customer_id)


def customer_question(customer_id: UUID) -> Question[Customer]:
    """The same, to be asked together with others; no row where there is no such customer."""
    return stored.question(customer_id)


async def customers(reader: Reader, ids: Iterable[UUID]) -> dict[UUID, Customer]:
    """Those of the customers that exist, by id."""
    return {found.id: found for found in await stored.by_id(reader, list(ids))}


async def customer_by_email(reader: Reader, email: str) -> Customer | None:
    """The customer with that address, however it is spelt."""
    return await stored.by_email(reader, normal_email(email))


async def find_customers(reader: Reader, text: str, *, limit: int = 20) -> list[Customer]:
    """Customers whose name, address or telephone holds every word of the text, the newest first; none for no words."""
    patterns = word_patterns(text)
    return await stored.find(reader, patterns, limit) if patterns else []


def word_patterns(text: str) -> list[str]:
    """The LIKE patterns by which customers are searched: one a word, in lower case without accents, of the first ten.

    A telephone number is one pattern, of its digits alone.
    """
    typed = one_line(text)
    if TELEPHONE.fullmatch(typed) and len(digits := NO_DIGIT.sub("", typed.replace("(0)", ""))) >= FEWEST_DIGITS:
        # The zero that is dialled within a country is none of the number's.
        return [containing(digits.lstrip("0") or digits)]
    bare = ACCENTS.sub("", unicodedata.normalize("NFD", typed)).lower()
    return [containing(word) for word in bare.split()[:MOST_WORDS]]


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
    customer. Names are cut at 100 characters.
    """
    wanted = {one.key: _tidy(one) for one in new}
    found: dict[str, UUID] = {}
    for _ in range(LOOKS):
        missing = [one for key, one in wanted.items() if key not in found]
        if not missing:
            return found
        found |= await stored.ensure(tx, missing)
    if wanted.keys() - found.keys():
        raise Conflict("Some customers could not be made: others are making the same ones at this moment.")
    return found


def _tidy(new: NewCustomer) -> NewCustomer:
    return structs.replace(
        new,
        email=normal_email(new.email) if new.email else None,
        first_name=one_line(new.first_name)[:LONGEST_NAME],
        last_name=one_line(new.last_name)[:LONGEST_NAME],
    )
