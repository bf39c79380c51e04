"""The secret that signs tokens, where nobody gave one: made once, and kept."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

import msgspec

from revivatech.settings.declared import Settings, SettingsError

SHORTEST_SECRET = 32


def with_secret(settings: Settings) -> Settings:
    """The settings with a secret: the given one, or one generated once and kept as `data`/secret-key (mode 0600)."""
    if settings.secret_key:
        return settings
    path = settings.data / "secret-key"
    if not path.exists():
        _keep_secret(path, secrets.token_urlsafe(48))
    secret = path.read_text().strip()
    if len(secret) < SHORTEST_SECRET:
        raise SettingsError(f"{path} holds no whole secret: put it back from a backup, or remove it to make a new one.")
    return msgspec.structs.replace(settings, secret_key=(secret,))


def _keep_secret(path: Path, secret: str) -> None:
    """Write the file wholly or not at all; where another process is faster, its secret stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secret)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(fresh, path)
    finally:
        fresh.unlink(missing_ok=True)
