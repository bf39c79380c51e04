"""The pages about people: who works here, one person, inviting, who may do what, what was done to accounts."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import UNSET, UnsetType

from revivatech.accounts import service as accounts
from revivatech.accounts.contracts import NewStaff
from revivatech.accounts.service import Permission, needs
from revivatech.kit.actor import Role, StaffActor
from revivatech.kit.errors import Conflict, FieldError, InvalidInput, NotAllowed, Problems, Refusal, TooMany
from revivatech.kit.i18n import DEFAULT, LANGUAGES, marked
from revivatech.repairs import service as repairs
from revivatech.staff.people import labels, service
from revivatech.staff.people.routes import client_of
from revivatech.web.access import EVERY_ROLE
from revivatech.web.context import context_of
from revivatech.web.desk import staff_actor
from revivatech.web.forms import TypedForm, fields_of, why
from revivatech.web.pages import language_of, wants_fragment
from revivatech.web.request import Request
from revivatech.web.responses import see_other

POOL = "pool"
# What a page may say after the redirect of a form that was taken.
SAID = ("invited", "withdrawn", "role", "closed", "reopened", "factor")
FIELDS = {"firstName": "first_name", "lastName": "last_name", "handOverTo": "hand_over_to"}


# ---------------------------------------------------------------- everybody


@get("/staff/people", include_in_schema=False, guards=[needs(Permission.MANAGE_STAFF)])
async def people_page(request: Request) -> Response[Any]:
    """Everybody who works or worked here."""
    actor = await staff_actor(request)
    context = context_of(request)
    language = await _language(request, actor)
    async with context.db.read() as reader:
        people = await service.everybody(reader, actor)
    return await context.pages.render(
        request,
        "staff/people.html",
        viewer=actor,
        people=people,
        roles=labels.role_names(language),
        said=_said(request),
    )


@get("/staff/people/invite", include_in_schema=False, guards=[needs(Permission.MANAGE_STAFF)])
async def invite_page(request: Request) -> Response[Any]:
    """The form to invite a colleague."""
    actor = await staff_actor(request)
    return await _invite(request, actor, await _typed(request, actor))


@post("/staff/people/invite", status_code=200, include_in_schema=False, guards=[needs(Permission.MANAGE_STAFF)])
async def invite(request: Request) -> Response[Any]:
    """Invite the colleague, or show the form again with what was typed and why not."""
    actor = await staff_actor(request)
    form = await _typed(request, actor)
    try:
        new = _new_colleague(form)
        account = await accounts.invite_staff(context_of(request).db, actor, new, client_of(request))
    except (Conflict, InvalidInput) as refusal:
        return await _invite(request, actor, form, refusal=refusal)
    repairs.forget_known(context_of(request).db)
    return see_other(f"/staff/people/{account.id}?said=invited")


def _new_colleague(form: TypedForm) -> NewStaff:
    """Return who is invited. Raises InvalidInput naming every field that is wrong."""
    role, language = Role.TECHNICIAN, str(DEFAULT)
    with Problems() as problems:
        role = _role(form)
    with problems:
        language = _chosen(form, "language", LANGUAGES)
    new = NewStaff(form["email"], form["first_name"], form["last_name"], role, language)
    with problems:
        accounts.checked_newcomer(new)
    problems.finish()
    return new


async def _invite(
    request: Request, actor: StaffActor, form: TypedForm, *, refusal: Refusal | None = None
) -> Response[Any]:
    return await context_of(request).pages.render(
        request,
        "staff/invite.html",
        viewer=actor,
        form=form,
        role_choices=labels.role_choices(form.language),
        **why(refusal, form.language, FIELDS),
    )


# ---------------------------------------------------------------- one person


@get("/staff/people/{user_id:uuid}", include_in_schema=False, guards=[needs(Permission.MANAGE_STAFF)])
async def person_page(request: Request, user_id: FromPath[UUID]) -> Response[Any]:
    """One person, and what an admin may do with their account."""
    actor = await staff_actor(request)
    return await _person(request, actor, user_id, said=_said(request))


@post(
    "/staff/people/{user_id:uuid}/role",
    status_code=200,
    include_in_schema=False,
    guards=[needs(Permission.MANAGE_STAFF)],
)
async def change_role(request: Request, user_id: FromPath[UUID]) -> Response[Any]:
    """Give the person another role; they sign in anew."""
    actor = await staff_actor(request)
    form = await _typed(request, actor)
    try:
        await accounts.change_role(context_of(request).db, actor, user_id, _role(form), client_of(request))
    except (Conflict, InvalidInput, NotAllowed) as refusal:
        return await _person(request, actor, user_id, form=form, refusal=refusal)
    return see_other(f"/staff/people/{user_id}?said=role")


@post(
    "/staff/people/{user_id:uuid}/close",
    status_code=200,
    include_in_schema=False,
    guards=[needs(Permission.MANAGE_STAFF)],
)
async def close(request: Request, user_id: FromPath[UUID]) -> Response[Any]:
    """Close the person's account and hand their open repairs over."""
    actor = await staff_actor(request)
    form = await _typed(request, actor)
    try:
        await service.close(context_of(request).db, actor, user_id, _receiver(form), client_of(request))
    except (Conflict, InvalidInput, NotAllowed) as refusal:
        return await _person(request, actor, user_id, form=form, refusal=refusal)
    return see_other(f"/staff/people/{user_id}?said=closed")


