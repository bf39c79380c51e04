"""Everything that a signed-in person can read: every GET route, and every link that a page shows."""

import re
from collections.abc import Iterable, Mapping
from html import unescape
from urllib.parse import urljoin, urlsplit

import httpx

from support.routes import routes_of
from support.serving import Served

# What a page asks for or leads to; data-live-src are the fragments that a live page fetches.
LINKS = re.compile(r'\b(?:href|action|src|data-live-src|hx-get)="([^"#]*)')
BLOCKS = re.compile(r'data-live-block="([^"]+)"')
# Signing out ends the crawl; the openapi document and the figures are the same for everybody.
NOT_READ = {"/metrics"}
# What a route cannot be asked without.
NEEDED = {"/api/customer/events": "?after=0"}


async def crawl(
    served: Served,
    headers: Mapping[str, str],
    ids: Mapping[str, str],
    *,
    below: Iterable[str],
    but: str = "",
) -> dict[str, httpx.Response]:
    """The answers of all that these headers read, by address.

    Begins with every GET route below those prefixes, its parameters filled from `ids` by their names, and follows the
    links of the pages that come back; each live block of a page is asked for alone, too. Addresses that begin with
    `but` are left alone.
    """
    prefixes = tuple(below)
    waiting = [
        filled(route.path, ids) + NEEDED.get(route.path, "")
        for route in routes_of()
        if route.method == "GET" and route.path.startswith(prefixes) and route.path not in NOT_READ
    ]
    answers: dict[str, httpx.Response] = {}
    while waiting:
        address = waiting.pop()
        if address in answers or (but and address.startswith(but)):
            continue
        answers[address] = answer = await served.client.get(address, headers=headers)
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        for block in set(BLOCKS.findall(answer.text)):
            answers[f"{address} {block}"] = await served.client.get(address, headers={**headers, "X-Fragment": block})
        for link in LINKS.findall(answer.text):
            target = urlsplit(urljoin(served.url + address, unescape(link)))
            path = target.path + (f"?{target.query}" if target.query else "")
            if f"{target.scheme}://{target.netloc}" == served.url and path.startswith(prefixes):
                waiting.append(path)
    return answers


def filled(path: str, ids: Mapping[str, str]) -> str:
    """The path template with a value for each parameter. Raises KeyError for one that has none."""
    return re.sub(r"\{(\w+)(?::\w+)?\}", lambda match: ids[match[1]], path)
