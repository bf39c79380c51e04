"""SMS by Twilio's REST API, against a fake that is held to its contract."""

from collections.abc import AsyncIterator

import msgspec
import pytest

from revivatech.integrations.twilio.client import Twilio, TwilioAway
from revivatech.settings import Settings, SettingsError, read_settings
from revivatech.sms.sender import SmsRefused
from support import twilio as fakes
from support.twilio import CONTRACT, NUMBER

pytestmark = pytest.mark.anyio


@pytest.fixture
async def twilio() -> AsyncIterator[fakes.Twilio]:
    """Twilio on loopback."""
    async with fakes.twilio() as fake:
        yield fake


async def test_an_sms_is_handed_over(twilio: fakes.Twilio, settings: Settings) -> None:
    """Number, text and sender arrive as they were, in any script."""
    await Twilio(twilio.settings(settings)).send("+351912345678", "Olá & até já 👍 %20+1")

    assert twilio.sent == [{"To": "+351912345678", "Body": "Olá & até já 👍 %20+1", "From": NUMBER}]


@pytest.mark.skipif(not CONTRACT.is_file(), reason="needs ../shared/contracts/twilio")
async def test_the_fake_knows_the_contract(twilio: fakes.Twilio) -> None:
    """What is sent is compared with the fields that the vendor's own document names."""
    assert twilio.fields is not None
    assert {"To", "From", "Body", "MessagingServiceSid"} <= twilio.fields


async def test_a_messaging_service_may_send(twilio: fakes.Twilio, settings: Settings) -> None:
    """A sender that begins with MG is a service and not a number."""
    service = "MG" + "0" * 32
    await Twilio(msgspec.structs.replace(twilio.settings(settings), twilio_from=service)).send("+351912345678", "Hi")

    assert twilio.sent == [{"To": "+351912345678", "Body": "Hi", "MessagingServiceSid": service}]


async def test_a_long_text_is_cut_where_twilio_would_refuse_it(twilio: fakes.Twilio, settings: Settings) -> None:
    """1600 characters are what the API takes."""
    await Twilio(twilio.settings(settings)).send("+351912345678", "x" * 2000)

    assert len(twilio.sent[0]["Body"]) == 1600


@pytest.mark.parametrize(("status", "code"), [(400, 21211), (400, 21610), (403, 21408), (404, 20404)])
async def test_a_number_that_gets_none_is_not_tried_again(
    twilio: fakes.Twilio, settings: Settings, status: int, code: int
) -> None:
    """What speaks of this SMS is SmsRefused, with the vendor's number of the error and no telephone number."""
    twilio.trouble = (status, code)

    with pytest.raises(SmsRefused, match=str(code)) as refused:
        await Twilio(twilio.settings(settings)).send("+351912345678", "Hi")

    assert "912" not in str(refused.value)


@pytest.mark.parametrize(("status", "code"), [(401, 20003), (429, 20429), (500, 20500), (503, 20503)])
async def test_f15_what_passes_is_tried_again(twilio: fakes.Twilio, settings: Settings, status: int, code: int) -> None:
    """Our account's trouble, a limit, a fault of theirs: another exception, so that the job comes again."""
    twilio.trouble = (status, code)

    with pytest.raises(TwilioAway):
        await Twilio(twilio.settings(settings)).send("+351912345678", "Hi")


async def test_f15_nobody_there_is_tried_again(settings: Settings, twilio: fakes.Twilio) -> None:
    """A refused connection says nothing of the secret."""
    away = msgspec.structs.replace(twilio.settings(settings), twilio_url="http://127.0.0.1:9")

    with pytest.raises(TwilioAway) as error:
        await Twilio(away).send("+351912345678", "Hi")

    assert fakes.SECRET not in repr(error.value)
    assert twilio.asked == 0


@pytest.mark.parametrize(
    "given",
    [
        {"REVIVATECH_TWILIO_ACCOUNT_SID": "AC1"},
        {"REVIVATECH_TWILIO_AUTH_TOKEN": "x"},
        {"REVIVATECH_TWILIO_URL": "http://twilio.example"},
    ],
)
def test_half_a_configuration_is_refused_at_the_start(given: dict[str, str]) -> None:
    """All of it or nothing, and the secret over TLS or to this machine alone."""
    with pytest.raises(SettingsError, match="TWILIO"):
        read_settings(given)
