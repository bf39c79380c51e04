"""Numbers that people read aloud, and secrets that nobody guesses."""

import hashlib
import secrets

# Crockford's base 32: no I, L, O or U, so that nothing is misread and no word appears by chance.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
NUMBER_LENGTH = 7


def human_number(prefix: str) -> str:
    """A fresh number such as `R-7K3M9QX`: 35 random bits, unguessable, and never a key."""
    return f"{prefix}-" + "".join(secrets.choice(ALPHABET) for _ in range(NUMBER_LENGTH))


def new_secret() -> str:
    """256 random bits as 43 URL-safe characters."""
    return secrets.token_urlsafe(32)


def digest(text: str) -> bytes:
    """The 32 bytes of SHA-256 under which a secret of high entropy is stored."""
    return hashlib.sha256(text.encode()).digest()
