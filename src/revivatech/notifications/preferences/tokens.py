"""Unsubscribe tokens: whom a link unsubscribes from what, and the proof that we wrote it.

It never ends, for mails are kept for years (RFC 8058), it needs no sign-in, and it opens nothing else.
"""

import base64
import binascii
import hmac
from uuid import UUID

from revivatech.accounts.service import Key, keyring
from revivatech.kit.structs import Value
from revivatech.notifications.contracts import CHANNELS, TOPICS, Channel, Topic
from revivatech.settings import Settings

# A customer's id, a topic, a channel, and 30 bytes that prove them: 64 characters.
RAW_BYTES = 48
LENGTH = 64
NAMED_BYTES = 18


class Subscription(Value, frozen=True):
    """A subscription: one person, one topic, one channel."""

    customer_id: UUID
    topic: Topic
    channel: Channel


def text_of(settings: Settings, subscription: Subscription) -> str:
    """The 64 URL-safe characters that end the subscription: for one subscription always the same."""
    # Places in a list of names that only grows: a link from an old mail keeps its meaning.
    place = bytes([TOPICS.index(subscription.topic), CHANNELS.index(subscription.channel)])
    named = subscription.customer_id.bytes + place
    return base64.urlsafe_b64encode(named + _proof(_keys(settings)[0], named)).decode()


def read(settings: Settings, text: str) -> Subscription | None:
    """The subscription that the text names, None where it is none of ours."""
    if len(text) != LENGTH:
        return None
    try:
        raw = base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    named, proof = raw[:NAMED_BYTES], raw[NAMED_BYTES:]
    if len(raw) != RAW_BYTES or not any(hmac.compare_digest(proof, _proof(key, named)) for key in _keys(settings)):
        return None
    return Subscription(UUID(bytes=named[:16]), TOPICS[named[16]], CHANNELS[named[17]])


def _keys(settings: Settings) -> tuple[Key, ...]:
    return keyring(settings.secret_key, "unsubscribe").keys


def _proof(key: Key, named: bytes) -> bytes:
    return hmac.digest(key.value, named, "sha256")[: RAW_BYTES - NAMED_BYTES]
