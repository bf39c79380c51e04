"""The codes of an authenticator app: time-based, six digits, half a minute each (RFC 6238 with SHA-1)."""

import hmac
import unicodedata
from uuid import UUID

import pyotp

from revivatech.accounts.contracts import Realm
from revivatech.accounts.secrets import encryption
from revivatech.settings import Settings

# 32 letters of base 32: 160 bits, what RFC 4226 recommends.
SECRET_LETTERS = 32
STEP_SECONDS = 30
DIGITS = 6
# A phone's clock and a slow typist: one step before and after now (RFC 6238, 5.2).
DRIFT_STEPS = 1

KEY_PURPOSE = "authenticator secret"


def new_secret() -> str:
    """A fresh secret, in base 32 as apps take it."""
    return pyotp.random_base32(SECRET_LETTERS)


def address_of(secret: str, issuer: str, account: str) -> str:
    """The `otpauth:` address that an app reads from the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=issuer)


def grouped(secret: str) -> str:
    """The secret in groups of four letters, for whoever types it."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))


def qr_svg(address: str) -> str:
    """The QR code of the address as an `<svg>` element without any style, black on white in every theme."""
    # Only set-up needs it.
    import segno  # noqa: PLC0415

    return str(segno.make(address, error="m").svg_inline(scale=4, border=4, dark="#000", light="#fff", omitsize=True))


def normal_code(text: str) -> str:
    """The code as it was meant: full-width digits are digits, blanks and hyphens are nothing."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", text) if not letter.isspace() and letter != "-")


def step_of(secret: str, code: str, now: float) -> int | None:
    """The number of the half minute whose code this is, at most one away from `now`; None where it is none of them."""
    if len(code) != DIGITS or not (code.isascii() and code.isdigit()):
        return None
    current = int(now) // STEP_SECONDS
    totp = pyotp.TOTP(secret)
    for step in range(max(0, current - DRIFT_STEPS), current + DRIFT_STEPS + 1):
        if hmac.compare_digest(totp.generate_otp(step), code):
            return step
    return None


def steps_off(secret: str, code: str, now: float, *, back: int, ahead: int) -> int | None:
    """Return by how many half minutes the code is off: negative for an earlier one, None where it is not among them.

    It looks `back` steps into the past and `ahead` into the future, the nearest first, for a hint about a phone's
    clock. A code found so opens nothing.
    """
    if len(code) != DIGITS or not (code.isascii() and code.isdigit()):
        return None
    current = int(now) // STEP_SECONDS
    totp = pyotp.TOTP(secret)
    for offset in sorted(range(-back, ahead + 1), key=abs):
        if current + offset >= 0 and hmac.compare_digest(totp.generate_otp(current + offset), code):
            return offset
    return None


def encrypt(settings: Settings, realm: Realm, owner_id: UUID, secret: str) -> bytes:
    """Return the secret as it is kept: encrypted with the shop's key, bound to the account."""
    return encryption.encrypt(settings, KEY_PURPOSE, _context(realm, owner_id), secret.encode())


def decrypt(settings: Settings, realm: Realm, owner_id: UUID, kept: bytes) -> str | None:
    """Return the secret, None where its key is none of ours any more or it was kept for another account."""
    secret = encryption.decrypt(settings, KEY_PURPOSE, _context(realm, owner_id), kept)
    return secret.decode() if secret is not None else None


def has_newest_key(settings: Settings, kept: bytes) -> bool:
    """Return whether the secret is kept under the key that encrypts now; one under an older key is encrypted again."""
    return encryption.has_newest_key(settings, KEY_PURPOSE, kept)


def _context(realm: Realm, owner_id: UUID) -> bytes:
    return f"{realm} {owner_id}".encode()
