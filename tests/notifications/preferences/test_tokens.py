"""The link at the foot of a mail: one for each subscription, for ever, and nobody else's to make."""

import secrets
from uuid import UUID

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from revivatech.notifications.contracts import CHANNELS, TOPICS
from revivatech.notifications.preferences import tokens
from revivatech.notifications.preferences.tokens import Subscription
from revivatech.settings import Settings

OLD, NEW = secrets.token_urlsafe(48), secrets.token_urlsafe(48)
SETTINGS = Settings(secret_key=(OLD,))
SUBSCRIPTIONS = st.builds(Subscription, st.uuids(), st.sampled_from(TOPICS), st.sampled_from(CHANNELS))


@given(SUBSCRIPTIONS)
def test_a_token_names_its_subscription(subscription: Subscription) -> None:
    """Read back it is what it was made of; asked again it is the same, with 64 characters that an address may hold."""
    text = tokens.text_of(SETTINGS, subscription)

    assert tokens.read(SETTINGS, text) == subscription
    assert tokens.text_of(SETTINGS, subscription) == text
    assert len(text) == 64
    assert text.replace("-", "").replace("_", "").isalnum()


@given(SUBSCRIPTIONS, st.integers(0, 63), st.sampled_from("AZaz09-_"))
def test_r132_a_changed_token_is_none(subscription: Subscription, place: int, sign: str) -> None:
    """No character of it can be another: not the person's, not the topic's, not the proof's."""
    text = tokens.text_of(SETTINGS, subscription)
    changed = text[:place] + sign + text[place + 1 :]

    assert tokens.read(SETTINGS, changed) == (subscription if changed == text else None)


@given(st.one_of(st.text(max_size=80), st.text("Aé=+/_-", min_size=64, max_size=64)))
def test_r132_nobody_guesses_a_token(text: str) -> None:
    """Any text is answered, none is one."""
    assert tokens.read(SETTINGS, text) is None


def test_old_mails_outlive_a_new_secret() -> None:
    """While the old secret verifies, its links work; new ones are made with the first secret; a stranger's are none."""
    subscription = Subscription(UUID(int=7), "quotes", "email")
    old = tokens.text_of(SETTINGS, subscription)
    rotated = msgspec.structs.replace(SETTINGS, secret_key=(NEW, OLD))

    assert tokens.read(rotated, old) == subscription
    assert tokens.text_of(rotated, subscription) != old
    assert tokens.read(msgspec.structs.replace(SETTINGS, secret_key=(NEW,)), old) is None
