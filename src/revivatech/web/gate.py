"""The outermost layer: every request passes here; every answer leaves with the same headers, figures and log line."""

import gzip
import ipaddress
import secrets
import time
from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import msgspec
import structlog

from revivatech.settings import Settings, is_loopback
from revivatech.web import metrics
from revivatech.web.asgi import ASGIApp, Message, Receive, Scope, Send
from revivatech.web.deadline import with_deadline
from revivatech.web.logs import request_log
from revivatech.web.static import FOREVER, PREFIX, StaticFiles

log = structlog.get_logger(__name__)

Headers = Iterable[tuple[bytes, bytes]]

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
METHODS = SAFE_METHODS | {"POST", "PUT", "PATCH", "DELETE"}
ALLOW = (b"allow", ", ".join(sorted(METHODS)).encode())
METHOD_NOT_ALLOWED = 405
LARGEST_HEADERS = 32 * 1024
WORTH_COMPRESSING = 1024
COMPRESSED_TYPES = (b"text/html", b"application/json", b"text/plain")

CONTENT_POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    b"connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; "
    b"object-src 'none'; frame-ancestors 'none'"
)
COMMON_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(self), geolocation=(), microphone=(), payment=(self), usb=()"),
)
STRICT_TRANSPORT = (b"strict-transport-security", b"max-age=63072000; includeSubDomains")


