"""Every setting of the program: one frozen value, read once from the environment."""

from revivatech.settings.declared import COMMON_NAMES, PREFIX, Settings, SettingsError, is_loopback
from revivatech.settings.reading import read_settings, unknown_names
from revivatech.settings.secret import with_secret

__all__ = [
    "COMMON_NAMES",
    "PREFIX",
    "Settings",
    "SettingsError",
    "is_loopback",
    "read_settings",
    "unknown_names",
    "with_secret",
]
