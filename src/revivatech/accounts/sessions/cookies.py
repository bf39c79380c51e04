"""The cookies of a browser: its session, a sign-in that waits for the second factor, and the device's name."""

import re

from revivatech.accounts.contracts import Realm
from revivatech.accounts.sessions.known_devices.service import COOKIE_SECONDS
from revivatech.accounts.sessions.pending_sign_ins.service import SECONDS as PENDING_SECONDS
from revivatech.accounts.sessions.service import MOST_SECONDS
from revivatech.settings import Settings

DEVICE = re.compile(r"[\w-]{43}", re.ASCII)


def cookie_name(settings: Settings, realm: Realm) -> str:
    """`__Host-customer` or `__Host-staff`: bound to this host, to https and to all paths. Plain without https."""
    return f"__Host-{realm}" if settings.secure_cookies else realm


def find_cookie(header: bytes, name: bytes) -> bytes | None:
    """The value of that cookie in a Cookie header, None where it is not there."""
    for pair in header.split(b";"):
        found, separator, value = pair.strip().partition(b"=")
        if separator and found == name:
            return value
    return None


def set_cookie(settings: Settings, realm: Realm, credential: str) -> str:
    """The Set-Cookie header that signs a browser in."""
    return _header(settings, realm, credential, MOST_SECONDS)


def remove_cookie(settings: Settings, realm: Realm) -> str:
    """The one that takes it away: a `__Host-` cookie is replaced only by one with the same marks."""
    return _header(settings, realm, "", 0)


def pending_cookie_name(settings: Settings, realm: Realm) -> str:
    """`__Host-customer-pending`: what a browser holds between its first and its second factor."""
    return f"{cookie_name(settings, realm)}-pending"


def set_pending_cookie(settings: Settings, realm: Realm, token: str) -> str:
    """The Set-Cookie header for the token of a waiting sign-in."""
    return _line(settings, pending_cookie_name(settings, realm), token, PENDING_SECONDS)


def remove_pending_cookie(settings: Settings, realm: Realm) -> str:
    """The one that takes it away."""
    return _line(settings, pending_cookie_name(settings, realm), "", 0)


def device_cookie_name(settings: Settings) -> str:
    """`__Host-device`: by it a browser is known again; it opens nothing."""
    return "__Host-device" if settings.secure_cookies else "device"


def set_device_cookie(settings: Settings, device: str) -> str:
    """The Set-Cookie header that has a browser known again."""
    return _line(settings, device_cookie_name(settings), device, COOKIE_SECONDS)


def is_device(value: str | None) -> bool:
    """Return whether the cookie's value looks like one that we made."""
    return value is not None and DEVICE.fullmatch(value) is not None


def _header(settings: Settings, realm: Realm, value: str, seconds: int) -> str:
    return _line(settings, cookie_name(settings, realm), value, seconds)


def _line(settings: Settings, name: str, value: str, seconds: int) -> str:
    secure = "; Secure" if settings.secure_cookies else ""
    return f"{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"
