"""Which channels this shop has."""

from revivatech.notifications.preferences.contracts import Available
from revivatech.settings import Settings


def available(settings: Settings) -> Available:  # noqa: ARG001 - for the channels to come
    """Mail always; the others where they are configured."""
    return Available(email=True, sms=False, push=False)
