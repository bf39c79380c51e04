"""A shop without SMS, and a demo that keeps them."""

import msgspec
import pytest

from revivatech.db import Database
from revivatech.integrations.twilio.client import Twilio
from revivatech.settings import Settings
from revivatech.sms import service
from revivatech.sms.sender import KeptSms, NullSms, SmsRefused
from revivatech.worker import sms_for

pytestmark = pytest.mark.anyio


async def test_a_shop_without_sms_sends_none() -> None:
    """It says so, and a text that comes all the same is refused for good."""
    sms = NullSms()

    assert not sms.is_configured
    with pytest.raises(SmsRefused):
        await sms.send("+351912345678", "Hi")


async def test_a_demo_keeps_what_it_would_send(db: Database) -> None:
    """The texts are there to be read, newest first."""
    sms = KeptSms(db)
    assert sms.is_configured
    await sms.send("+351912345678", "First")
    await sms.send("+351912345678", "Second")

    assert [(one.recipient, one.body) for one in await service.kept_sms(db)] == [
        ("+351912345678", "Second"),
        ("+351912345678", "First"),
    ]


async def test_the_settings_choose_the_sender(db: Database, settings: Settings) -> None:
    """A vendor where one is configured, in a demo too; else a demo keeps, and everybody else has none."""
    demo = msgspec.structs.replace(settings, mode="demo")
    vendor = {"twilio_account_sid": "AC1", "twilio_auth_token": "x", "twilio_from": "+1"}

    assert isinstance(sms_for(settings, db), NullSms)
    assert isinstance(sms_for(demo, db), KeptSms)
    assert isinstance(sms_for(msgspec.structs.replace(demo, **vendor), db), Twilio)
