"""Proving that a telephone number is the customer's: six digits by SMS.

The code is derived from the id of its row with the shop's secret, so that neither a copy of the database nor a job's
arguments hold it.
"""

import hmac
from urllib.parse import urlsplit
from uuid import UUID

import anyio.to_thread
import structlog

from revivatech.accounts.activity.service import note
from revivatech.accounts.contracts import Client
from revivatech.accounts.profile import queries
from revivatech.accounts.profile.contracts import CodeOver, NothingToProve, WrongCode
from revivatech.accounts.secrets.keys import Key, keyring
from revivatech.accounts.sessions import throttle
from revivatech.db import Database, Reader
from revivatech.jobs.queue import enqueue
from revivatech.kit import phones
from revivatech.kit.actor import CustomerActor
from revivatech.kit.errors import FieldError, NotFound
from revivatech.kit.i18n import marked, translations
from revivatech.realtime.contracts import CustomerChanged
from revivatech.settings import Settings
from revivatech.shop import service as shop
from revivatech.sms.sender import SmsRefused, SmsSender

log = structlog.get_logger(__name__)

DIGITS = 6
LIFE_SECONDS = 600
HOUR = 3600
MOST_OF_ACCOUNT = 3
MOST_OF_NUMBER = 3

TEXT = marked("%(code)s is your code for %(shop)s. It works for 10 minutes. Nobody from the shop will ask you for it.")
NOT_OURS = marked("There is nothing to prove: no number, one that is proven, or one that takes no SMS.")
WRONG = marked("That is not the code. Please look at the SMS again.")
OVER = marked("This code does not work any more. Please ask for a new one.")


async def ask(db: Database, settings: Settings, sms: SmsSender, actor: CustomerActor) -> None:
    """Have a new code sent to the customer's number; an older one ends.

    Raises NotFound where the shop sends no SMS, NothingToProve, and TooMany after three in an hour for the account
    or, whoever asks, for the number (R122).
    """
    if not sms.is_configured:
        raise NotFound
    async with db.read() as reader:
        row = await queries.stored(reader, actor.id)
    if row is None or row.phone is None or row.phone_verified:
        raise NothingToProve(NOT_OURS)
    if not await anyio.to_thread.run_sync(phones.takes_sms, row.phone):
        raise NothingToProve(NOT_OURS)
    await throttle.count(db, settings, "sms account", str(actor.id), most=MOST_OF_ACCOUNT, seconds=HOUR)
    await throttle.count(db, settings, "sms number", row.phone, most=MOST_OF_NUMBER, seconds=HOUR)
    async with db.transaction() as tx:
        now = await queries.phone_of(tx, actor.id)
        if now is None or now.phone != row.phone or now.is_verified:
            raise NothingToProve(NOT_OURS)
        await queries.end_codes(tx, actor.id)
        code_id = await queries.add_code(tx, actor.id, row.phone, LIFE_SECONDS)
        await enqueue(tx, "accounts:send_phone_code", code_id=str(code_id))


async def prove_phone(db: Database, settings: Settings, actor: CustomerActor, typed: str, client: Client) -> None:
    """Take the number for proven. Raises WrongCode, and CodeOver after ten minutes or five tries."""
    async with db.transaction() as tx:
        code = await queries.try_code(tx, actor.id)
        is_right = code is not None and _is_code(settings, code.id, typed)
        if code is not None and is_right:
            if not await queries.prove_phone(tx, code):
                raise CodeOver(OVER)
            await note(tx, actor.id, "phone_verified", client)
            tx.note(CustomerChanged(actor.id))
            return
    # Raised only now: the try must be committed.
    if code is None:
        raise CodeOver(OVER)
    raise WrongCode(WRONG, errors=[FieldError("code", WRONG)])


async def awaits_code(reader: Reader, actor: CustomerActor) -> bool:
    """Return whether there is a code that the customer may still give; a part."""
    return await queries.living_code(reader, actor.id) is not None


async def send_code(db: Database, settings: Settings, sms: SmsSender, code_id: UUID) -> None:
    """Send the code unless it was sent or is over; what the sender raises leaves it to be tried again."""
    async with db.read() as reader:
        code = await queries.code_to_send(reader, code_id)
        of_shop = await shop.current(reader)
    if code is None:
        return
    secret = _code(_keys(settings)[0], code_id)
    text = translations(code.language).gettext(TEXT) % {"code": secret, "shop": of_shop.name}
    # The last line binds the code to our site: telephones offer to fill it in there, and nowhere else.
    host = urlsplit(settings.public_url).hostname
    try:
        await sms.send(code.phone, f"{text}\n\n@{host} #{secret}")
    except SmsRefused as refusal:
        log.warning("sms_refused", code=str(code_id), reason=str(refusal))
        return
    async with db.transaction() as tx:
        await queries.code_sent(tx, code_id)
    log.info("sms_sent", code=str(code_id))


def _is_code(settings: Settings, code_id: UUID, typed: str) -> bool:
    """Return whether these are the digits, however they are spaced."""
    given = "".join(typed.split())
    if len(given) != DIGITS or not (given.isascii() and given.isdigit()):
        return False
    return any(hmac.compare_digest(_code(key, code_id), given) for key in _keys(settings))


def _code(key: Key, code_id: UUID) -> str:
    number = int.from_bytes(hmac.digest(key.value, code_id.bytes, "sha256")[:8])
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def _keys(settings: Settings) -> tuple[Key, ...]:
    return keyring(settings.secret_key, "phone code").keys
