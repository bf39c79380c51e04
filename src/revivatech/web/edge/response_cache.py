"""Kept answers, before the router: a read that was answered before and has not changed since costs one round trip.

For a signed-in customer's GET this authenticates once, naming the answer by its path and query. A kept answer leaves
from here; else the admission waits in the request's state for the handler, so that no request asks twice.
"""

import time
from collections.abc import Awaitable
from typing import Any, TypeVar, cast

from typing_extensions import override

from revivatech.kit.actor import StaffActor
from revivatech.kit.errors import Refusal
from revivatech.kit.i18n import negotiate
from revivatech.web.asgi import ASGIApp, Receive, Scope, Send
from revivatech.web.authentication import AdmittedCustomer, Authenticator
from revivatech.web.raw_response import send_whole
from revivatech.web.request import Request

T = TypeVar("T")

CUSTOMER_PATHS = ("/api/customer/", "/customer/")
QUARTER = 15 * 60
# Never in an answer's name: a longer one is answered, only not kept.
LONGEST_NAME = 300
# The cookies that an answer depends on.
API_SWITCHES = ("language=",)
PAGE_SWITCHES = ("theme=", "language=")
# Between the parts of a kept answer: route template, content type, body.
MARK = b"\x00"


class ResponseCache:
    """ASGI: answers what is kept, hands on what is not."""

    def __init__(self, app: ASGIApp, authenticator: Authenticator, *, keeps: bool = True) -> None:
        self._app = app
        self._door = authenticator
        self._keeps = keeps

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from what is kept, or let the router do it."""
        if scope["type"] == "http" and scope["method"] == "GET" and scope["path"].startswith(CUSTOMER_PATHS):
            name = scope["state"]["answer_name"] = name_of(scope) if self._keeps else ""
            try:
                admitted = await self._door.customer(Request(cast(Any, scope)), read=name)
            except Refusal as refusal:
                scope["state"]["admission"] = refusal
            else:
                if admitted.body is not None:
                    await _send_kept(scope, send, admitted.body)
                    return
                scope["state"]["admission"] = admitted
        await self._app(scope, receive, send)


class CachingAuthenticator(Authenticator):
    """The authenticator of guards and handlers: a request is let in, or refused, once."""

    def __init__(self, authenticator: Authenticator) -> None:
        self._door = authenticator

    @override
    async def customer(self, request: Request, *, read: str = "") -> AdmittedCustomer:
        admission = request.scope["state"].get("admission")
        if admission is None:
            admission = request.scope["state"]["admission"] = await _outcome(self._door.customer(request, read=read))
        if isinstance(admission, Refusal):
            raise admission
        admitted: AdmittedCustomer = admission
        return admitted

    @override
    async def keep(self, admitted: AdmittedCustomer, read: str, body: bytes) -> None:
        await self._door.keep(admitted, read, body)

    @override
    async def staff(self, request: Request) -> StaffActor:
        admission = request.scope["state"].get("staff_admission")
        if admission is None:
            admission = request.scope["state"]["staff_admission"] = await _outcome(self._door.staff(request))
        if isinstance(admission, Refusal):
            raise admission
        actor: StaffActor = admission
        return actor


async def _outcome(admission: Awaitable[T]) -> T | Refusal:
    try:
        return await admission
    except Refusal as refusal:
        return refusal


def name_of(scope: Scope) -> str:
    """The name under which the answer is kept: all that it depends on but the customer; empty: never kept."""
    headers = dict(scope["headers"])
    name = f"{scope['path']}?{scope['query_string'].decode('latin-1')}"
    is_page = not scope["path"].startswith("/api/")
    # Labels come in the reader's language; a page has a theme, too, and may be asked for one block alone.
    if cookies := headers.get(b"cookie"):
        name += "|".join(_switches(cookies.decode("latin-1"), PAGE_SWITCHES if is_page else API_SWITCHES))
    if is_page:
        # A page says "Today", and midnight is at a quarter of an hour in every zone.
        name += f"|{int(time.time()) // QUARTER}|" + headers.get(b"x-fragment", b"").decode("latin-1")
    name += "|" + negotiate(headers.get(b"accept-language", b"").decode("latin-1"))
    return name if len(name) <= LONGEST_NAME else ""


def pack(template: str, media_type: str, body: bytes) -> bytes:
    """An answer as it is kept."""
    return MARK.join((template.encode(), media_type.encode(), body))


def _switches(cookies: str, names: tuple[str, ...]) -> list[str]:
    return [part.strip() for part in cookies.split(";") if part.strip().startswith(names)]


async def _send_kept(scope: Scope, send: Send, kept: bytes) -> None:
    template, media_type, body = kept.split(MARK, 2)
    scope["path_template"] = template.decode()
    await send_whole(send, 200, media_type, body)
