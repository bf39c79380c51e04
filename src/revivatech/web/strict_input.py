"""Checks between a request's head and its body: the object that its path names, its query, the body's format."""

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import cache
from typing import Any

from litestar import Litestar, Response
from litestar.enums import RequestEncodingType
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from revivatech.db import Reader
from revivatech.kit.errors import FieldError, InvalidInput, UnsupportedMediaType
from revivatech.web.access import SAFE, is_open, realm_of
from revivatech.web.context import context_of
from revivatech.web.request import Request

# Raises NotFound unless the actor may see the object that these path parameters name.
Check = Callable[[Reader, Any, Mapping[str, Any]], Awaitable[None]]
API = "/api/"
PATH_PARAMETER = re.compile(r"\{(\w+)")
JSON = re.compile(r"application/(json|[\w.-]+\+json)$")


class Agreement:
    """The checks that run after the guards of a route and before its body is read."""

    def __init__(self, objects: Mapping[tuple[str, str], Check]) -> None:
        self._objects = objects

    async def hold(self, request: Request) -> Response[Any] | None:
        """Return None for a request whose path, query and content type are those of its route; answer OPTIONS.

        Raises NotFound for a writing request to an object that the caller may not see; of a call of the API also
        InvalidInput for a query parameter that the call does not have or that comes twice (a misspelt filter would
        otherwise list everything), and UnsupportedMediaType for a body in another format than the call's.
        """
        scope = request.scope
        if request.method == "OPTIONS":
            return Response(None, status_code=204, headers={"Allow": _methods(request.app)[scope["path_template"]]})
        if request.method not in SAFE and scope["path_params"] and not is_open(request.route_handler):
            await self._hold_objects(request)
        if scope["path_template"].startswith(API):
            if scope["query_string"]:
                _hold_query(request)
            if request.method not in SAFE and _has_body(request):
                _hold_body(request)
        return None

    async def _hold_objects(self, request: Request) -> None:
        realm, ids, context = realm_of(request.scope["path_template"]), request.path_params, context_of(request)
        authenticator = context.authenticator
        actor = (
            await authenticator.staff(request) if realm == "staff" else (await authenticator.customer(request)).actor
        )
        async with context.db.read() as reader:
            for name in ids:
                await self._objects[str(realm), name](reader, actor, ids)


@cache
def _methods(app: Litestar) -> dict[str, str]:
    """Return the methods of each path; the framework's own answers to OPTIONS forget those of handlers added later."""
    return {
        route.path_format: ", ".join(sorted(route.route_handler_map))
        for route in app.routes
        if isinstance(route, HTTPRoute)
    }


def _hold_query(request: Request) -> None:
    known = _parameters_of(request.route_handler, request.scope["path_template"])
    seen: set[str] = set()
    errors = []
    for name, _ in request.query_params.multi_items():
        if name not in known:
            errors.append(FieldError(name, f"There is no such parameter. {_offer(known)}"))
        elif name in seen and not known[name]:
            errors.append(FieldError(name, "Give this once."))
        seen.add(name)
    if errors:
        raise InvalidInput("The query is not one of this call's.", errors=errors)


@cache
def _parameters_of(handler: HTTPRouteHandler, template: str) -> dict[str, bool]:
    """The names of the query parameters that the handler takes, and of each whether it may come several times."""
    model = handler.create_kwargs_model(path_parameters=dict.fromkeys(PATH_PARAMETER.findall(template)))  # type: ignore[arg-type] # names are all that it looks at
    return {parameter.field_alias: parameter.is_sequence for parameter in model.expected_query_params}


def _offer(known: Iterable[str]) -> str:
    names = ", ".join(sorted(known))
    return f"There are: {names}." if names else "This call has none."


def _has_body(request: Request) -> bool:
    return request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers


def _hold_body(request: Request) -> None:
    if request.headers.get("content-encoding", "identity") != "identity":
        raise UnsupportedMediaType("The body must not be compressed.", headers={"Accept-Encoding": "identity"})
    field = request.route_handler.parsed_data_field
    if field is None:
        return
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    wanted = getattr(field.kwarg_definition, "media_type", RequestEncodingType.JSON)
    if wanted == RequestEncodingType.MULTI_PART:
        if given != RequestEncodingType.MULTI_PART:
            raise UnsupportedMediaType("The body must be a form (multipart/form-data).", headers={"Accept": wanted})
    elif not JSON.match(given):
        words = "The body must be JSON (content-type application/json)."
        raise UnsupportedMediaType(words, headers={"Accept": "application/json"})
