"""An answer that is ready: its bytes are made, so nothing is left of what the framework does for any answer."""

from typing import Any

from litestar import MediaType, Response
from litestar.types import ASGIApp, Receive, Scope, Send
from typing_extensions import override

from revivatech.web.request import Request

JSON = MediaType.JSON.value
HTML = MediaType.HTML.value

Headers = list[tuple[bytes, bytes]]


class Ready(Response[bytes]):
    """Bytes with their type and status, sent as they are; where a cookie was added, as the framework sends it."""

    @override
    def to_asgi_response(self, app: Any, request: Request, **options: Any) -> ASGIApp:  # type: ignore[override] # it is only called
        if self.cookies or self.background:
            return super().to_asgi_response(app, request, **options)
        return self._send

    async def _send(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        headers = [(name.lower().encode(), str(value).encode("latin-1")) for name, value in self.headers.items()]
        await send_whole(send, self.status_code or 200, _content_type(self.media_type), self.content, headers)


def _content_type(media_type: str | None) -> bytes:
    return b"text/html; charset=utf-8" if media_type == HTML else (media_type or JSON).encode()


async def send_whole(send: Any, status: int, media_type: bytes, body: bytes, headers: Headers | None = None) -> None:  # noqa: ANN401 - each layer types ASGI its own way
    """Send an answer whose whole body is there."""
    sized = [(b"content-type", media_type), (b"content-length", str(len(body)).encode()), *(headers or ())]
    await send({"type": "http.response.start", "status": status, "headers": sized})
    await send({"type": "http.response.body", "body": body, "more_body": False})
