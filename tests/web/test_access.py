"""Who may ask is settled by construction: a route that forgets to say so is not served."""

import re
from typing import Any

import pytest
from litestar import Litestar, get, patch, post
from litestar.openapi import OpenAPIConfig

from revivatech.web.access import EVERY_ROLE, gaps
from revivatech.web.openapi import OPEN
from support.routes import routes_of
from support.serving import Served

pytestmark = pytest.mark.anyio


async def _nothing() -> None:
    """Do nothing, for whoever may ask."""


@pytest.mark.parametrize(
    ("decorate", "gap"),
    [
        (post("/api/staff/things"), "needs a permission"),
        (post("/staff/things", opt=EVERY_ROLE), None),
        (post("/customer/things"), None),
        (patch("/customer/things/{thing_id:int}"), "nothing checks thing_id before the body"),
        (patch("/customer/things/{thing_id:int}", security=OPEN), None),
        (patch("/customer/things/{known_id:int}"), None),
        (get("/elsewhere"), "must say security=OPEN"),
    ],
)
def test_r158_a_route_that_forgets_who_may_ask_is_named(decorate: Any, gap: str | None) -> None:
    """A staff route without a permission, an object that nobody checks, and a route of neither half of the portal."""
    app = Litestar([decorate(_nothing)], openapi_config=OpenAPIConfig("Test", "1", path="/schema"))
    found = [one for one in gaps(app, {("customer", "known_id")}) if "/schema" not in one]

    assert len(found) == (0 if gap is None else 1), found
    assert gap is None or gap in found[0]


async def test_r46_each_path_says_which_methods_it_offers(served: Served) -> None:
    """OPTIONS and a 405 name the same methods, HEAD where there is a GET, to whoever asks."""
    offered: dict[str, set[str]] = {}
    for route in routes_of():
        address = re.sub(r"\{\w+:\w+\}", "00000000-0000-0000-0000-000000000001", route.path)
        offered.setdefault(address, {"OPTIONS"}).update({route.method} | ({"HEAD"} if route.method == "GET" else set()))
    offered["/static/none.js"] = set()
    wrong = []
    for address, methods in offered.items():
        options = await served.client.options(address)
        refused = await served.client.request("TRACE", address)
        expected = (404, 404, set(), set()) if not methods else (204, 405, methods, methods)
        found = (options.status_code, refused.status_code, allowed(options), allowed(refused))
        if found != expected:
            wrong.append((address, found))

    assert wrong == []


def allowed(answer: Any) -> set[str]:
    """The methods of the answer's Allow header."""
    return set(filter(None, answer.headers.get("allow", "").split(", ")))
