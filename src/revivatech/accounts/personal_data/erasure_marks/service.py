"""Keeping marks of whom an erasure has removed, and knowing them again in the records of an older system.

A mark is HMAC-SHA-256 under a key derived from the shop's secret: a copy of the database alone tells nobody whether a
given address was ever a customer's. A person has up to three: of the e-mail address, of the key that an import gave
them, and of their name with the end of their telephone number.
"""

import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from revivatech.accounts.contracts import NewCustomer
from revivatech.accounts.personal_data.erasure_marks import queries
from revivatech.accounts.personal_data.erasure_marks.queries import Person
from revivatech.accounts.secrets.keys import Key, Keyring, keyring
from revivatech.db import Reader, Transaction
from revivatech.kit.email import lookup_forms
from revivatech.kit.structs import Value
from revivatech.kit.text import one_line

PURPOSE = "erased"
# The end of a number is the same with and without the code of its country.
PHONE_DIGITS = 8


class Marks(Value, frozen=True):
    """The marks of one person, made with the key of that name."""

    key_id: str
    marks: tuple[bytes, ...]


async def remember(tx: Transaction, secrets: tuple[str, ...], customer_id: UUID, at: datetime) -> Marks:
    """The marks of a customer who is about to be erased, now kept; none where nothing of them is left to know."""
    key = keyring(secrets, PURPOSE).first
    person = await queries.person(tx, customer_id)
    marks = Marks(key.id, tuple(_mark(key, trait) for trait in _traits(person))) if person else Marks(key.id, ())
    await keep(tx, marks, at)
    return marks


async def keep(tx: Transaction, marks: Marks, at: datetime) -> None:
    """Keep marks that were made elsewhere, as in the journal of a database that was restored."""
    if marks.marks:
        await queries.add(tx, marks.marks, marks.key_id, at)


async def anybody_erased(reader: Reader) -> bool:
    """Return whether there is anybody whom `erased_at` could know again."""
    return await queries.some(reader)


async def erased_at(reader: Reader, secrets: tuple[str, ...], people: Sequence[NewCustomer]) -> Mapping[str, datetime]:
    """Return when those of the people who were erased were, by the key under which they are asked for.

    Raises ValueError without a secret.
    """
    ring = keyring(secrets, PURPOSE)
    marks = {person.key: _marks_under(ring, person) for person in people}
    kept = {
        row.mark: row.erased_at
        for row in await queries.found(reader, [mark for some in marks.values() for mark in some])
    }
    return {key: max(kept[mark] for mark in some if mark in kept) for key, some in marks.items() if kept.keys() & some}


async def unreadable(reader: Reader, secrets: tuple[str, ...]) -> int:
    """Return how many marks cannot be compared, because their secret is no longer among those given."""
    return await queries.of_other_keys(reader, [key.id for key in keyring(secrets, PURPOSE).keys])


def _marks_under(ring: Keyring, new: NewCustomer) -> list[bytes]:
    # Marks from before there was one rule for addresses are of the form in which they were stored then.
    emails = lookup_forms(new.email) if new.email else [None]
    people = [Person(email, new.first_name, new.last_name, new.phone, new.key) for email in emails]
    return [_mark(key, trait) for key in ring.keys for person in people for trait in _traits(person)]


def _traits(person: Person) -> list[str]:
    """By what the person is known again; a name alone, or a number alone, may be somebody else's."""
    traits = []
    if person.email:
        traits.append(f"email:{person.email}")
    if person.import_key:
        traits.append(f"key:{person.import_key}")
    digits = re.sub(r"\D", "", person.phone or "")[-PHONE_DIGITS:]
    if len(digits) == PHONE_DIGITS:
        name = one_line(f"{person.first_name} {person.last_name}").casefold()
        traits.append(f"phone:{name}:{digits}")
    return traits


def _mark(key: Key, trait: str) -> bytes:
    return hmac.digest(key.value, trait.encode(), "sha256")
