"""Is it alive, is it ready, and what it counts."""

import asyncio
from contextlib import suppress
from typing import Any

import msgspec
import prometheus_client
from litestar import Response, get
from litestar.openapi.datastructures import ResponseSpec

from revivatech.db import Database, fetch_value
from revivatech.jobs import metrics as jobs_metrics
from revivatech.kit.errors import NotFound, Unavailable
from revivatech.kit.structs import Json
from revivatech.settings import Settings, is_loopback
from revivatech.web import metrics
from revivatech.web.context import context_of
from revivatech.web.metrics_token import knows_token
from revivatech.web.openapi import OPEN
from revivatech.web.request import Request
from revivatech.web.responses import encode

CHECK_SECONDS = 4.0
# What proxies say of those for whom they ask.
FORWARDED = ("x-forwarded-for", "forwarded", "x-real-ip", "via")
# The framework says the charset itself, behind every text.
PROMETHEUS = prometheus_client.CONTENT_TYPE_LATEST.removesuffix("; charset=utf-8")


class Health(Json):
    """Readiness: whether the process may be sent requests, and which part says no."""

    status: str
    checks: dict[str, bool] = msgspec.field(default_factory=dict)


@get("/health/live", summary="The process runs.", tags=["Operations"], security=OPEN)
async def live() -> Health:
    """Always `ok`: who answers is alive. Restart the process when it does not."""
    return Health("ok")


@get(
    "/health/ready",
    summary="The process can do its work.",
    tags=["Operations"],
    security=OPEN,
    responses={
        200: ResponseSpec(Health, description="All parts answer.", generate_examples=False),
        503: ResponseSpec(Health, description="A part does not answer.", generate_examples=False),
    },
)
async def ready(request: Request) -> Response[Any]:
    """200 while the process can serve, else 503; `checks` names each part.

    Without the database it cannot. Without Valkey it can, only slower: `degraded`, because a proxy that took every
    process out would turn a slow site into none. A process that does not hear the others while Valkey answers is deaf:
    another must take its place.
    """
    context = context_of(request)
    database, cache, realtime = await asyncio.gather(
        _database_answers(context.db), context.cache.is_up(), context.is_listening()
    )
    can_serve = database and (realtime or not cache)
    status = "ok" if database and cache and realtime else "degraded" if can_serve else "unavailable"
    body = encode(Health(status, {"database": database, "cache": cache, "realtime": realtime}))
    return Response(body, status_code=200 if can_serve else 503, media_type="application/json")


async def _database_answers(db: Database) -> bool:
    try:
        async with asyncio.timeout(CHECK_SECONDS), db.read() as reader:
            return bool(await fetch_value(reader, "SELECT true"))
    except (Unavailable, TimeoutError, OSError):
        return False


@get("/metrics", include_in_schema=False, security=OPEN)
async def figures(request: Request) -> Response[Any]:
    """Prometheus' text, for this machine or with the token; anybody else finds nothing here."""
    context = context_of(request)
    if not _may_read_figures(request, context.settings):
        raise NotFound
    stats = context.db.pool.get_stats()
    metrics.POOL_SIZE.set(stats.get("pool_size", 0))
    metrics.POOL_WAITING.set(stats.get("requests_waiting", 0))
    # Figures of this process are worth having while the database is away.
    with suppress(Unavailable):
        await jobs_metrics.refresh(context.db)
        for refresh in request.scope["state"].get("figures", ()):
            await refresh(context.db)
    return Response(prometheus_client.generate_latest(), media_type=PROMETHEUS)


def _may_read_figures(request: Request, settings: Settings) -> bool:
    if settings.metrics_token:
        return knows_token(settings, request.headers.get("authorization", "").encode("latin-1"))
    client = request.scope.get("client")
    # A proxy on this machine comes from loopback too, but says for whom.
    is_direct = not any(name in request.headers for name in FORWARDED)
    return client is not None and is_loopback(client[0]) and is_direct


handlers = [live, ready, figures]
