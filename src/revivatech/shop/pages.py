"""The page of terms, which anybody may read."""

from collections.abc import Sequence
from typing import Any

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from revivatech.kit.actor import CustomerActor
from revivatech.kit.errors import Refusal
from revivatech.shop import texts
from revivatech.shop.contracts import ShopText
from revivatech.shop.service import country_profile_of
from revivatech.web.context import context_of
from revivatech.web.openapi import OPEN
from revivatech.web.pages import language_of
from revivatech.web.request import Request

PAGE = "/customer/terms"


@get(PAGE, include_in_schema=False, security=OPEN)
async def terms_page(request: Request) -> Response[Any]:
    """The terms and the privacy notice: the shop's own words, or the portal's where it has given none."""
    context = context_of(request)
    viewer = await _reader(request)
    frame = await context.pages.frame(request, viewer)
    language = language_of(request, frame.viewer)
    async with context.db.read() as reader:
        terms = await texts.text_for(reader, "terms", language)
        privacy = await texts.text_for(reader, "privacy", language)
    return await context.pages.render(
        request,
        "shop/terms.html",
        viewer=viewer,
        terms=_blocks(terms),
        terms_language=terms.language if terms else language,
        terms_version=terms.version if terms else texts.DEFAULT_VERSION,
        privacy=_blocks(privacy),
        profile=await country_profile_of(frame.shop),
        privacy_language=privacy.language if privacy else language,
    )


async def _reader(request: Request) -> CustomerActor | None:
    """Return who is signed in, whose language the page speaks."""
    try:
        return (await context_of(request).authenticator.customer(request)).actor
    except Refusal:
        return None


def _blocks(text: ShopText | None) -> list[texts.Block]:
    return texts.blocks_of(text.text) if text else []


handlers: Sequence[HTTPRouteHandler] = [terms_page]
