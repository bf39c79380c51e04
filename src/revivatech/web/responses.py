"""JSON out: one encoder, and the cached read that every hot path is."""

from collections.abc import Awaitable, Callable
from typing import Any, cast

import msgspec
from litestar import Response
from litestar.response import Redirect

from revivatech.kit.actor import CustomerActor
from revivatech.web.asgi import Scope
from revivatech.web.context import context_of
from revivatech.web.edge.response_cache import name_of, pack
from revivatech.web.raw_response import JSON, Ready
from revivatech.web.request import Request

# Money is a JSON number with its decimals; times in UTC end in Z.
_encoder = msgspec.json.Encoder(decimal_format="number")

PAGE = "text/html; charset=utf-8"


def encode(value: object) -> bytes:
    """The value as JSON bytes."""
    return _encoder.encode(value)


def raw_json(body: bytes, status: int = 200) -> Response[Any]:
    """An answer of bytes that are JSON already."""
    return Ready(body, status_code=status, media_type=JSON)


async def cached_json(request: Request, produce: Callable[[CustomerActor], Awaitable[object]]) -> Response[Any]:
    """Return what `produce` returns, as JSON, kept under the request's path and query until the customer's data change.

    A kept answer does not come here: the response cache has sent it.
    """
    authenticator = context_of(request).authenticator
    name = _name_of(request)
    admitted = await authenticator.customer(request, read=name)
    body = encode(await produce(admitted.actor))
    await authenticator.keep(admitted, name, pack(request.scope["path_template"], JSON, body))
    return raw_json(body)


def see_other(path: str) -> Redirect:
    """After a form: go and look at that page (303), which a reload may repeat harmlessly."""
    return Redirect(path, status_code=303)


async def kept_page(
    request: Request,
    template: str,
    *,
    block: str | None = None,
    **context: Any,  # noqa: ANN401 - whatever the template shows
) -> Response[Any]:
    """A customer's page, rendered and kept until their data change; for pages that show nothing of one moment only."""
    portal = context_of(request)
    admitted = await portal.authenticator.customer(request)
    page = await portal.pages.render(request, template, viewer=admitted.actor, block=block, **context)
    kept = pack(request.scope["path_template"], PAGE, page.content)
    await portal.authenticator.keep(admitted, _name_of(request), kept)
    return page


def _name_of(request: Request) -> str:
    """The answer's name, which the response cache has found already where the request came that way."""
    name: str | None = request.scope["state"].get("answer_name")
    return name_of(cast(Scope, request.scope)) if name is None else name
