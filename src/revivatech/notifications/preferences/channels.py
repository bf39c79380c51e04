"""The channels of this shop."""

from revivatech.notifications.preferences.contracts import Available
from revivatech.sms.sender import SmsSender


def available(sms: SmsSender) -> Available:
    """Mail always, SMS where one is configured, push not yet."""
    return Available(email=True, sms=sms.is_configured, push=False)
