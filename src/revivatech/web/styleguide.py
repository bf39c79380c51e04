"""The design system on one page: every component in every state. Not offered in production."""

from typing import Any

from litestar import Response, get

from revivatech.kit.clock import utcnow
from revivatech.kit.errors import NotFound
from revivatech.web.context import context_of
from revivatech.web.openapi import OPEN
from revivatech.web.request import Request


@get("/styleguide", include_in_schema=False, security=OPEN)
async def styleguide(request: Request) -> Response[Any]:
    """The page, for those who design and review."""
    context = context_of(request)
    if context.settings.is_production:
        raise NotFound
    return await context.pages.render(request, "styleguide.html", now=utcnow())


handlers = [styleguide]
