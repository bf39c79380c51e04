"""The served OpenAPI document: where it is, and what it says of refusals."""

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Router
from litestar.openapi import OpenAPIConfig
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, License, SecurityScheme
from typing_extensions import override

from revivatech.kit.challenge import PowChallenge
from revivatech.kit.structs import Json
from revivatech.web.openapi_document import REFUSALS, read_by_people
from revivatech.web.request import Request


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
    challenge: PowChallenge | None = None


class OneDocument(JsonRenderPlugin):
    """The document at the configured path alone; Litestar would offer it, and a page of its own, below that too."""

    def __init__(self) -> None:
        super().__init__(path="/")
        self._rendered: bytes | None = None

    @override
    def render(self, request: Request, openapi_schema: dict[str, Any]) -> bytes:
        if self._rendered is None:
            self._rendered = self.render_json(request, read_by_people(openapi_schema))
        return self._rendered

    @override
    def has_path(self, path: str) -> bool:
        # Asked of the second address: as if it were taken, so that Litestar does not make it.
        return True

    @override
    def receive_router(self, router: Router) -> None:
        router.routes = [route for route in router.routes if route.path == router.path]


# Any call may meet these: something unreadable, a parameter that it does not have, or a service that is away.
ALWAYS = (400, 422, 503)


# The `security=` of a call that needs no token: an empty list would be left out, and the document's own rule hold.
OPEN: list[dict[str, list[str]]] = [{}]


def problems(*statuses: int) -> Mapping[int, ResponseSpec]:
    """The `responses=` of a handler that may refuse with these statuses, besides those that any call may meet."""
    return {
        status: ResponseSpec(
            Problem, description=REFUSALS[status][1], media_type="application/problem+json", generate_examples=False
        )
        for status in sorted({*ALWAYS, *statuses})
    }


def answers(kind: Any, *refusals: int, status: int = 200) -> Mapping[int, ResponseSpec]:  # noqa: ANN401 - any type
    """The `responses=` of a handler that encodes its answer itself: what it answers, and how it may refuse."""
    return {status: ResponseSpec(kind, generate_examples=False), **problems(*refusals)}


ABOUT = """What clients of the portal may rely on; docs/api.md leads through it with examples.

- JSON in camelCase, UTF-8. Times are RFC 3339 in UTC with `Z`, money is a number beside a `currency`, ids are UUIDs.
- Sign in for an access token of 15 minutes and send it as `Authorization: Bearer`; renew it by the refresh token.
- Lists take `limit` and `cursor` and answer `items` and `nextCursor`, which is null at the end.
- Refusals are problem documents (RFC 9457): `code` is for programs, `detail` for people, `errors` names the fields,
  `requestId` is what the shop's log knows the request by.
- What the API does not know is refused, never ignored: fields, query parameters, methods (405), formats (415).
- An edit says the `version` that was seen; a 409 holds the `current` state when somebody was faster.
- HEAD is served wherever GET is. Private answers are `no-store`.
- Live news come by Socket.IO at `/customer/socket.io`, or from GET /api/customer/events.
"""


def describing(version: str) -> OpenAPIConfig:
    """The document of this version of the program, at its one address."""
    return OpenAPIConfig(
        title="Revivatech Customer Portal",
        version=version,
        description=ABOUT,
        license=License(name="Apache-2.0", identifier="Apache-2.0"),
        path="/api/openapi.json",
        render_plugins=[OneDocument()],
        use_handler_docstrings=True,
        components=Components(
            security_schemes={
                "token": SecurityScheme(
                    type="http",
                    scheme="bearer",
                    bearer_format="JWT",
                    description="The access token of POST /api/customer/auth/login, or /api/staff/auth/login.",
                )
            }
        ),
        security=[{"token": []}],
    )
