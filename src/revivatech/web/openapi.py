"""The served OpenAPI document: where it is, and what it says of refusals."""

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Router
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.plugins import JsonRenderPlugin
from typing_extensions import override

from revivatech.kit.structs import Json


class ProblemField(Json):
    """One field of the input and what is wrong with it."""

    field: str
    message: str


class Problem(Json):
    """RFC 9457 `application/problem+json`; `message` repeats `detail` for older clients."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    message: str
    request_id: str
    errors: list[ProblemField] = msgspec.field(default_factory=list)


class OneDocument(JsonRenderPlugin):
    """The document at the configured path alone; Litestar would offer it, and a page of its own, below that too."""

    def __init__(self) -> None:
        super().__init__(path="/")

    @override
    def has_path(self, path: str) -> bool:
        # Asked of the second address: as if it were taken, so that Litestar does not make it.
        return True

    @override
    def receive_router(self, router: Router) -> None:
        router.routes = [route for route in router.routes if route.path == router.path]


DESCRIPTIONS = {
    400: "The request cannot be read.",
    401: "Nobody is signed in, or the session has ended.",
    403: "This account may not do that.",
    404: "There is no such thing for this account.",
    409: "Somebody was faster, or the present state does not allow it.",
    410: "The link or the code does not work any more.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    422: "A field does not hold what it must.",
    429: "A limit is reached.",
    503: "A service is away; nothing was stored.",
}


# Any call may meet these: something unreadable, or a service that is away.
ALWAYS = (400, 503)


# The `security=` of a call that needs no token: an empty list would be left out, and the document's own rule hold.
OPEN: list[dict[str, list[str]]] = [{}]


def problems(*statuses: int) -> Mapping[int, ResponseSpec]:
    """The `responses=` of a handler that may refuse with these statuses, besides those that any call may meet."""
    return {
        status: ResponseSpec(
            Problem, description=DESCRIPTIONS[status], media_type="application/problem+json", generate_examples=False
        )
        for status in sorted({*ALWAYS, *statuses})
    }


def answers(kind: Any, *refusals: int, status: int = 200) -> Mapping[int, ResponseSpec]:  # noqa: ANN401 - any type
    """The `responses=` of a handler that encodes its answer itself: what it answers, and how it may refuse."""
    return {status: ResponseSpec(kind, generate_examples=False), **problems(*refusals)}


PROBLEMS = problems
