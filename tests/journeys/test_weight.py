"""What a visit weighs on the line."""

import pytest

from support.desk import Desk
from support.people import People
from support.visiting import Visit

pytestmark = pytest.mark.anyio

FIRST_BYTES, FIRST_REQUESTS, LATER_BYTES = 100_000, 10, 15_000


async def test_a_first_visit_is_light_and_later_pages_lighter(visit: Visit, people: People, desk: Desk) -> None:
    """The dashboard with repairs: at most 100 KB in 10 requests with nothing kept; each later page at most 15 KB."""
    repairs = [(await desk.take_in(people.anna))["repair"] for _ in range(20)]
    await desk.move(repairs[0]["id"], "diagnosing")
    anna = await visit()
    await anna.sign_in(people.anna)
    protocol = await anna.context.new_cdp_session(anna.page)
    await protocol.send("Network.enable")
    await protocol.send("Network.clearBrowserCache")
    await anna.page.goto("about:blank")
    loaded: list[int] = []
    protocol.on("Network.loadingFinished", lambda event: loaded.append(int(event["encodedDataLength"])))

    await anna.page.goto(f"{anna.url}/customer/dashboard", wait_until="networkidle")
    first, requests = sum(loaded), len(loaded)
    print(f"\nfirst visit of the dashboard: {first / 1000:.1f} KB in {requests} requests")  # noqa: T201 - a figure
    assert first <= FIRST_BYTES
    assert requests <= FIRST_REQUESTS

    for path in ("/customer/repairs", f"/customer/repairs/{repairs[0]['id']}", "/customer/notifications"):
        loaded.clear()
        await anna.page.goto(anna.url + path, wait_until="networkidle")
        print(f"{path[:22]}: {sum(loaded) / 1000:.1f} KB")  # noqa: T201 - likewise
        assert sum(loaded) <= LATER_BYTES, path
