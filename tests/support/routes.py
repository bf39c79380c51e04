"""What the program answers to, read from the program itself: its routes, and its socket events."""

from dataclasses import dataclass
from typing import Any

from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from revivatech.app import create_app, site
from revivatech.settings import Settings


@dataclass(frozen=True, order=True, slots=True)
class Route:
    """A method and a path template, `GET /api/customer/repairs/{repair_id:uuid}`."""

    method: str
    path: str


def routes_of() -> list[Route]:
    """Every route of the program, sorted; OPTIONS, which the gate answers, apart."""
    return sorted(
        Route(method, route.path)
        for route in site().routes
        if isinstance(route, HTTPRoute)
        for method in route.methods
        if method != "OPTIONS"
    )


def handlers_of() -> dict[Route, HTTPRouteHandler]:
    """Return the handler of every route, OPTIONS apart."""
    return {
        Route(method, route.path): handler
        for route in site().routes
        if isinstance(route, HTTPRoute)
        for method, (handler, _) in route.route_handler_map.items()
        if method != "OPTIONS"
    }


def socket_events_of(settings: Settings) -> list[str]:
    """Every event that a client may send."""
    gate: Any = create_app(settings)
    handlers: dict[str, Any] = gate._sockets._server.handlers["/"]  # noqa: SLF001 - likewise
    return sorted(name for name in handlers if name not in {"connect", "disconnect"})
