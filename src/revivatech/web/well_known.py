"""Well-known addresses: what to index, whom to tell of a flaw, where a password is changed."""

from datetime import timedelta
from typing import Any

from litestar import Response, get
from litestar.response import Redirect

from revivatech.kit.clock import utcnow
from revivatech.kit.errors import NotFound, NotSignedIn
from revivatech.web.context import context_of
from revivatech.web.openapi import OPEN
from revivatech.web.request import Request

SECURITY = "/.well-known/security.txt"
# RFC 9116, 2.5.5 recommends less than a year; it is computed anew each day, so nobody has to renew it.
VALID = timedelta(days=180)
# The pages that nobody has to sign in for and that a search may lead to. Everything else is somebody's own.
PUBLIC = ("/customer/sign-in$", "/customer/register$", "/customer/terms$", SECURITY, "/static/")
ROBOTS = "".join(("User-agent: *\n", *(f"Allow: {path}\n" for path in PUBLIC), "Disallow: /\n"))
A_DAY = {"Cache-Control": "public, max-age=86400"}


@get("/robots.txt", include_in_schema=False, sync_to_thread=False, security=OPEN)
def robots() -> Response[str]:
    """Return what a search engine may look at (RFC 9309): the public pages and what they are drawn with."""
    return Response(ROBOTS, media_type="text/plain", headers=A_DAY)


@get(SECURITY, include_in_schema=False, security=OPEN)
async def security(request: Request) -> Response[Any]:
    """Whom to tell of a flaw (RFC 9116): the shop's e-mail. Raises NotFound while the shop has none."""
    context = context_of(request)
    shop = (await context.pages.frame(request, None)).shop
    if not shop.email:
        raise NotFound
    expires = (utcnow() + VALID).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = (
        f"Contact: mailto:{shop.email}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: en, pt",
        f"Canonical: {context.settings.public_url.rstrip('/')}{SECURITY}",
    )
    return Response("\n".join((*lines, "")), media_type="text/plain", headers=A_DAY)


@get("/.well-known/change-password", include_in_schema=False, security=OPEN)
async def change_password(request: Request) -> Redirect:
    """To the page where whoever is signed in changes their password (W3C, A Well-Known URL for Changing Passwords)."""
    try:
        await context_of(request).authenticator.staff(request)
    except NotSignedIn:
        return Redirect("/customer/account/password", status_code=303)
    return Redirect("/staff/account/password", status_code=303)


handlers = [robots, security, change_password]
