"""Recovery codes: ten, each good for one sign-in when the phone is gone. Only their hashes are kept."""

import hmac
import secrets
import unicodedata

from revivatech.accounts.secrets.keys import keyring
from revivatech.kit.ids import ALPHABET
from revivatech.settings import Settings

HOW_MANY = 10
# Twelve letters of base 32 are 60 bits.
LETTERS = 12
GROUP = 4
# What people write for what they read.
MISREAD = str.maketrans("OIL", "011")


def new_codes() -> list[str]:
    """Ten fresh codes such as `7K3M-9QXT-2B4C`."""
    return [_written("".join(secrets.choice(ALPHABET) for _ in range(LETTERS))) for _ in range(HOW_MANY)]


def hashes_of(settings: Settings, text: str) -> list[bytes]:
    """The hashes under which this code may be kept, the newest key's first; none where it cannot be a code."""
    code = _normal(text)
    if len(code) != LETTERS or not set(code) <= set(ALPHABET):
        return []
    keys = keyring(settings.secret_key, "recovery code").keys
    return [hmac.digest(key.value, code.encode(), "sha256") for key in keys]


def _normal(text: str) -> str:
    """The letters alone, however they were typed."""
    letters = unicodedata.normalize("NFKC", text).upper().translate(MISREAD)
    return "".join(letter for letter in letters if letter.isalnum())


def _written(code: str) -> str:
    return "-".join(code[start : start + GROUP] for start in range(0, LETTERS, GROUP))
