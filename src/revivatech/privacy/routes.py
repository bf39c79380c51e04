"""Exports and erasures as JSON."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, delete, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody
from litestar.response import Stream
from msgspec import Meta

from revivatech.accounts import service as accounts
from revivatech.accounts.contracts import ErasurePending
from revivatech.kit.actor import CustomerActor
from revivatech.kit.paging import Page
from revivatech.kit.structs import Body
from revivatech.privacy import erasures, exports
from revivatech.privacy.contracts import ErasureView, ExportView, NothingToCancel
from revivatech.privacy.ports import Keeper
from revivatech.web.access import WHILE_ERASING
from revivatech.web.client_address import client_address
from revivatech.web.context import context_of
from revivatech.web.openapi import problems
from revivatech.web.request import Request

LONGEST_PASSWORD = 1024
LONGEST_CODE = 64
ZIP = "application/zip"


class Proof(Body, frozen=True):
    """The password once more, and the second factor: what is asked hands everything over, or ends it."""

    password: Annotated[str, Meta(max_length=LONGEST_PASSWORD)]
    code: Annotated[str, Meta(max_length=LONGEST_CODE, description="Of the app, where a second factor is on.")] = ""

    def own(self) -> accounts.OwnProof:
        """Return what the service looks at."""
        return accounts.OwnProof(self.password, self.code)


def keepers_of(request: Request) -> Sequence[Keeper]:
    """Return what app.py has bound to the port, as `keepers`."""
    bound: Sequence[Keeper] = request.scope["state"].get("keepers", ())
    return bound


async def owner_of(request: Request) -> tuple[CustomerActor, bool]:
    """Return who asks, and whether their account waits for its erasure: they may look at that and take it back."""
    try:
        return (await context_of(request).authenticator.customer(request)).actor, False
    except ErasurePending as pending:
        return pending.actor, True


# ------------------------------------------------------------------ exports


@post("/api/customer/privacy/export", status_code=202, tags=["Privacy"], responses=problems(401, 403, 422, 429))
async def ask_export(request: Request, data: JSONBody[Proof]) -> ExportView:
    """Have everything that is kept of the customer put into a ZIP file; asked again meanwhile it is the same one."""
    context = context_of(request)
    admitted = await context.authenticator.customer(request)
    return await exports.ask(
        context.db,
        context.settings,
        admitted.actor,
        password=data.password,
        code=data.code,
        address=client_address(request),
    )


@get("/api/customer/privacy/exports", tags=["Privacy"], responses=problems(401, 429))
async def list_exports(request: Request) -> Page[ExportView]:
    """The last exports, the newest first."""
    context = context_of(request)
    admitted = await context.authenticator.customer(request)
    return Page(await exports.exports_of(context.db, admitted.actor))


@get("/api/customer/privacy/exports/{export_id:uuid}", tags=["Privacy"], responses=problems(401, 404, 429))
async def read_export(request: Request, export_id: FromPath[UUID]) -> ExportView:
    """Return how far an export is."""
    context = context_of(request)
    admitted = await context.authenticator.customer(request)
    async with context.db.read() as reader:
        return await exports.one(reader, admitted.actor, export_id)


@get(
    "/api/customer/privacy/exports/{export_id:uuid}/download",
    tags=["Privacy"],
    media_type=ZIP,
    responses={
        200: ResponseSpec(bytes, description="The file.", media_type=ZIP, generate_examples=False),
        **problems(401, 404, 429),
    },
)
async def download_export(request: Request, export_id: FromPath[UUID]) -> Response[Any]:
    """The ZIP file of an export that is ready."""
    return await download(request, export_id)


async def download(request: Request, export_id: UUID) -> Response[Any]:
    """The file of the customer's own export, piece by piece."""
    context = context_of(request)
    admitted = await context.authenticator.customer(request)
    export, chunks = await exports.open_file(context.db, context.files, admitted.actor, export_id)
    return Stream(
        chunks,
        media_type=ZIP,
        headers={
            "Content-Disposition": f'attachment; filename="export-{export.created_at:%Y-%m-%d}.zip"',
            "Content-Length": str(export.size_bytes),
            "Cache-Control": "no-store",
        },
    )


# ------------------------------------------------------------------ erasures


@post("/api/customer/privacy/erasure", status_code=202, tags=["Privacy"], responses=problems(401, 403, 409, 422, 429))
async def ask_erasure(request: Request, data: JSONBody[Proof]) -> ErasureView:
    """Have the account erased in a week. Every session ends; until then signing in can only take it back."""
    context = context_of(request)
    admitted = await context.authenticator.customer(request)
    return await erasures.ask(
        context.db,
        context.settings,
        keepers_of(request),
        admitted.actor,
        password=data.password,
        code=data.code,
        address=client_address(request),
    )


@get("/api/customer/privacy/erasure", tags=["Privacy"], responses=problems(401, 404, 429), opt=WHILE_ERASING)
async def read_erasure(request: Request) -> ErasureView:
    """The erasure that waits for its day, and what the law would keep; 404 where none does."""
    context = context_of(request)
    actor, _ = await owner_of(request)
    async with context.db.read() as reader:
        erasure = await erasures.waiting(reader, keepers_of(request), actor)
    if erasure is None:
        raise NothingToCancel
    return erasure


@delete(
    "/api/customer/privacy/erasure",
    status_code=204,
    tags=["Privacy"],
    responses=problems(401, 404, 429),
    opt=WHILE_ERASING,
)
async def cancel_erasure(request: Request) -> None:
    """Take the erasure back."""
    await take_back(request)


async def take_back(request: Request) -> None:
    """Take the erasure back, and have the session that asked be of use at once. Raises NothingToCancel."""
    context = context_of(request)
    actor, _ = await owner_of(request)
    await erasures.cancel(context.db, context.cache, actor)


handlers: Sequence[HTTPRouteHandler] = [
    ask_export,
    list_exports,
    read_export,
    download_export,
    ask_erasure,
    read_erasure,
    cancel_erasure,
]
