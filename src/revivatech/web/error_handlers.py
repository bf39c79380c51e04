"""Refusals as answers: problem+json for programs, a page for people. The one place where exceptions become HTTP."""

from collections.abc import Awaitable
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlsplit

import msgspec
import structlog
from litestar import Response
from litestar.exceptions import HTTPException, SerializationException, ValidationException
from litestar.response import Redirect
from typing_extensions import override

from revivatech.kit.actor import CustomerActor, StaffActor
from revivatech.kit.errors import FieldError, NotSignedIn, Refusal
from revivatech.web.context import context_of
from revivatech.web.problems import problem_document
from revivatech.web.request import Request
from revivatech.web.validation_messages import complaints_about

log = structlog.get_logger(__name__)

CODES = {
    400: "bad_request",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_media_type",
    422: "invalid_input",
}
WORDS = {
    400: "The request cannot be read.",
    404: "There is nothing here.",
    405: "This method is not offered.",
    413: "The body is too large.",
    415: "The body must be JSON (content-type application/json).",
    422: "A field does not hold what it must.",
}


# What the framework says, as a fault, of a body that ended before its end.
CLIENT_GONE = "client disconnected prematurely"


def wants_page(request: Request) -> bool:
    """Return whether a person's browser asks, who is better served by a page than by JSON."""
    return not request.url.path.startswith(("/api/", "/webhooks/", "/health/", "/metrics"))


class Later(Response[Any]):
    """An answer that is made when it is sent: the framework calls its exception handlers without awaiting them."""

    def __init__(self, answer: Awaitable[Response[Any]]) -> None:
        super().__init__(None)
        self._answer = answer

    @override
    def to_asgi_response(self, app: Any, request: Request, **options: Any) -> Any:
        async def send_answer(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI
            answer = await self._answer
            await answer.to_asgi_response(app, request, **options)(scope, receive, send)

        return send_answer


def on_refusal(request: Request, refusal: Refusal) -> Response[Any]:
    """The answer to something that a verb would not do."""
    if isinstance(refusal, NotSignedIn) and wants_page(request):
        return _to_sign_in(request)
    if refusal.page and wants_page(request):
        return Redirect(refusal.page, status_code=303)
    headers = refusal.headers
    if isinstance(refusal, NotSignedIn) and "authorization" in request.headers:
        # RFC 6750, 3.1: a token came, so what is wrong is the token.
        headers = {**headers, "WWW-Authenticate": 'Bearer error="invalid_token"'}
    return Later(_answer(request, refusal.status, refusal.code, refusal.detail, refusal.errors, refusal.extra, headers))


def on_http_exception(request: Request, error: HTTPException) -> Response[Any]:
    """The answer to what the framework refused: an unknown path, a body that is no JSON, a bad parameter."""
    status = error.status_code
    errors: tuple[FieldError, ...] = ()
    if isinstance(error, ValidationException):
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        errors = tuple(complaints_about(error, request.scope.get("route_handler")))
    elif isinstance(error, SerializationException):
        status = HTTPStatus.BAD_REQUEST
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return on_gone(request) if error.detail == CLIENT_GONE else on_fault(request, error)
    headers = dict(error.headers or {})
    words = WORDS.get(status, error.detail)
    return Later(_answer(request, status, CODES.get(status, "refused"), words, errors, {}, headers))


def on_unreadable(request: Request, _: RecursionError | UnicodeDecodeError) -> Response[Any]:
    """JSON nested deeper than anybody means it, or text that is not UTF-8."""
    return Later(_answer(request, HTTPStatus.BAD_REQUEST, "bad_request", WORDS[400], (), {}, {}))


def on_gone(request: Request) -> Response[Any]:
    """A client that went away, was too slow or broke off within its body: no fault of ours, and nobody reads this."""
    log.info("client_gone")
    return Later(_answer(request, HTTPStatus.BAD_REQUEST, "bad_request", WORDS[400], (), {}, {}))


def on_fault(request: Request, error: Exception) -> Response[Any]:
    """Return what nobody foresaw: a log line with the trace, and an answer that tells only its id."""
    log.error("unexpected", exc_info=error)
    words = "Something went wrong on our side."
    return Later(_answer(request, HTTPStatus.INTERNAL_SERVER_ERROR, "internal_error", words, (), {}, {}))


def _to_sign_in(request: Request) -> Response[Any]:
    """To the sign-in page of that half of the portal, and back afterwards to the page that was wanted."""
    realm = "staff" if request.url.path.startswith("/staff") else "customer"
    path = _way_back(request)
    target = f"/{realm}/sign-in"
    if path not in {"", "/", f"/{realm}"}:
        target += f"?next={quote(path, safe='/')}"
    if request.headers.get("hx-request"):
        return Response(b"", status_code=401, headers={"HX-Redirect": target})
    return Redirect(target, status_code=303)


def _way_back(request: Request) -> str:
    """The page to return to: the one that was wanted, or the one whose form was sent and keeps what was typed (R142).

    Empty where that is not one of ours.
    """
    if request.method == "GET" and not request.headers.get("hx-request"):
        return request.url.path + (f"?{request.url.query}" if request.url.query else "")
    came_from = urlsplit(request.headers.get("hx-current-url") or request.headers.get("referer") or "")
    if came_from.netloc.lower() != request.headers.get("host", "").lower():
        return ""
    return came_from.path + (f"?{came_from.query}" if came_from.query else "")


async def _reader(request: Request, status: int) -> CustomerActor | StaffActor | None:
    """Return who is signed in, whose language the page speaks; not asked where something is broken."""
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return None
    authenticator = context_of(request).authenticator
    try:
        if request.url.path.startswith("/staff"):
            return await authenticator.staff(request)
        return (await authenticator.customer(request)).actor
    except Refusal:
        return None


async def _answer(
    request: Request,
    status: int,
    code: str,
    detail: str,
    errors: tuple[FieldError, ...],
    extra: dict[str, object],
    headers: dict[str, str],
) -> Response[Any]:
    request_id = request.scope["state"].get("request_id", "-")
    if wants_page(request):
        page = await context_of(request).pages.error(request, status, request_id, await _reader(request, status))
        page.headers.update(headers)
        return page
    document = problem_document(status, code, detail, request_id) | extra
    if errors or status == HTTPStatus.UNPROCESSABLE_ENTITY:
        document["errors"] = [{"field": error.field, "message": error.message} for error in errors]
    return Response(
        msgspec.json.encode(document, enc_hook=str),
        status_code=status,
        media_type="application/problem+json",
        headers=headers,
    )
