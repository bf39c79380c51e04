"""The customer's profile as a page, which works without scripts."""

from collections.abc import Sequence
from typing import Any

import anyio.to_thread
from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.exceptions import ClientException
from litestar.handlers import HTTPRouteHandler

from revivatech.accounts.profile import (
    avatars,
    forms,
    phone_verification,
    service,
    time_zones,
)
from revivatech.accounts.profile.contracts import CodeOver, NothingToProve, Profile, WrongCode
from revivatech.accounts.profile.routes import LARGEST_FORM
from revivatech.accounts.sessions.client import client_of
from revivatech.kit import phones
from revivatech.kit.errors import FieldError, InvalidInput, Refusal, TooMany
from revivatech.kit.i18n import LANGUAGES
from revivatech.mail import outcomes
from revivatech.storage.images import ACCEPT, LARGEST_FILE, MOST_ZOOM, TOO_LARGE, UNKNOWN, PictureRefused
from revivatech.web.context import context_of
from revivatech.web.forms import fields_of
from revivatech.web.openapi import OPEN
from revivatech.web.pages import THEMES, language_of
from revivatech.web.preferences import ThemeChoice, remember
from revivatech.web.request import Request
from revivatech.web.responses import see_other

PAGE = "/customer/account"
NEWS = ("profile", "picture", "picture-removed", "dashboard", "phone", "code")
TOO_LARGE_STATUS = 413


@get(PAGE, include_in_schema=False)
async def account(request: Request) -> Response[Any]:
    """Names, telephone, language and zone; the picture; the look and the dashboard."""
    return await _page(request)


@post(PAGE, include_in_schema=False)
async def save(request: Request) -> Response[Any]:
    """Change what was typed, or show it again with what is wrong."""
    context = context_of(request)
    actor = (await context.authenticator.customer(request)).actor
    form = await request.form()
    edit = forms.edit(form)
    try:
        await service.change(context.db, actor, edit, client_of(request))
    except InvalidInput as refusal:
        return await _page(request, typed=forms.typed(form), refusal=refusal)
    saved = f"{PAGE}?saved=profile"
    if forms.is_changed(edit, "language"):
        # This browser has perhaps chosen another language before: what was chosen last counts.
        return remember(request, "language", str(edit.language), LANGUAGES, saved)
    return see_other(saved)


@post(PAGE + "/avatar", include_in_schema=False, request_max_body_size=LARGEST_FORM)
async def set_avatar(request: Request) -> Response[Any]:
    """Take the picture, or say why not."""
    context = context_of(request)
    actor = (await context.authenticator.customer(request)).actor
    try:
        form = await request.form()
        content = await _content(form.get("file"))
        await avatars.set_avatar(context.db, context.files, actor, content, forms.crop(form), client_of(request))
    except PictureRefused as refusal:
        return await _page(request, refusal=refusal)
    except ClientException as error:
        if error.status_code != TOO_LARGE_STATUS:
            raise
        return await _page(request, refusal=PictureRefused(TOO_LARGE), status=TOO_LARGE_STATUS)
    return see_other(f"{PAGE}?saved=picture")


@post(PAGE + "/avatar/remove", include_in_schema=False)
async def remove_avatar(request: Request) -> Response[Any]:
    """Have no picture."""
    context = context_of(request)
    actor = (await context.authenticator.customer(request)).actor
    await avatars.remove_avatar(context.db, actor, client_of(request))
    return see_other(f"{PAGE}?saved=picture-removed")


@post(PAGE + "/phone/code", include_in_schema=False)
async def ask_for_code(request: Request) -> Response[Any]:
    """Have the code sent to the number, and ask for it."""
    context = context_of(request)
    actor = (await context.authenticator.customer(request)).actor
    try:
        await phone_verification.ask(context.db, context.settings, context.sms, actor)
    except (NothingToProve, TooMany) as refusal:
        return await _page(request, refusal=refusal)
    return see_other(f"{PAGE}?saved=code#phone-proof")


