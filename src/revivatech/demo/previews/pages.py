"""The mails beside the style guide. In development only."""

from collections.abc import Sequence
from typing import Any

from litestar import MediaType, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from revivatech.demo.pages import MAIL_POLICY
from revivatech.demo.previews.samples import FACTS, kinds, sample
from revivatech.kit.errors import NotFound
from revivatech.kit.i18n import LANGUAGES
from revivatech.mail.message import Mail
from revivatech.shop import service as shop
from revivatech.web.context import context_of
from revivatech.web.edge.response import CONTENT_POLICY
from revivatech.web.openapi import OPEN
from revivatech.web.request import Request

LIST = "/styleguide/mails"
ONE = LIST + "/{language:str}/{owner:str}/{kind:str}"


@get(LIST, include_in_schema=False, security=OPEN)
async def mails_page(request: Request) -> Response[Any]:
    """Every kind of mail in every language."""
    _require_development(request)
    mails = [(kind, {language: await _mail(request, language, kind) for language in LANGUAGES}) for kind in kinds()]
    return await context_of(request).pages.render(request, "demo/previews.html", mails=mails)


@get(ONE, include_in_schema=False, security=OPEN)
async def mail_page(request: Request, language: FromPath[str], owner: FromPath[str], kind: FromPath[str]) -> Any:  # noqa: ANN401
    """One mail: its HTML in a frame, its text, and its further headers."""
    _require_development(request)
    mail = await _mail(request, language, f"{owner}/{kind}")
    if mail is None:
        raise NotFound
    return await context_of(request).pages.render(
        request,
        "demo/preview.html",
        headers={"Content-Security-Policy": CONTENT_POLICY.decode() + "; frame-src 'self'"},
        mail=mail,
        kind=f"{owner}/{kind}",
        language=language,
        languages=LANGUAGES,
        list_url=LIST,
    )


@get(ONE + "/html", include_in_schema=False, security=OPEN)
async def mail_html(request: Request, language: FromPath[str], owner: FromPath[str], kind: FromPath[str]) -> Any:  # noqa: ANN401
    """The mail's HTML as a mail program would show it."""
    _require_development(request)
    mail = await _mail(request, language, f"{owner}/{kind}")
    if mail is None:
        raise NotFound
    return Response(
        mail.html.encode(),
        media_type=MediaType.HTML,
        headers={"Content-Security-Policy": MAIL_POLICY, "X-Frame-Options": "SAMEORIGIN"},
    )


async def _mail(request: Request, language: str, kind: str) -> Mail | None:
    """The sample of a mail that the program has and of which facts are known."""
    if kind not in FACTS or kind not in kinds() or language not in LANGUAGES:
        return None
    async with context_of(request).db.read() as reader:
        return sample(kind, language, await shop.current(reader))


def _require_development(request: Request) -> None:
    if context_of(request).settings.mode != "development":
        raise NotFound


handlers: Sequence[HTTPRouteHandler] = [mails_page, mail_page, mail_html]
