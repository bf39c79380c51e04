"""What the API's document says a call takes, held against what came, before its handler runs."""

import re
from collections.abc import Iterable
from functools import cache

from litestar.enums import RequestEncodingType
from litestar.handlers import HTTPRouteHandler

from revivatech.kit.errors import FieldError, InvalidInput, UnsupportedMediaType
from revivatech.web.request import Request

API = "/api/"
PATH_PARAMETER = re.compile(r"\{(\w+)")
JSON = re.compile(r"application/(json|[\w.-]+\+json)$")


async def hold(request: Request) -> None:
    """Return for a call of the API that says nothing unknown, and for everything that is no such call.

    Raises InvalidInput for a query parameter that the call does not have or that comes twice: a filter that is
    misspelt would otherwise list everything. Raises UnsupportedMediaType for a body in another format than the call's.
    """
    if not request.scope["path"].startswith(API):
        return
    if request.scope["query_string"]:
        _hold_query(request)
    if request.method not in {"GET", "OPTIONS"} and _has_body(request):
        _hold_body(request)


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