class Gate:
    """ASGI: hosts, origins and sizes are judged here; static files and sockets branch off; the rest is Litestar's."""

    def __init__(
        self, app: ASGIApp, sockets: ASGIApp, socket_path: str, settings: Settings, static: StaticFiles
    ) -> None:
        self._app = app
        self._sockets = sockets
        self._socket_path = socket_path
        self._settings = settings
        self._static = static
        self._host = urlsplit(settings.public_url).netloc.lower()
        self._origins = frozenset(origin.lower().rstrip("/") for origin in settings.allowed_origins)
        self._common: tuple[tuple[bytes, bytes], ...] = COMMON_HEADERS
        if settings.public_url.startswith("https:"):
            self._common += (STRICT_TRANSPORT,)
        self._log = request_log(settings.log_level, settings.log_format)
        self._timers: dict[tuple[str, str, int], tuple[Any, Any]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or answer it here."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["path"].startswith(self._socket_path):
            await self._sockets(scope, receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008, "reason": None})

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if path.startswith(PREFIX):
            await self._send_static(scope, send)
            return
        started = time.perf_counter()
        request_id = secrets.token_hex(8)
        scope["state"]["request_id"] = request_id
        # The server runs each request in a context of its own, so nothing needs to be unbound.
        structlog.contextvars.bind_contextvars(request_id=request_id)
        answer = Answer(scope, send, request_id, self._common)
        try:
            headers = dict(scope["headers"])
            if refusal := self._refusal(scope, headers):
                await answer.problem(*refusal)
            else:
                answer.cross_origin = self._cross_origin(headers)
                answer.accepts_gzip = b"gzip" in headers.get(b"accept-encoding", b"")
                if scope["method"] == "OPTIONS" and b"access-control-request-method" in headers:
                    await answer.preflight()
                else:
                    await self._app(
                        scope, receive if scope["method"] in SAFE_METHODS else with_deadline(receive), answer
                    )
        except Exception:
            log.exception("unexpected")
            if answer.started:
                raise
            await answer.problem(500, "internal_error", "Something went wrong on our side.")
        finally:
            self._account(scope, answer.status, time.perf_counter() - started, request_id)

    def _refusal(self, scope: Scope, headers: dict[bytes, bytes]) -> tuple[int, str, str] | None:
        """Status, code and words where the request is refused before anybody reads it."""
        if scope["method"] not in METHODS:
            return 405, "method_not_allowed", "This method is not offered."
        if sum(len(name) + len(value) for name, value in scope["headers"]) > LARGEST_HEADERS:
            return 431, "headers_too_large", "The request's headers are too large."
        if not self._is_our_host(scope["headers"]) and not scope["path"].startswith("/health/"):
            return 400, "unknown_host", "This address is not one that the portal answers to."
        if scope["method"] not in SAFE_METHODS and not self._is_same_origin(scope["path"], headers):
            return 403, "cross_site", "This request did not come from the portal's own pages."
        return None

    def _is_our_host(self, headers: Headers) -> bool:
        hosts = [value for name, value in headers if name == b"host"]
        if len(hosts) != 1:
            return False
        host = hosts[0].decode("latin-1").lower()
        if host == self._host:
            return True
        if self._settings.is_production:
            return False
        # Outside production people try it under any address of the machine; a rebound DNS name is never a bare address.
        name = urlsplit(f"//{host}").hostname or ""
        return is_loopback(name) or _is_address(name)

    def _is_same_origin(self, path: str, headers: dict[bytes, bytes]) -> bool:
        """Whether an unsafe request comes from our own page, or from a client that is no browser and uses no cookie."""
        site = headers.get(b"sec-fetch-site")
        origin = headers.get(b"origin")
        if origin is not None and self._is_allowed_origin(origin) and b"cookie" not in headers:
            return True
        if site is not None:
            return site == b"same-origin"
        if origin is not None:
            return _host_of(origin) == headers.get(b"host", b"").decode("latin-1").lower()
        # The link of a mail is followed by mail servers (RFC 8058); it acts by what it holds, never by a cookie.
        return path.startswith(("/api/", "/webhooks/", "/health/", "/unsubscribe/")) and b"cookie" not in headers

    def _is_allowed_origin(self, origin: bytes) -> bool:
        return origin.decode("latin-1").lower() in self._origins

    def _cross_origin(self, headers: dict[bytes, bytes]) -> bytes | None:
        origin = headers.get(b"origin")
        return origin if origin is not None and self._is_allowed_origin(origin) else None

    async def _send_static(self, scope: Scope, send: Send) -> None:
        file = self._static.files.get(scope["path"])
        if file is None or scope["method"] not in {"GET", "HEAD"}:
            await Answer(scope, send, "-", self._common).problem(404, "not_found", "There is no such file.")
            return
        gzipped = file.compressed is not None and any(
            name == b"accept-encoding" and b"gzip" in value for name, value in scope["headers"]
        )
        body = file.compressed if gzipped and file.compressed is not None else file.body
        headers = [
            (b"content-type", file.content_type),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", FOREVER),
            (b"vary", b"Accept-Encoding"),
            (b"content-security-policy", CONTENT_POLICY),
            *self._common,
        ]
        if gzipped:
            headers.append((b"content-encoding", b"gzip"))
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send(
            {"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body, "more_body": False}
        )

    def _account(self, scope: Scope, status: int, seconds: float, request_id: str) -> None:
        """Count and log the request under its route template: a raw path may name a person."""
        method = scope["method"] if scope["method"] in METHODS else "OTHER"
        template = scope.get("path_template") or "unmatched"
        key = (method, template, status)
        if (timers := self._timers.get(key)) is None:
            timers = self._timers[key] = (
                metrics.REQUESTS.labels(method, template, str(status)),
                metrics.DURATION.labels(method, template),
            )
        timers[0].inc()
        if status == HTTPStatus.OK and (views := metrics.VIEWS.get(template)) is not None:
            views.inc()
        timers[1].observe(seconds)
        self._log(method, template, status, round(seconds * 1000, 2), request_id)


class Answer:
    """The `send` of one request: adds what every answer carries, and compresses what is worth it."""

    def __init__(self, scope: Scope, send: Send, request_id: str, common: Sequence[tuple[bytes, bytes]]) -> None:
        self._scope = scope
        self._send = send
        self._request_id = request_id
        self._common = common
        self._held: Any = None
        self.status = 500
        self.started = False
        self.accepts_gzip = False
        self.cross_origin: bytes | None = None

    async def __call__(self, message: Message) -> None:
        """Send a message of the application on."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self._held = message
            return
        if self._held is not None:
            start, self._held = self._held, None
            headers = list(start["headers"])
            if message["type"] == "http.response.body":
                message = self._compressed(headers, message)
            self._dress(headers)
            start["headers"] = headers
            self.started = True
            await self._send(start)
        await self._send(message)

    def _compressed(self, headers: list[tuple[bytes, bytes]], message: Message) -> Message:
        body = message.get("body", b"")
        if not self.accepts_gzip or message.get("more_body") or len(body) < WORTH_COMPRESSING:
            return message
        names = {name.lower(): value for name, value in headers}
        if b"content-encoding" in names or not names.get(b"content-type", b"").startswith(COMPRESSED_TYPES):
            return message
        body = gzip.compress(body, 2, mtime=0)
        headers[:] = [(name, value) for name, value in headers if name.lower() != b"content-length"]
        headers += [(b"content-length", str(len(body)).encode()), (b"content-encoding", b"gzip")]
        return {**message, "body": body}

    def _dress(self, headers: list[tuple[bytes, bytes]]) -> None:
        given = {name.lower() for name, _ in headers}
        headers.extend(pair for pair in self._common if pair[0] not in given)
        if b"content-security-policy" not in given:
            headers.append((b"content-security-policy", CONTENT_POLICY))
        if b"cache-control" not in given:
            headers.append((b"cache-control", b"no-store"))
        headers.append((b"x-request-id", self._request_id.encode()))
        headers.append((b"vary", b"Accept-Encoding, Cookie, Origin"))
        if self.cross_origin is not None:
            headers.append((b"access-control-allow-origin", self.cross_origin))
            headers.append((b"access-control-expose-headers", b"Retry-After, X-Request-Id"))

    async def preflight(self) -> None:
        """Answer a browser that asks on behalf of another origin's page; only listed origins get a yes."""
        headers = [(b"content-length", b"0")]
        if self.cross_origin is not None:
            headers += [
                (b"access-control-allow-methods", b"GET, POST, PUT, PATCH, DELETE"),
                (b"access-control-allow-headers", b"authorization, content-type, idempotency-key, if-match"),
                (b"access-control-max-age", b"600"),
            ]
        await self({"type": "http.response.start", "status": 204 if self.cross_origin else 403, "headers": headers})
        await self({"type": "http.response.body", "body": b"", "more_body": False})

    async def problem(self, status: int, code: str, detail: str) -> None:
        """Answer with a problem document, from before or beyond the application."""
        body = msgspec.json.encode(problem_document(status, code, detail, self._request_id))
        headers = [
            (b"content-type", b"application/problem+json"),
            (b"content-length", str(len(body)).encode()),
        ]
        if status == METHOD_NOT_ALLOWED:
            headers.append(ALLOW)
        await self({"type": "http.response.start", "status": status, "headers": headers})
        body = b"" if self._scope["method"] == "HEAD" else body
        await self({"type": "http.response.body", "body": body, "more_body": False})


TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    408: "Request Timeout",
    409: "Conflict",
    413: "Content Too Large",
    415: "Unsupported Media Type",
    422: "Unprocessable Content",
    429: "Too Many Requests",
    431: "Request Header Fields Too Large",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


def problem_document(status: int, code: str, detail: str, request_id: str) -> dict[str, object]:
    """The members that every problem+json answer has (RFC 9457), and `message` for older clients."""
    return {
        "type": f"urn:revivatech:problem:{code}",
        "title": TITLES.get(status, "Error"),
        "status": status,
        "detail": detail,
        "code": code,
        "message": detail,
        "requestId": request_id,
    }


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _host_of(origin: bytes) -> str:
    return urlsplit(origin.decode("latin-1")).netloc.lower()
