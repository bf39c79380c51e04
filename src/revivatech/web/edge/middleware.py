"""The outermost layer: every request passes the same checks here; every response leaves with the same headers."""

import ipaddress
import re
import secrets
import time
from collections.abc import Iterable
from functools import lru_cache
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import urlsplit

import structlog

from revivatech.kit.network import UnreadableForwardingError
from revivatech.settings import Settings, is_loopback
from revivatech.web import metrics
from revivatech.web.asgi import ASGIApp, Receive, Scope, Send
from revivatech.web.client_address import resolve_client
from revivatech.web.edge.rejection import turn_away
from revivatech.web.edge.response import (
    CONTENT_POLICY,
    METHODS,
    Answer,
    headers_of_all,
)
from revivatech.web.edge.websocket_handshake import Handshake
from revivatech.web.logs import request_log
from revivatech.web.metrics_token import knows_token
from revivatech.web.static import FOREVER, PREFIX, StaticFiles

log = structlog.get_logger(__name__)

Headers = Iterable[tuple[bytes, bytes]]

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
UNSAFE_METHODS = METHODS - SAFE_METHODS
# A name or an address, and a port: nothing that readers of addresses take for a path or a user.
HOST = re.compile(r"(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?")
LARGEST_HEADERS = 32 * 1024


