"""Refused combinations of settings: strange addresses, half an account, weak ones in production."""

import ipaddress
import re
from email.utils import parseaddr
from urllib.parse import urlsplit

from revivatech.settings.declared import COMMON_NAMES, PREFIX, Settings, SettingsError, is_loopback
from revivatech.settings.secret import SHORTEST_SECRET

ORIGIN = re.compile(r"https?://[^/?#@\s]+")
MAILBOX = re.compile(r"[!-?A-~]+@[!-?A-~]+")
STORAGE_SCHEMES = ("file", "s3", "s3a", "gs", "az")
SCHEMES = {
    "public_url": ("http", "https"),
    "database_url": ("postgresql", "postgres"),
    "redis_url": ("redis", "rediss", "unix"),
    "smtp_url": ("smtp", "smtps"),
}
# Addresses that somebody else opens: a host they must have, a path of ours they cannot.
HOSTED = ("public_url", "smtp_url")


def refuse_wrong(settings: Settings) -> None:
    """Raise SettingsError with one sentence about the first that is wrong."""
    _refuse_strange_addresses(settings)
    _refuse_strange_neighbours(settings)
    _refuse_half_an_account(settings)
    _refuse_weakness(settings)


def _refuse_strange_addresses(settings: Settings) -> None:
    """An address that cannot be meant is no fault to meet later. It is not repeated: it may hold a password."""
    for name, schemes in SCHEMES.items():
        if not (address := getattr(settings, name)):
            continue
        called = COMMON_NAMES.get(name, PREFIX + name.upper())
        try:
            parts = urlsplit(address)
            is_whole = parts.port is None or parts.port >= 0
        except ValueError:
            raise SettingsError(f"{called} is no address: its port or its brackets are wrong.") from None
        if parts.scheme not in schemes or not is_whole:
            raise SettingsError(f"{called} must begin with {' or '.join(f'{scheme}://' for scheme in schemes)}.")
        if name in HOSTED and not parts.hostname:
            raise SettingsError(f"{called} names no host.")
    parts = urlsplit(settings.public_url)
    if parts.path.strip("/") or parts.query or parts.fragment or parts.username:
        raise SettingsError(f"{PREFIX}PUBLIC_URL is a scheme, a host and a port: the portal has its address to itself.")
    for origin in settings.allowed_origins:
        if not ORIGIN.fullmatch(origin):
            raise SettingsError(
                f"{PREFIX}ALLOWED_ORIGINS holds {origin!r}, which is no origin as https://shop.example."
            )


def _refuse_strange_neighbours(settings: Settings) -> None:
    """Proxies, the place of the files and the sender of mails, each in a form of its own."""
    for proxy in settings.trusted_proxies:
        try:
            ipaddress.ip_network(proxy)
        except ValueError:
            raise SettingsError(
                f"{PREFIX}TRUSTED_PROXIES holds {proxy!r}, which is no address or network; '*' is not accepted."
            ) from None
    if settings.storage_url and urlsplit(settings.storage_url).scheme not in STORAGE_SCHEMES:
        raise SettingsError(f"{PREFIX}STORAGE_URL must begin with one of {', '.join(STORAGE_SCHEMES)}, each with ://.")
    # `The shop <portal@shop.example>` too. A wrong one would have every mail refused, one by one.
    if not MAILBOX.fullmatch(parseaddr(settings.mail_from)[1]):
        raise SettingsError(f"{PREFIX}MAIL_FROM is no address such as portal@shop.example.")


def _refuse_half_an_account(settings: Settings) -> None:
    twilio = (settings.twilio_account_sid, settings.twilio_auth_token, settings.twilio_from)
    if any(twilio) and not all(twilio):
        raise SettingsError(f"{PREFIX}TWILIO_ACCOUNT_SID, _AUTH_TOKEN and _FROM belong together: give all or none.")
    address = urlsplit(settings.twilio_url)
    if address.scheme != "https" and not is_loopback(address.hostname or ""):
        raise SettingsError(f"{PREFIX}TWILIO_URL must begin with https://: it is sent a secret.")


def _refuse_weakness(settings: Settings) -> None:
    if any(len(key) < SHORTEST_SECRET for key in settings.secret_key):
        raise SettingsError(f"{PREFIX}SECRET_KEY is too short: give at least {SHORTEST_SECRET} random characters.")
    if not settings.is_production:
        return
    if not settings.secret_key:
        raise SettingsError(f"{PREFIX}SECRET_KEY is missing: production mode does not invent one.")
    if any(len(set(key)) < SHORTEST_SECRET // 3 for key in settings.secret_key):
        raise SettingsError(f"{PREFIX}SECRET_KEY is guessable: give random characters.")
    if settings.debug:
        raise SettingsError(f"{PREFIX}DEBUG may not be on in production mode.")
    if not settings.public_url:
        raise SettingsError(f"{PREFIX}PUBLIC_URL is missing: production mode has to know the address that people open.")
    if not settings.secure_cookies:
        raise SettingsError(f"{PREFIX}PUBLIC_URL must begin with https:// in production mode.")
