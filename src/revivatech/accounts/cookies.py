"""The one cookie that a signed-in browser holds."""

from revivatech.accounts.contracts import Realm
from revivatech.accounts.sessions import MOST_SECONDS
from revivatech.settings import Settings


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


def _header(settings: Settings, realm: Realm, value: str, seconds: int) -> str:
    secure = "; Secure" if settings.secure_cookies else ""
    return f"{cookie_name(settings, realm)}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"
