"""The own profile, its picture and its telephone number, as JSON."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, cast
from uuid import UUID

import msgspec
from litestar import Response, delete, get, post, put
from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import Body as FormBody
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import Meta

from revivatech.accounts.access import needs
from revivatech.accounts.contracts import CustomerProfile
from revivatech.accounts.directory import account_summary
from revivatech.accounts.profile import avatars, phone_verification, service
from revivatech.accounts.profile.contracts import ProfileEdit
from revivatech.accounts.sessions.client import client_of
from revivatech.accounts.sign_in.routes import repair_counts
from revivatech.kit.actor import CustomerActor
from revivatech.kit.permissions import Permission
from revivatech.kit.structs import Body
from revivatech.storage.images import CONTENT_TYPE, LARGEST_FILE, MOST_ZOOM, Crop
from revivatech.web.asgi import Scope
from revivatech.web.context import context_of
from revivatech.web.edge.response_cache import name_of, pack
from revivatech.web.openapi import problems
from revivatech.web.request import Request

# The file, and what surrounds it in a form.
LARGEST_FORM = LARGEST_FILE + 64 * 1024
Share = Annotated[float, Meta(ge=0, le=1)]
Size = Annotated[Literal["96", "512"], QueryParameter(description="Pixels of the square's side.")]


class AvatarForm(msgspec.Struct, forbid_unknown_fields=True):
    """A picture, and the square of it that is kept: its middle as shares of width and height, and the magnification."""

    file: UploadFile
    x: Share = 0.5
    y: Share = 0.5
    zoom: Annotated[float, Meta(ge=1, le=MOST_ZOOM)] = 1.0


class PhoneCode(Body, frozen=True):
    """The six digits of the SMS."""

    code: Annotated[str, Meta(max_length=20)]


@put("/api/customer/profile", tags=["Profile"], responses=problems(401, 422, 429))
async def change_profile(request: Request, data: JSONBody[ProfileEdit]) -> CustomerProfile:
    """Change what is given and nothing else. Another telephone number is not proven any more."""
    context = context_of(request)
    actor = (await context.authenticator.customer(request)).actor
    await service.change(context.db, actor, data, client_of(request))
    return await _profile(request, actor)


async def signed_in(connection: Any, _: object) -> None:  # noqa: ANN401 - the framework's guard; it is the request
    """Ask who it is before the body is read: nobody else's megabytes are taken in. Raises NotSignedIn and TooMany."""
    connection.scope["state"]["admission"] = await context_of(connection).authenticator.customer(connection)


@post(
    "/api/customer/profile/avatar",
    status_code=200,
    guards=[signed_in],
    tags=["Profile"],
    responses=problems(401, 413, 422, 429),
    request_max_body_size=LARGEST_FORM,
)
async def set_avatar(
    request: Request, data: Annotated[AvatarForm, FormBody(media_type=RequestEncodingType.MULTI_PART)]
) -> CustomerProfile:
    """Take a picture: JPEG, PNG, WebP or HEIC, at most 15 MB and 40 megapixels. Without a square, its middle."""
    context = context_of(request)
    actor = (await context.authenticator.customer(request)).actor
    content = await data.file.read()
    await data.file.close()
    crop = Crop(data.x, data.y, data.zoom)
    await avatars.set_avatar(context.db, context.files, actor, content, crop, client_of(request))
    return await _profile(request, actor)


@delete("/api/customer/profile/avatar", status_code=204, tags=["Profile"], responses=problems(401, 429))
async def remove_avatar(request: Request) -> None:
    """Have no picture."""
    context = context_of(request)
    actor = (await context.authenticator.customer(request)).actor
    await avatars.remove_avatar(context.db, actor, client_of(request))


PICTURE = ResponseSpec(bytes, description="The picture.", media_type=CONTENT_TYPE, generate_examples=False)


@get(
    "/api/customer/avatar/{avatar_id:uuid}",
    tags=["Profile"],
    media_type=CONTENT_TYPE,
    responses={200: PICTURE, **problems(401, 404, 422, 429)},
)
async def get_avatar(request: Request, avatar_id: FromPath[UUID], size: Size = "512") -> Response[Any]:
    """The customer's own picture, as a square."""
    context = context_of(request)
    name = name_of(cast(Scope, request.scope))
    admitted = await context.authenticator.customer(request, read=name)
    body = await avatars.own_avatar(context.db, context.files, admitted.actor, avatar_id, int(size))
    # Every page shows it, and no browser may keep what is private: so it is kept here.
    await context.authenticator.keep(admitted, name, pack(request.scope["path_template"], CONTENT_TYPE, body))
    return Response(body, media_type=CONTENT_TYPE)


@get(
    "/api/staff/customers/{customer_id:uuid}/avatar",
    tags=["Staff"],
    media_type=CONTENT_TYPE,
    responses={200: PICTURE, **problems(401, 403, 404, 422, 429)},
    guards=[needs(Permission.READ_CUSTOMERS)],
)
async def get_customers_avatar(request: Request, customer_id: FromPath[UUID], size: Size = "512") -> Response[Any]:
    """A customer's picture, as a square."""
    context = context_of(request)
    actor = await context.authenticator.staff(request)
    body = await avatars.customers_avatar(context.db, context.files, actor, customer_id, int(size))
    return Response(body, media_type=CONTENT_TYPE)


@post(
    "/api/customer/profile/phone/verification",
    status_code=202,
    tags=["Profile"],
    responses=problems(401, 404, 409, 429),
)
async def ask_for_code(request: Request) -> None:
    """Have six digits sent to the own number by SMS, at most three times an hour; 404 in a shop without SMS."""
    context = context_of(request)
    actor = (await context.authenticator.customer(request)).actor
    await phone_verification.ask(context.db, context.settings, context.sms, actor)


@post(
    "/api/customer/profile/phone/verify",
    status_code=204,
    tags=["Profile"],
    responses=problems(401, 410, 422, 429),
)
async def prove_phone(request: Request, data: JSONBody[PhoneCode]) -> None:
    """Prove the own number by the digits that it got; they work for ten minutes and five tries."""
    context = context_of(request)
    actor = (await context.authenticator.customer(request)).actor
    await phone_verification.prove_phone(context.db, context.settings, actor, data.code, client_of(request))


async def _profile(request: Request, actor: CustomerActor) -> CustomerProfile:
    async with context_of(request).db.read() as reader:
        return await account_summary.customer_profile(reader, actor.id, repair_counts(request))


handlers: Sequence[HTTPRouteHandler] = [
    change_profile,
    set_avatar,
    remove_avatar,
    get_avatar,
    get_customers_avatar,
    ask_for_code,
    prove_phone,
]