@post(
    "/staff/people/{user_id:uuid}/reopen",
    status_code=200,
    include_in_schema=False,
    guards=[needs(Permission.MANAGE_STAFF)],
)
async def reopen(request: Request, user_id: FromPath[UUID]) -> Response[Any]:
    """Let the person sign in again."""
    actor = await staff_actor(request)
    db = context_of(request).db
    try:
        await accounts.reopen_staff(db, actor, user_id, client_of(request))
    except (Conflict, InvalidInput, NotAllowed) as refusal:
        return await _person(request, actor, user_id, refusal=refusal)
    repairs.forget_known(db)
    return see_other(f"/staff/people/{user_id}?said=reopened")


@post(
    "/staff/people/{user_id:uuid}/invite",
    status_code=200,
    include_in_schema=False,
    guards=[needs(Permission.MANAGE_STAFF)],
)
async def invite_again(request: Request, user_id: FromPath[UUID]) -> Response[Any]:
    """Send the invitation again; the older link ends."""
    actor = await staff_actor(request)
    db = context_of(request).db
    try:
        await accounts.invite_staff_again(db, actor, user_id, client_of(request))
    except (Conflict, TooMany) as refusal:
        return await _person(request, actor, user_id, refusal=refusal)
    repairs.forget_known(db)
    return see_other(f"/staff/people/{user_id}?said=invited")


@post(
    "/staff/people/{user_id:uuid}/withdraw",
    status_code=200,
    include_in_schema=False,
    guards=[needs(Permission.MANAGE_STAFF)],
)
async def withdraw(request: Request, user_id: FromPath[UUID]) -> Response[Any]:
    """End the invitation."""
    actor = await staff_actor(request)
    try:
        await service.withdraw(context_of(request).db, actor, user_id, client_of(request))
    except Conflict as refusal:
        return await _person(request, actor, user_id, refusal=refusal)
    return see_other(f"/staff/people/{user_id}?said=withdrawn")


@post(
    "/staff/people/{user_id:uuid}/reset-factor",
    status_code=200,
    include_in_schema=False,
    guards=[needs(Permission.MANAGE_STAFF)],
)
async def reset_factor(request: Request, user_id: FromPath[UUID]) -> Response[Any]:
    """Take the person's lost second factor off; nothing of a password comes back."""
    actor = await staff_actor(request)
    context = context_of(request)
    try:
        await accounts.reset_colleague_two_factor(
            context.db, context.settings, actor, user_id, accounts.OwnProof.of(await request.form()), client_of(request)
        )
    except (Conflict, NotAllowed, TooMany) as refusal:
        return await _person(request, actor, user_id, refusal=refusal)
    return see_other(f"/staff/people/{user_id}?said=factor")


