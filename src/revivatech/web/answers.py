"""JSON out: one encoder, and the cached read that every hot path is."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from litestar import MediaType, Request, Response
from litestar.response import Redirect

from revivatech.kit.actor import CustomerActor
from revivatech.web.portal import portal_of

# Money is a JSON number with its decimals; times in UTC end in Z.
_encoder = msgspec.json.Encoder(decimal_format="number")


def encode(value: object) -> bytes:
    """The value as JSON bytes."""
    return _encoder.encode(value)


def raw_json(body: bytes, status: int = 200) -> Response[Any]:
    """An answer of bytes that are JSON already."""
    return Response(body, status_code=status, media_type=MediaType.JSON)


async def cached_json(
    request: Request, name: str, produce: Callable[[CustomerActor], Awaitable[object]]
) -> Response[Any]:
    """The customer's kept answer of that name, else what `produce` returns, kept until their data changes.

    `name` must hold everything that the answer depends on but the customer: the path's ids and the query.
    """
    door = portal_of(request).door
    admitted = await door.customer(request, read=name)
    if admitted.body is not None:
        return raw_json(admitted.body)
    body = encode(await produce(admitted.actor))
    await door.keep(admitted, name, body)
    return raw_json(body)


def see_other(path: str) -> Redirect:
    """After a form: go and look at that page (303), which a reload may repeat harmlessly."""
    return Redirect(path, status_code=303)
