"""Identity before everything else: the guard of every route, and the routes that need more or less than its default.

A route below `/customer` or `/api/customer` needs a signed-in customer, one below `/staff` or `/api/staff` a signed-in
staff member; a handler with `security=OPEN` needs nobody. The guard runs before a body is read (R158).
"""

from collections.abc import Collection, Iterator
from typing import Any, Literal

from litestar import Litestar
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.routes import HTTPRoute

from revivatech.kit.errors import Refusal
from revivatech.web.context import context_of
from revivatech.web.openapi import OPEN

ACCESS = "access"
# A customer whose account waits for its erasure may ask as well.
WHILE_ERASING = {ACCESS: "while_erasing"}
# Any staff member: the route needs no permission.
EVERY_ROLE = {ACCESS: "every_role"}

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


async def identify(request: Any, handler: BaseRouteHandler) -> None:  # noqa: ANN401 - Litestar's type of guards
    """Raise NotSignedIn unless the request is a customer's or a staff member's, as its route needs."""
    realm = realm_of(request.scope["path_template"])
    if is_open(handler) or realm is None or request.method == "OPTIONS":
        return
    authenticator = context_of(request).authenticator
    try:
        await (authenticator.staff(request) if realm == "staff" else authenticator.customer(request))
    except Refusal as refusal:
        if handler.opt.get(ACCESS) != "while_erasing" or refusal.code != "erasure_pending":
            raise


def is_open(handler: BaseRouteHandler) -> bool:
    """Return whether nobody needs to be signed in for the route, as its part of the OpenAPI document says."""
    return getattr(handler, "security", None) == OPEN


def realm_of(template: str) -> Literal["customer", "staff"] | None:
    """Return the half of the portal that a route belongs to, None for a route of neither."""
    parts = template.split("/", 3)
    name = parts[2] if parts[1] == "api" and len(parts) > 2 else parts[1]  # noqa: PLR2004 - "", "api", the realm
    return name if name in {"customer", "staff"} else None  # type: ignore[return-value]


def gaps(app: Litestar, objects: Collection[tuple[str, str]]) -> list[str]:
    """Return what the routes forget to say about who may ask, one line each; empty when nothing is missing.

    `objects` names the path parameters, with their half of the portal, that are checked before a body is read.
    """
    return [
        f"{method} {path}: {gap}" for method, path, handler in _handlers(app) if (gap := _gap(path, handler, objects))
    ]


def _handlers(app: Litestar) -> Iterator[tuple[str, str, HTTPRouteHandler]]:
    for route in app.routes:
        if isinstance(route, HTTPRoute) and route.path != app.openapi_config.path:  # type: ignore[union-attr]
            for method, (handler, _) in route.route_handler_map.items():
                if method != "OPTIONS":
                    yield method, route.path, handler


def _gap(path: str, handler: HTTPRouteHandler, objects: Collection[tuple[str, str]]) -> str:
    realm = realm_of(path)
    if is_open(handler):
        return ""
    if realm is None:
        return "it is below neither realm, so its handler must say security=OPEN"
    if realm == "staff" and handler.opt.get(ACCESS) != "every_role" and not handler.guards:
        return "its handler needs a permission (guards=[needs(…)]), or must say EVERY_ROLE"
    if not handler.http_methods <= SAFE:
        missing = [name for name in _parameters(path) if (realm, name) not in objects]
        return f"nothing checks {', '.join(missing)} before the body is read" if missing else ""
    return ""


def _parameters(path: str) -> list[str]:
    return [part[1:-1].partition(":")[0] for part in path.split("/") if part.startswith("{")]
