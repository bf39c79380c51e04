"""Twilio on loopback, held to its own contract: what it receives is what `../shared/contracts/twilio` allows."""

import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from aiohttp import web

from revivatech.settings import Settings

CONTRACT = Path(__file__).parents[3] / "shared" / "contracts" / "twilio" / "twilio_api_v2010.json"
PATH = "/2010-04-01/Accounts/{AccountSid}/Messages.json"
ACCOUNT = "AC" + "0123456789abcdef" * 2
SECRET = "canary-of-the-auth-token"
NUMBER = "+15005550006"
# The shape that the contract gives as its example.
ANSWER = {
    "account_sid": ACCOUNT,
    "api_version": "2010-04-01",
    "date_created": "Thu, 24 Aug 2023 05:01:45 +0000",
    "direction": "outbound-api",
    "error_code": None,
    "error_message": None,
    "num_media": "0",
    "num_segments": "1",
    "sid": "SM" + "0" * 32,
    "status": "queued",
}


class Twilio:
    """What it was sent, and what it answers: `trouble` is a status with Twilio's own number of the error."""

    def __init__(self) -> None:
        self.sent: list[dict[str, str]] = []
        self.asked = 0
        self.trouble: tuple[int, int] | None = None
        self.url = ""
        self.breaches: list[str] = []
        contract = json.loads(CONTRACT.read_text()) if CONTRACT.is_file() else None
        self.fields = self._fields(contract) if contract else None

    def _fields(self, contract: Any) -> set[str]:
        operation = contract["paths"][PATH]["post"]
        assert "201" in operation["responses"]
        message = contract["components"]["schemas"]["api.v2010.account.message"]["properties"]
        assert ANSWER.keys() <= message.keys(), "the fake answers what the contract knows"
        return set(operation["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]["properties"])

    def settings(self, settings: Settings) -> Settings:
        """The settings of a portal that sends its SMS here."""
        return msgspec.structs.replace(
            settings,
            twilio_account_sid=ACCOUNT,
            twilio_auth_token=SECRET,
            twilio_from=NUMBER,
            twilio_url=self.url,
        )

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """One request, as Twilio takes it or not."""
        self.asked += 1
        credentials = base64.b64encode(f"{ACCOUNT}:{SECRET}".encode()).decode()
        if request.headers.get("Authorization") != f"Basic {credentials}":
            return web.json_response({"code": 20003, "message": "Authenticate", "status": 401}, status=401)
        if self.trouble is not None:
            status, code = self.trouble
            return web.json_response({"code": code, "message": "No.", "status": status}, status=status)
        form = dict(parse_qsl(await request.text(), strict_parsing=True))
        self._hold_to_contract(request, form)
        self.sent.append(form)
        return web.json_response({**ANSWER, "to": form["To"], "from": NUMBER, "body": form["Body"]}, status=201)

    def _hold_to_contract(self, request: web.BaseRequest, form: dict[str, str]) -> None:
        expected = ("POST", PATH.replace("{AccountSid}", ACCOUNT), "application/x-www-form-urlencoded")
        if (request.method, request.path, request.content_type) != expected:
            self.breaches.append(f"{request.method} {request.path} {request.content_type}")
        if self.fields is not None and form.keys() - self.fields:
            self.breaches.append(f"unknown: {form.keys() - self.fields}")
        if "To" not in form or not form.keys() & {"From", "MessagingServiceSid"} or not form.get("Body"):
            self.breaches.append(f"missing of {sorted(form)}")
        if len(form.get("Body", "")) > 1600 or not form.get("To", "").startswith("+"):
            self.breaches.append("a body too long, or a number that is no E.164")


@asynccontextmanager
async def twilio() -> AsyncIterator[Twilio]:
    """Twilio on a free port; at the end nothing may have been against its contract."""
    fake = Twilio()
    runner = web.ServerRunner(web.Server(fake.answer))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    fake.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield fake
        assert fake.breaches == []
    finally:
        await runner.cleanup()
