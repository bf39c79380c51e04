"""The mail and the SMS of the demo shop, readable instead of sent. Nothing of it exists outside demo mode."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import MediaType, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from revivatech.kit.errors import NotFound
from revivatech.mail import service
from revivatech.sms import service as sms
from revivatech.web.context import context_of
from revivatech.web.edge.response import CONTENT_POLICY
from revivatech.web.openapi import OPEN
from revivatech.web.request import Request

# A mail's HTML is shown in a frame that may run nothing and reach nothing; mails style themselves inline.
MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox"


@get("/demo/mail", include_in_schema=False, security=OPEN)
async def mailbox(request: Request) -> Response[Any]:
    """The mails and SMS that were kept, newest first."""
    context = context_of(request)
    _require_demo(request)
    return await context.pages.render(
        request,
        "demo/mailbox.html",
        mails=await service.kept_mails(context.db),
        texts=await sms.kept_sms(context.db),
    )


@get("/demo/mail/{mail_id:uuid}", include_in_schema=False, security=OPEN)
async def one_mail(request: Request, mail_id: FromPath[UUID]) -> Response[Any]:
    """One mail: its text, and its HTML in a frame."""
    context = context_of(request)
    _require_demo(request)
    mail = await service.kept_mail(context.db, mail_id)
    if mail is None:
        raise NotFound
    policy = CONTENT_POLICY.decode() + "; frame-src 'self'"
    return await context.pages.render(request, "demo/mail.html", headers={"Content-Security-Policy": policy}, mail=mail)


@get("/demo/mail/{mail_id:uuid}/html", include_in_schema=False, security=OPEN)
async def mail_html(request: Request, mail_id: FromPath[UUID]) -> Response[Any]:
    """The mail's HTML as a mail program would show it."""
    _require_demo(request)
    mail = await service.kept_mail(context_of(request).db, mail_id)
    if mail is None:
        raise NotFound
    return Response(
        mail.html_body.encode(),
        media_type=MediaType.HTML,
        headers={"Content-Security-Policy": MAIL_POLICY, "X-Frame-Options": "SAMEORIGIN"},
    )


def _require_demo(request: Request) -> None:
    if context_of(request).settings.mode != "demo":
        raise NotFound


handlers: Sequence[HTTPRouteHandler] = [mailbox, one_mail, mail_html]
