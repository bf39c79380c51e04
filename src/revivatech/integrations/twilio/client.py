"""`POST /2010-04-01/Accounts/{AccountSid}/Messages.json`, the one call that the portal makes."""

import asyncio
from http import HTTPStatus
from importlib import import_module
from typing import Any
from urllib.parse import quote

import structlog
from typing_extensions import override

from revivatech.settings import Settings
from revivatech.sms.sender import SmsRefused, SmsSender

log = structlog.get_logger(__name__)

TIMEOUT = 10.0
LONGEST_TEXT = 1600
MESSAGING_SERVICE = "MG"
# The answers of 4xx that speak of a moment or of our account and not of this SMS: it is tried again.
TRY_AGAIN = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS})


class TwilioAway(Exception):  # noqa: N818 - an answer, not a fault of the program
    """Twilio did not take the SMS this time."""


class Twilio(SmsSender):
    """Hands SMS to Twilio. An answer that got lost may send one twice: the API knows no key for a retry."""

    def __init__(self, settings: Settings) -> None:
        account = quote(settings.twilio_account_sid, safe="")
        self._url = f"{settings.twilio_url.rstrip('/')}/2010-04-01/Accounts/{account}/Messages.json"
        self._credentials = (settings.twilio_account_sid, settings.twilio_auth_token)
        is_service = settings.twilio_from.startswith(MESSAGING_SERVICE)
        self._sender = {"MessagingServiceSid" if is_service else "From": settings.twilio_from}

    @property
    @override
    def is_configured(self) -> bool:
        return True

    @override
    async def send(self, to: str, text: str) -> None:
        # A fifth of a second and 10 MB that a portal without SMS need not spend; in a thread, so that nobody waits.
        httpx: Any = await asyncio.to_thread(import_module, "httpx")
        form = {"To": to, "Body": text[:LONGEST_TEXT], **self._sender}
        try:
            # No redirects, no proxy of the environment: the secret goes to that address alone.
            async with httpx.AsyncClient(timeout=TIMEOUT, auth=self._credentials, trust_env=False) as client:
                answer = await client.post(self._url, data=form)
        except httpx.HTTPError as error:
            raise TwilioAway(type(error).__name__) from error
        if answer.status_code == HTTPStatus.CREATED:
            return
        code = _code_of(answer)
        if answer.is_client_error and answer.status_code not in TRY_AGAIN:
            raise SmsRefused(f"Twilio answers {answer.status_code}, code {code}.")
        raise TwilioAway(f"Twilio answers {answer.status_code}, code {code}.")


def _code_of(answer: Any) -> int | None:  # noqa: ANN401 - an httpx.Response, whose library is loaded late
    """Twilio's own number of the error, as its documentation lists them; its words may name the recipient."""
    try:
        code = answer.json()["code"]
    except (ValueError, KeyError, TypeError):
        return None
    return code if isinstance(code, int) else None