@post(PAGE + "/phone/verify", include_in_schema=False)
async def prove_phone(request: Request) -> Response[Any]:
    """Take the number for proven, or say why not."""
    context = context_of(request)
    actor = (await context.authenticator.customer(request)).actor
    code = fields_of(await request.form())["code"]
    try:
        await phone_verification.prove_phone(context.db, context.settings, actor, code, client_of(request))
    except (WrongCode, CodeOver) as refusal:
        return await _page(request, refusal=refusal)
    return see_other(f"{PAGE}?saved=phone")


@post(PAGE + "/dashboard", include_in_schema=False)
async def arrange_dashboard(request: Request) -> Response[Any]:
    """Show those parts of the dashboard, in that order."""
    context = context_of(request)
    actor = (await context.authenticator.customer(request)).actor
    await service.arrange_dashboard(context.db, actor, forms.parts(await request.form()))
    return see_other(f"{PAGE}?saved=dashboard#dashboard-parts")


@post("/preferences/theme", include_in_schema=False, security=OPEN)
async def choose_theme(request: Request, data: ThemeChoice) -> Response[Any]:
    """Remember light, dark or system: in this browser, and with the account of the customer who is signed in."""
    context = context_of(request)
    answer = remember(request, "theme", data.theme, THEMES, data.next)
    try:
        actor = (await context.authenticator.customer(request)).actor
        await service.choose_theme(context.db, actor, data.theme)
    except Refusal:
        # Nobody is signed in, or not now: the browser's cookie is what was asked for.
        return answer
    return answer


async def _content(file: object) -> bytes:
    """Return what the file holds. Raises PictureRefused where none was chosen."""
    if not isinstance(file, UploadFile):
        raise PictureRefused(UNKNOWN)
    content = await file.read()
    await file.close()
    return content


async def _page(
    request: Request, *, typed: dict[str, str] | None = None, refusal: Refusal | None = None, status: int = 0
) -> Response[Any]:
    """The page; after a refusal with what was typed, and why not."""
    context = context_of(request)
    actor = (await context.authenticator.customer(request)).actor
    frame = await context.pages.frame(request, actor)
    language = language_of(request, frame.viewer)
    async with context.db.read() as reader:
        profile = await service.profile(reader, actor.id)
        trouble = await outcomes.trouble_of(reader, actor.id)
        awaits_code = context.sms.is_configured and await phone_verification.awaits_code(reader, actor)
    fields = typed or forms.of(profile)
    return await context.pages.render(
        request,
        "accounts/profile.html",
        viewer=actor,
        status=status or (refusal.status if refusal else 200),
        headers=refusal.headers if isinstance(refusal, TooMany) else {},
        profile=profile,
        fields=fields,
        shown=forms.of(profile),
        phone=phones.shown(profile.phone) if profile.phone else "",
        errors=forms.in_words(_errors(refusal), language),
        code=refusal.code if refusal else "",
        refused=refusal is not None,
        zones=await time_zones.options(language, fields["timezone"] or profile.timezone),
        avatar_url=avatars.url_of(profile.avatar_id) if profile.avatar_id else "",
        accept=ACCEPT,
        largest_file=LARGEST_FILE,
        most_zoom=MOST_ZOOM,
        may_prove=await _may_prove(request, profile),
        awaits_code=awaits_code,
        mail_refused_at=trouble and trouble.refused_at,
        arrangement=forms.arrangement(profile),
        saved=next((name for name in NEWS if name == request.query_params.get("saved")), ""),
    )


async def _may_prove(request: Request, profile: Profile) -> bool:
    """Return whether the number could be proven by SMS; where no SMS is sent, nothing speaks of it."""
    if not context_of(request).sms.is_configured or not profile.phone or profile.phone_verified:
        return False
    return await anyio.to_thread.run_sync(phones.takes_sms, profile.phone)


def _errors(refusal: Refusal | None) -> Sequence[FieldError]:
    if refusal is None:
        return ()
    return refusal.errors or (FieldError("", refusal.detail),)


handlers: Sequence[HTTPRouteHandler] = [
    account,
    save,
    set_avatar,
    remove_avatar,
    ask_for_code,
    prove_phone,
    arrange_dashboard,
    choose_theme,
]
