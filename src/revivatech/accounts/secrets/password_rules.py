"""Password rules: long enough, not a common one, not made of the shop's or the owner's own words (R1, R2).

No rule asks for capitals, digits or signs: length does more (NIST SP 800-63B-4, section 3.1.1.2).
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import ClassVar

import anyio

from revivatech.accounts.secrets.passwords import LONGEST, SHORTEST, hash_password
from revivatech.db import Database
from revivatech.kit.errors import FieldError, InvalidInput
from revivatech.kit.i18n import marked
from revivatech.kit.structs import Value
from revivatech.shop import service as shop

SHORTEST_WITH_FACTOR = 8
# zxcvbn takes ten milliseconds for these and minutes for a thousand; more characters only make a password stronger.
LOOKED_AT = 72
# It tries every way to read these signs as letters: seconds for many kinds of them, unless there are few characters.
READ_AS_LETTERS = frozenset("4@8({[<369!1|7$5+0%2")
MOST_KINDS_OF_SIGNS = 5
LOOKED_AT_WITH_MANY = 24
# zxcvbn's scale: below 2 a password is found with a million guesses, which is what lists of common ones hold.
COMMON_BELOW = 2
# A word of the shop's or the owner's own counts from this length on, and something has to be added to it.
SHORTEST_WORD = 3
MOST_WORDS = 20
FEWEST_OTHERS = 8
OUR_WORDS = ("revivatech", "customer portal", "portal")

TOO_SHORT = marked("Please use at least 15 characters, a short sentence for example.")
TOO_SHORT_WITH_FACTOR = marked("Please use at least 8 characters.")
TOO_LONG = marked("Please use at most 1024 characters.")
COMMON = marked(
    "This password is easy to guess: it is on lists of common ones or repeats itself. Please choose another."
)
OWN = marked("This password is made of your own name or address, which others know. Please choose another.")
SHOPS = marked("This password is made of the name of the shop or portal. Please choose another.")

# As people write letters with digits and signs.
LEET = str.maketrans("013457@$!", "oieastasi")
WORD = re.compile(r"[^\W_]+")


class PasswordBlocklisted(InvalidInput):
    """The password is a common one, or made of words that everybody knows of the shop or of its owner."""

    code: ClassVar[str] = "password_blocklisted"


class Known(Value, frozen=True):
    """Words that others know: the shop's, and the owner's names and addresses."""

    shop: tuple[str, ...] = ()
    owner: tuple[str, ...] = ()


class Strength(Value, frozen=True):
    """The strength of a password: 0 (refused) to 4, and why it would be refused, in English."""

    score: int
    problem: str


async def hash_new(password: str, known: Known, *, two_factor: bool = False, field: str = "password") -> str:
    """The hash of a password that keeps the rules.

    Who writes it asks `require_length` again, once the account is locked: a second factor may be off by then. Raises
    InvalidInput, or PasswordBlocklisted with the reason; both name `field`.
    """
    require_length(password, two_factor=two_factor, field=field)
    shortest = SHORTEST_WITH_FACTOR if two_factor else SHORTEST
    strength = await anyio.to_thread.run_sync(_judge, password, known)
    if strength.problem:
        raise PasswordBlocklisted(strength.problem, errors=[FieldError(field, strength.problem)])
    return await hash_password(password, shortest=shortest)


def require_length(password: str, *, two_factor: bool, field: str = "password") -> None:
    """Return for a password that is long enough for an account with or without a second factor (R1).

    Raises InvalidInput, which names `field`.
    """
    if problem := _length_problem(password, SHORTEST_WITH_FACTOR if two_factor else SHORTEST):
        raise InvalidInput(problem, errors=[FieldError(field, problem)])


async def strength_of(password: str, known: Known, *, two_factor: bool = False) -> Strength:
    """Return how good the password would be."""
    if problem := _length_problem(password, SHORTEST_WITH_FACTOR if two_factor else SHORTEST):
        return Strength(0, problem)
    return await anyio.to_thread.run_sync(_judge, password, known)


def _length_problem(password: str, shortest: int) -> str:
    if len(password) < shortest:
        return TOO_SHORT if shortest == SHORTEST else TOO_SHORT_WITH_FACTOR
    return TOO_LONG if len(password) > LONGEST else ""


def _judge(password: str, known: Known) -> Strength:
    """In a thread: it takes up to some ten milliseconds."""
    # Half a megabyte of word lists that a process needs only once somebody chooses a password.
    from zxcvbn import zxcvbn  # noqa: PLC0415

    shop, owner = _words((*known.shop, *OUR_WORDS)), _words(known.owner)
    if _is_made_of(password, owner):
        return Strength(0, OWN)
    if _is_made_of(password, shop):
        return Strength(0, SHOPS)
    if _is_made_of(password, owner | shop):
        return Strength(0, OWN)
    looked_at = LOOKED_AT
    if len(READ_AS_LETTERS.intersection(password[:LOOKED_AT])) > MOST_KINDS_OF_SIGNS:
        looked_at = LOOKED_AT_WITH_MANY
    readable = password[:looked_at].encode(errors="replace").decode()
    score = int(zxcvbn(readable, user_inputs=sorted(owner | shop))["score"])
    return Strength(score, "") if score >= COMMON_BELOW else Strength(score, COMMON)


def _words(texts: Iterable[str]) -> set[str]:
    """The words of the texts, and each text as a whole, simplified."""
    whole = [_simple(text) for text in texts if text]
    words = {word for text in whole for word in (text, *WORD.findall(text)) if len(word) >= SHORTEST_WORD}
    return set(sorted(words, key=len, reverse=True)[:MOST_WORDS])


def _is_made_of(password: str, words: set[str]) -> bool:
    """Return whether little is left of the password once the words are taken out of it."""
    simple = _simple(password)
    for text in (simple, simple.translate(LEET)):
        left = text
        for word in sorted(words, key=len, reverse=True):
            left = left.replace(word, " ")
        if left != text and len("".join(WORD.findall(left))) < FEWEST_OTHERS:
            return True
    return False


def _simple(text: str) -> str:
    """The text in lower case without accents."""
    apart = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in apart if not unicodedata.combining(letter)).casefold()


async def known_of(db: Database, *owner: str | None) -> Known:
    """Return what others know of the shop and of the owner, which no password may be made of."""
    async with db.read() as reader:
        settings = await shop.current(reader)
    return Known(shop=(settings.name,), owner=tuple(text for text in owner if text))
