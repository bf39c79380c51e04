"""Responses on their way out: the same headers, compressed where it pays, empty where only the head counts."""

import gzip
from collections.abc import Sequence
from typing import Any

import msgspec

from revivatech.settings import Settings
from revivatech.web.asgi import Message, Scope, Send
from revivatech.web.problems import problem_document

METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
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


def headers_of_all(settings: Settings) -> tuple[tuple[bytes, bytes], ...]:
    """Return the headers that every response carries, whoever answers (R52)."""
    return (*COMMON_HEADERS, STRICT_TRANSPORT) if settings.public_url.startswith("https:") else COMMON_HEADERS


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
        if b"allow" in given:
            headers[:] = [(name, _with_head(value) if name.lower() == b"allow" else value) for name, value in headers]
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
                (b"access-control-allow-headers", b"authorization, content-type, idempotency-key"),
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
        await self({"type": "http.response.start", "status": status, "headers": headers})
        body = b"" if self._scope["method"] == "HEAD" else body
        await self({"type": "http.response.body", "body": body, "more_body": False})


def _with_head(allowed: bytes) -> bytes:
    """The methods of an Allow header; the edge serves HEAD wherever there is a GET, which the router does not know."""
    methods = {method.strip() for method in allowed.split(b",")}
    return b", ".join(sorted(methods | {b"HEAD"} if b"GET" in methods else methods))
