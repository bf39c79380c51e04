"""Responses to rejected requests: a browser gets the error page in its language, a program the problem document."""

from typing import Any, cast

import structlog

from revivatech.web.asgi import Scope
from revivatech.web.context import context_of
from revivatech.web.edge.response import Answer
from revivatech.web.error_handlers import wants_page
from revivatech.web.request import Request

log = structlog.get_logger(__name__)


async def turn_away(scope: Scope, answer: Answer, status: int, code: str, detail: str) -> None:
    """Answer a request that nobody reads any further."""
    if not await _show_page(scope, answer, status, code):
        await answer.problem(status, code, detail)


async def _show_page(scope: Scope, answer: Answer, status: int, code: str) -> bool:
    """Return whether a person was shown the page; where it cannot be drawn, the document says the same."""
    if b"text/html" not in dict(scope["headers"]).get(b"accept", b""):
        return False
    request = Request(cast(Any, scope))
    if not wants_page(request):
        return False
    try:
        page = await context_of(request).pages.error(request, status, scope["state"]["request_id"], code=code)
    except Exception:
        log.exception("unexpected")
        return False
    body: bytes = page.content
    headers = [(b"content-type", b"text/html; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    headers += [(name.lower().encode(), str(value).encode()) for name, value in page.headers.items()]
    await answer({"type": "http.response.start", "status": status, "headers": headers})
    await answer({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body, "more_body": False})
    return True