class Held(Protocol):
    """An ASGI application whose connections stay open until somebody hangs up."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI
        """Serve a connection."""

    async def hang_up(self) -> None:
        """Close them all."""


class EdgeMiddleware:
    """ASGI: checks hosts, origins and sizes, then branches to static files, the sockets or Litestar."""

    def __init__(
        self,
        lifespan: ASGIApp,
        app: ASGIApp,
        sockets: Held,
        socket_path: str,
        settings: Settings,
        static: StaticFiles,
    ) -> None:
        self._lifespan = lifespan
        self._app = app
        self._sockets = sockets
        self._socket_path = socket_path
        self._settings = settings
        self._static = static
        self._host = urlsplit(settings.public_url).netloc.lower()
        self._origins = frozenset(origin.lower().rstrip("/") for origin in settings.allowed_origins)
        self._proxies = settings.trusted_proxies
        self._common = headers_of_all(settings)
        self._log = request_log(settings.log_level, settings.log_format)
        self._timers: dict[tuple[str, str, int], tuple[Any, Any]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or answer it here."""
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        else:
            await self._lifespan(scope, receive, send)

    async def hang_up(self) -> None:
        """Answer what waits for news: the server ends."""
        await self._sockets.hang_up()

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        is_socket = self._is_socket(scope)
        refusal = self._refusal(scope, headers, is_socket=is_socket)
        if refusal is None and scope["path"].startswith(PREFIX):
            await self._send_static(scope, send)
            return
        started = time.perf_counter()
        request_id = secrets.token_hex(8)
        scope["state"]["request_id"] = request_id
        # The server runs each request in a context of its own, so nothing needs to be unbound.
        structlog.contextvars.bind_contextvars(request_id=request_id)
        # Whatever can be read can be asked for its head; the server, which knows the method, sends no body.
        asked = {**scope, "method": "GET"} if scope["method"] == "HEAD" else scope
        answer = Answer(scope, send, request_id, self._common)
        try:
            if refusal is not None:
                await turn_away(scope, answer, *refusal)
            elif is_socket:
                await self._sockets(scope, receive, answer)
            else:
                answer.cross_origin = self._cross_origin(headers)
                answer.accepts_gzip = b"gzip" in headers.get(b"accept-encoding", b"")
                if scope["method"] == "OPTIONS" and b"access-control-request-method" in headers:
                    await answer.preflight()
                else:
                    await self._app(asked, receive, answer)
        except Exception:
            log.exception("unexpected")
            if answer.started:
                raise
            await turn_away(scope, answer, 500, "internal_error", "Something went wrong on our side.")
        finally:
            # A poll lasts as long as nothing happens: its duration means nothing.
            if refusal is not None or not is_socket:
                self._account(scope["method"], asked, answer.status, time.perf_counter() - started, request_id)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        handshake = Handshake(scope, send, secrets.token_hex(8), self._common)
        if refusal := self._refusal_of_anything(scope, dict(scope["headers"])):
            await handshake.refuse(*refusal)
        elif not self._is_socket(scope):
            await handshake.refuse(404, "not_found", "There is no WebSocket here.")
        else:
            await self._sockets(scope, receive, handshake)

    def _is_socket(self, scope: Scope) -> bool:
        path: str = scope["path"]
        return path.startswith(self._socket_path) and path.rstrip("/") == self._socket_path

    def _refusal(self, scope: Scope, headers: dict[bytes, bytes], *, is_socket: bool) -> tuple[int, str, str] | None:
        """Return status, code and words where the request is refused before anybody reads it.

        The sockets decide on origins themselves: a program's poll has none (`realtime/origins.py`).
        """
        if refusal := self._refusal_of_anything(scope, headers):
            return refusal
        # A method that no route has is refused by the router, which names those that there are.
        if scope["method"] in UNSAFE_METHODS and not is_socket and not self._is_same_origin(scope["path"], headers):
            return 403, "cross_site", "This request did not come from the portal's own pages."
        return None

    def _refusal_of_anything(self, scope: Scope, headers: dict[bytes, bytes]) -> tuple[int, str, str] | None:
        """Return the same for what requests and WebSockets have in common."""
        if not self._is_our_host(scope["headers"]) and not self._is_watching(scope["path"], headers):
            return 400, "unknown_host", "This address is not one that the portal answers to."
        if sum(len(name) + len(value) for name, value in scope["headers"]) > LARGEST_HEADERS:
            return 431, "headers_too_large", "The request's headers are too large."
        try:
            resolve_client(scope, self._proxies)
        except UnreadableForwardingError:
            log.warning("unreadable_forwarding")
            return 400, "unreadable_forwarding", "The proxy did not say which address this request comes from."
        return None

    def _is_our_host(self, headers: Headers) -> bool:
        hosts = [value for name, value in headers if name == b"host"]
        if len(hosts) != 1:
            return False
        host = hosts[0].decode("latin-1").lower()
        if host == self._host:
            return True
        # Outside production people try it under any address of the machine.
        return not self._settings.is_production and _names_a_machine(host)

    def _is_watching(self, path: str, headers: dict[bytes, bytes]) -> bool:
        """Return True for who looks after the process under any name of the machine: its health, or its figures.

        The figures need a bare address or the token: a page under a rebound DNS name has neither.
        """
        if path != "/metrics":
            return path.startswith("/health/")
        host = headers.get(b"host", b"").decode("latin-1").lower()
        return _names_a_machine(host) or knows_token(self._settings, headers.get(b"authorization", b""))

    def _is_same_origin(self, path: str, headers: dict[bytes, bytes]) -> bool:
        """Return whether an unsafe request comes from our own page, or from a client that is no browser."""
        site = headers.get(b"sec-fetch-site")
        origin = headers.get(b"origin")
        if origin is not None and self._is_allowed_origin(origin) and b"cookie" not in headers:
            return True
        if site is not None:
            return site == b"same-origin"
        if origin is not None:
            if self._settings.is_production:
                # Scheme and all: what somebody in between makes of our name over http is another site.
                return origin.decode("latin-1").lower() == self._settings.origin
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

    def _account(self, method: str, scope: Scope, status: int, seconds: float, request_id: str) -> None:
        """Count and log the request under its route template: a raw path may name a person."""
        method = method if method in METHODS else "OTHER"
        template = scope.get("path_template") or "unmatched"
        key = (method, template, status)
        if (timers := self._timers.get(key)) is None:
            timers = self._timers[key] = (
                metrics.REQUESTS.labels(method, template, str(status)),
                metrics.DURATION.labels(method, template),
            )
        timers[0].inc()
        if status == HTTPStatus.OK and method == "GET" and (views := metrics.VIEWS.get(template)) is not None:
            views.inc()
        timers[1].observe(seconds)
        self._log(method, template, status, round(seconds * 1000, 2), request_id)


@lru_cache(maxsize=64)
def _names_a_machine(host: str) -> bool:
    """Return whether a Host header is this machine's own name or a bare address, which a rebound DNS name never is."""
    name = (urlsplit(f"//{host}").hostname or "") if HOST.fullmatch(host) else ""
    return is_loopback(name) or _is_address(name)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _host_of(origin: bytes) -> str:
    return urlsplit(origin.decode("latin-1")).netloc.lower()