async def _person(
    request: Request,
    actor: StaffActor,
    user_id: UUID,
    *,
    form: TypedForm | None = None,
    refusal: Refusal | None = None,
    said: str = "",
) -> Response[Any]:
    """The person's page as it now stands; after a refusal, with what was chosen and why not."""
    context = context_of(request)
    language = await _language(request, actor)
    async with context.db.read() as reader:
        person = await service.one(reader, actor, user_id)
        colleagues = [one for one in await accounts.active_staff(reader) if one.id != user_id]
    return await context.pages.render(
        request,
        "staff/person.html",
        viewer=actor,
        person=person,
        asks_for_code=await accounts.asks_for_code(context.db, "staff", actor.id),
        is_self=person.id == actor.id,
        roles=labels.role_names(language),
        role_choices=labels.role_choices(language),
        receivers=[(str(one.id), one.name) for one in colleagues],
        form=form or TypedForm({}, language, "UTC"),
        said=said,
        **why(refusal, language, FIELDS),
    )


# ---------------------------------------------------------------- who may do what, and what was done


@get("/staff/permissions", include_in_schema=False, opt=EVERY_ROLE)
async def permissions_page(request: Request) -> Response[Any]:
    """Return who may do what, for everybody at the desk to read."""
    context = context_of(request)
    actor = await context.authenticator.staff(request)
    language = await _language(request, actor)
    return await context.pages.render(
        request,
        "staff/permissions.html",
        viewer=actor,
        roles=list(labels.role_names(language).items()),
        groups=labels.permission_table(language),
    )


@get("/staff/audit", include_in_schema=False, guards=[needs(Permission.READ_AUDIT)])
async def audit_page(request: Request) -> Response[Any]:
    """Return what was done to accounts, the newest first."""
    actor = await staff_actor(request)
    context = context_of(request)
    language = await _language(request, actor)
    async with context.db.read() as reader:
        page = await accounts.audit_log(reader, cursor=request.query_params.get("cursor") or None, limit=50)
        names = {str(one.id): one.name for one in await accounts.all_staff(reader)}
    return await context.pages.render(
        request,
        "staff/audit.html",
        viewer=actor,
        block="list" if wants_fragment(request) == "list" else None,
        lines=[labels.audit_line(entry, language, names) for entry in page.items],
        more_url=f"/staff/audit?cursor={page.next_cursor}" if page.next_cursor else "",
    )


# ---------------------------------------------------------------- helpers


def _said(request: Request) -> str:
    said = request.query_params.get("said", "")
    return said if said in SAID else ""


def _role(form: TypedForm) -> Role:
    return Role(_chosen(form, "role", tuple(role.value for role in Role)))


def _chosen(form: TypedForm, field: str, choices: Sequence[str]) -> str:
    """The choice of a field. Raises InvalidInput for anything that the form does not offer."""
    if form[field] not in choices:
        raise InvalidInput(
            marked("Please check what you wrote."), errors=[FieldError(field, marked("Choose one from the list."))]
        )
    return form[field]


def _receiver(form: TypedForm) -> UUID | UnsetType | None:
    """Return whose work the open repairs shall be; UNSET where nobody was chosen."""
    text = form["hand_over_to"]
    if text == POOL:
        return None
    try:
        return UUID(text) if text else UNSET
    except ValueError:
        raise InvalidInput(
            marked("Please check what you wrote."),
            errors=[FieldError("hand_over_to", marked("Choose one from the list."))],
        ) from None


async def _typed(request: Request, actor: StaffActor) -> TypedForm:
    sent = await request.form() if request.method == "POST" else {}
    return TypedForm(fields_of(sent), await _language(request, actor), "UTC")


async def _language(request: Request, actor: StaffActor) -> str:
    frame = await context_of(request).pages.frame(request, actor)
    return language_of(request, frame.viewer)


handlers: Sequence[HTTPRouteHandler] = [
    people_page,
    invite_page,
    invite,
    person_page,
    change_role,
    close,
    reopen,
    invite_again,
    withdraw,
    reset_factor,
    permissions_page,
    audit_page,
]
