"""Registering: the same answer for every address, whether it has an account or not (R6)."""

import re

import anyio.to_thread
from msgspec import structs

from revivatech.accounts.activity.service import note
from revivatech.accounts.contracts import Client
from revivatech.accounts.emails.notices import service as notices
from revivatech.accounts.registration import mailed_links, queries
from revivatech.accounts.registration.contracts import (
    NAME_NO_NAME,
    NAME_TOO_LONG,
    NO_NAME,
    NO_TERMS,
    PHONE_WRONG,
    REGISTRATIONS,
    NewAccount,
    RegistrationClosed,
)
from revivatech.accounts.secrets.password_rules import hash_new, known_of, require_length
from revivatech.accounts.sessions import throttle
from revivatech.db import Database, Transaction
from revivatech.kit import phones
from revivatech.kit.email import EmailError, parse_email
from revivatech.kit.errors import FieldError, InvalidInput, Problems
from revivatech.kit.text import one_line
from revivatech.settings import Settings
from revivatech.shop import service as shop

LONGEST_NAME = 100
# A stranger's address is written to with what was typed here: it may not carry a message.
NO_NAME_AT_ALL = re.compile(r"://|www\.|@|[/<>\\]", re.IGNORECASE)
# Whoever makes the account at the same moment is seen at the second look.
LOOKS = 2


async def register(db: Database, settings: Settings, new: NewAccount, client: Client, proof: str = "") -> None:
    """Begin an account, or tell the owner of the address by mail what they have already.

    Returns alike, and as late, for every address.

    `proof` answers a challenge of `proof_of_work`, where one is asked. Raises RegistrationClosed, InvalidInput,
    PasswordBlocklisted, TooMany, ProofOfWorkNeeded.
    """
    if not settings.registration:
        raise RegistrationClosed
    with Problems() as problems:
        new = _checked(new)
    with problems:
        require_length(new.password, two_factor=False)
    problems.finish()
    await throttle.count_open(db, settings, "customer", REGISTRATIONS, client, email=new.email, proof=proof)
    known = await known_of(db, new.email, new.first_name, new.last_name)
    password_hash = await hash_new(new.password, known)
    async with db.transaction() as tx:
        settings_of_shop = await shop.current(tx)
        region = await anyio.to_thread.run_sync(shop.region_of, settings_of_shop)
        registration = queries.Registration(
            email=new.email,
            password_hash=password_hash,
            first_name=new.first_name,
            last_name=new.last_name,
            phone=new.phone and await anyio.to_thread.run_sync(phones.kept, new.phone, region),
            language=new.language,
            timezone=settings_of_shop.timezone,
            terms_version=await shop.terms_version(tx, new.language),
        )
        await _join(tx, registration, client)


async def _join(tx: Transaction, new: queries.Registration, client: Client) -> None:
    for _ in range(LOOKS):
        customer_id = await queries.register(tx, new)
        if customer_id is not None:
            await mailed_links.mail_verification(tx, customer_id, new.email)
            await note(tx, customer_id, "account_created", client)
            return
        account = await queries.by_email(tx, new.email)
        if account is not None:
            await _answer_owner(tx, account, new)
            return


async def _answer_owner(tx: Transaction, account: queries.Joined, new: queries.Registration) -> None:
    """The address has an account: its owner learns by mail what to do, and nothing of it changes until they do."""
    if account.is_disabled:
        return
    if not account.has_password:
        if await mailed_links.may_mail(tx, account.id, "invitation"):
            await mailed_links.mail_invitation(tx, account.id, new.email)
    elif account.is_verified:
        if await mailed_links.may_mail(tx, account.id, "already_registered"):
            await notices.post(tx, "customer", account.id, "already_registered", new.email)
    elif await mailed_links.may_mail(tx, account.id, "verify_email"):
        await queries.keep_registration(tx, account.id, new)
        await mailed_links.mail_verification(tx, account.id, new.email)


def _checked(new: NewAccount) -> NewAccount:
    """The account as it would be kept. Raises InvalidInput, which names all wrong fields, in the form's order."""
    errors = []
    first_name, last_name = one_line(new.first_name), one_line(new.last_name)
    if not first_name:
        errors.append(FieldError("firstName", NO_NAME))
    for field, name in (("firstName", first_name), ("lastName", last_name)):
        if len(name) > LONGEST_NAME:
            errors.append(FieldError(field, NAME_TOO_LONG))
        elif NO_NAME_AT_ALL.search(name):
            errors.append(FieldError(field, NAME_NO_NAME))
    email = new.email
    try:
        email = parse_email(email)
    except EmailError as error:
        errors.append(FieldError("email", error.message))
    phone = one_line(new.phone or "") or None
    if phone and not phones.looks_right(phone):
        errors.append(FieldError("phone", PHONE_WRONG))
    if not new.accepts_terms:
        errors.append(FieldError("acceptTerms", NO_TERMS))
    if errors:
        raise InvalidInput(errors[0].message, errors=errors)
    return structs.replace(new, email=email, first_name=first_name, last_name=last_name, phone=phone)
