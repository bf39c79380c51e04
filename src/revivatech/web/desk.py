"""Helpers that every route of the desk begins with."""

from typing import Any

from litestar import Response

from revivatech.kit.actor import StaffActor
from revivatech.web.context import context_of
from revivatech.web.request import Request
from revivatech.web.responses import encode, raw_json


async def staff_actor(request: Request) -> StaffActor:
    """Return the staff member who asks, whom the route's guards have let in."""
    return await context_of(request).authenticator.staff(request)


def json_response(value: object, status: int = 200) -> Response[Any]:
    """Return the value as clients see it: money as numbers, times in UTC."""
    return raw_json(encode(value), status)
