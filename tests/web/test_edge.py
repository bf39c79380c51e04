"""What every request meets and every answer carries, asked of the running program."""

import asyncio
import json
from typing import Any, cast
from urllib.parse import urlsplit

import pytest

from revivatech.settings import Settings
from revivatech.web.edge.middleware import EdgeMiddleware
from revivatech.web.static import StaticFiles
from support.people import People
from support.serving import SAME_ORIGIN, Served

pytestmark = pytest.mark.anyio

NEEDED = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


TOKEN = "of the figures"


async def test_r52_every_answer_carries_the_headers(served: Served) -> None:
    """Pages, refusals, redirects and static files alike; no banner names the server."""
    for path in ("/", "/customer/sign-in", "/api/customer/repairs", "/nowhere", "/static/nothing.css", "/health/live"):
        answer = await served.client.get(path)

        assert NEEDED.items() <= dict(answer.headers).items(), path
        policy = answer.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "server" not in answer.headers
        assert "permissions-policy" in answer.headers


async def test_r30_private_answers_are_not_stored(served: Served, people: People) -> None:
    """Neither pages nor JSON may stay in a shared or local cache."""
    answer = await served.client.get("/api/customer/repairs", headers=await served.sign_in(people.anna))

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"


async def test_r46_verb_tricks_reach_no_handler(served: Served) -> None:
    """Strange methods are refused, and no header or field makes another one of a harmless one."""
    for method in ("TRACE", "CONNECT", "PROPFIND"):
        assert (await served.client.request(method, "/customer/sign-in")).status_code in {400, 405}
    for header in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        answer = await served.client.get("/customer/sign-out?_method=POST", headers={header: "POST"})
        assert answer.status_code == 405


# Spellings that some servers tidy: the same route, so the same decision, or nothing.
TIDIED = ["//{}", "/{}/", "/./{}", "/x/../{}", "/%2e%2e/{}", "/{}#x", "/{}%2f"]
# Names that a cache or a filter takes for something else: never the private page.
DISGUISED = ["/{};x", "/{}.json", "/{}/x.css", "/{}/a.js", "/{}%00", "/{}\\", "/{}%3fx.css", "/{}%0a"]


async def test_r46_r47_another_spelling_is_the_same_decision_or_nothing(served: Served, people: People) -> None:
    """Nobody gets in by any of them, and who is in gets the page under its own name alone."""
    browser = await served.sign_in_browser(people.anna)
    address = urlsplit(served.url)

    async def ask(path: str, headers: str = "") -> tuple[int, str]:
        """Status and text, asked by hand: a client of Python would tidy the path."""
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        head = f"GET {path} HTTP/1.1\r\nHost: {address.netloc}\r\nConnection: close\r\n{headers}\r\n"
        writer.write(head.encode())
        answer = (await asyncio.wait_for(reader.read(), 5)).decode()
        writer.close()
        return int(answer[9:12]), answer

    for page in ("customer/account/email", "api/customer/profile", "API/customer/profile"):
        for trick in TIDIED:
            status, answer = await ask(trick.format(page))
            assert status in {400, 401, 404} or "location: /customer/sign-in" in answer, trick
        for trick in DISGUISED:
            status, answer = await ask(trick.format(page), f"Cookie: {browser['Cookie']}\r\n")
            assert (trick, status) in {(trick, 400), (trick, 404)}
            assert people.anna.email not in answer
    assert people.anna.email in (await ask("/customer/account/email", f"Cookie: {browser['Cookie']}\r\n"))[1]


SOCKET = "/customer/socket.io/?EIO=4&transport="
HANDSHAKE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
}
# Method, path, headers, the status under our own host.
BRANCHES: list[tuple[str, str, dict[str, str], int]] = [
    ("GET", SOCKET + "polling", {}, 200),
    ("GET", SOCKET + "nothing", {}, 400),
    ("GET", SOCKET + "polling&sid=x", {}, 400),
    ("POST", SOCKET + "polling&sid=x", {}, 400),
    ("POST", SOCKET + "polling", {}, 400),
    ("PUT", SOCKET + "polling", {}, 405),
    ("OPTIONS", SOCKET + "polling", {}, 200),
    ("GET", SOCKET + "websocket", HANDSHAKE, 101),
    ("GET", SOCKET + "websocket&sid=x", HANDSHAKE, 403),
    ("GET", SOCKET + "websocket", HANDSHAKE | {"Origin": "https://evil.example"}, 403),
    ("GET", "/customer/elsewhere", HANDSHAKE, 404),
    ("GET", "/customer/socket.iox", {}, 404),
    ("GET", "/customer/socket.io/x", {}, 404),
    ("GET", "/static/nothing.css", {}, 404),
    ("GET", "/static/nothing.css", HANDSHAKE, 404),
]


async def test_r52_r9_every_branch_has_the_same_checks_and_headers(served: Served) -> None:
    """Sockets, handshakes and static files carry the headers, and answer to no other host."""
    for method, path, headers, status in BRANCHES:
        own, head = await asked_by_hand(served, method, path, headers)
        elsewhere, refused = await asked_by_hand(served, method, path, {"Host": "evil.example"} | headers)

        assert (method, path, own, elsewhere) == (method, path, status, 400)
        for line in NEEDED.items():
            assert ": ".join(line) in head, path
            assert ": ".join(line) in refused, path
        assert "permissions-policy: " in head
        assert "server: " not in head


async def asked_by_hand(served: Served, method: str, path: str, headers: dict[str, str]) -> tuple[int, str]:
    """Status and head of the response to a request that is sent as it is, in lower case."""
    address = urlsplit(served.url)
    sent = {"Host": address.netloc, "Content-Length": "0"} | headers
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    lines = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
    writer.write(f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode())
    head = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)).decode()
    writer.close()
    return int(head[9:12]), head.lower()


async def test_r12_a_proxy_that_does_not_name_the_client_is_refused(served: Served) -> None:
    """Behind a trusted proxy an unreadable address is a 400, on every branch; nobody else's header is read."""
    proxied = {"host": "portal.example", "client": "10.0.0.1"}
    for path in ("/customer/sign-in", "/customer/socket.io/", "/static/x.css", "/health/live"):
        assert await passed_in_production("GET", path, **proxied, x_forwarded_for="unknown") == 400
    assert await passed_in_production("GET", "/x", **proxied, x_forwarded_for="203.0.113.9:4711") == 204
    assert await passed_in_production("GET", "/x", host="portal.example", x_forwarded_for="unknown") == 204
    assert (await served.client.get("/health/live", headers={"X-Forwarded-For": "unknown"})).status_code == 200


async def test_r9_another_host_is_refused(served: Served) -> None:
    """A name that is not ours is not answered, so it can become part of no link; nor is ours with something to it."""
    own = urlsplit(served.url).netloc
    for host in ("evil.example", "127.0.0.1.evil.example", "", f"{own}/evil", f"evil@{own}", f"{own}, evil.example"):
        answer = await served.client.get("/customer/sign-in", headers={"Host": host})

        assert (host, answer.status_code) == (host, 400)


BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Language": "pt-BR"}
TURNED_AWAY = [
    ("GET", "/customer/sign-in", {"Host": "evil.example"}, 400, "O portal tem outro endereço"),
    ("POST", "/customer/sign-in", {"Origin": "https://evil.example"}, 403, "Isto não veio de uma página nossa"),
]


@pytest.mark.parametrize(("method", "path", "headers", "status", "words"), TURNED_AWAY)
async def test_a_browser_is_turned_away_in_its_language(
    served: Served, method: str, path: str, headers: dict[str, str], status: int, words: str
) -> None:
    """Who reads pages gets a page, with what the gate adds to each; programs and the API get the problem document."""
    page = await served.client.request(method, path, headers=BROWSER | headers)
    program = await served.client.request(method, path, headers=headers)
    api = await served.client.request(method, f"/api{path}", headers=BROWSER | headers)

    assert (page.status_code, program.status_code, api.status_code) == (status, status, status)
    assert page.headers["content-language"] == "pt-BR"
    assert words in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "evil.example" not in page.text
    assert {one.headers["content-type"] for one in (program, api)} == {"application/problem+json"}


async def test_who_asks_under_another_name_is_told_ours(served: Served) -> None:
    """The page of the wrong name leads to the portal's own address, and to no other."""
    page = await served.client.get("/customer/repairs", headers=BROWSER | {"Host": "evil.example"})

    assert f'href="{served.url}"' in page.text


CROSS_SITE = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {},
]


async def test_r58_a_form_of_another_site_is_refused(served: Served) -> None:
    """A page's form must prove that it is ours, signed in or not."""
    for path in ("/customer/sign-in", "/customer/sign-out", "/staff/sign-in", "/preferences/theme"):
        for headers in CROSS_SITE:
            answer = await served.client.post(path, data={"email": "a@b.example", "password": "x"}, headers=headers)

            assert (path, headers, answer.status_code) == (path, headers, 403)


async def test_r58_a_cookie_does_not_authorise_a_foreign_write(served: Served, people: People) -> None:
    """The API takes a browser's cookie for a write only from our own pages."""
    browser = await served.sign_in_browser(people.anna)

    for headers in CROSS_SITE:
        answer = await served.client.put(
            "/api/customer/notifications/read-all",
            content=b"{}",
            headers={"Cookie": browser["Cookie"], "Content-Type": "text/plain", **headers},
        )

        assert (headers, answer.status_code) == (headers, 403)


async def test_r58_our_name_over_another_scheme_is_another_site() -> None:
    """Where it is known how the portal is opened, a page of our name over http or on another port is none of ours."""
    statuses = [
        await passed_in_production("POST", "/x", host="portal.example", origin=origin)
        for origin in ("http://portal.example", "https://portal.example:8443", "https://portal.example")
    ]

    assert statuses == [403, 403, 204]


async def test_r58_only_who_watches_may_use_another_name() -> None:
    """Health under any, figures under a bare address or with the token; a page under a rebound name reads nothing."""
    asked = [("/health/live", "evil.example"), ("/metrics", "127.0.0.1:8000"), ("/metrics", "[fd00::5]:8000")]
    refused = [("/metrics", "evil.example"), ("/customer/sign-in", "127.0.0.1:8000"), ("/metrics/x", "127.0.0.1")]

    assert {await passed_in_production("GET", path, host=host) for path, host in asked} == {204}
    assert {await passed_in_production("GET", path, host=host) for path, host in refused} == {400}
    name = {"host": "web-1.internal:8000"}
    assert await passed_in_production("GET", "/metrics", **name, authorization=f"Bearer {TOKEN}") == 204
    for junk in ("Bearer x", "x", f"Bearer {TOKEN}x", "Bearer ", TOKEN, "Bearer \xff"):
        assert await passed_in_production("GET", "/metrics", **name, authorization=junk) == 400
        assert await passed_in_production("GET", "/metrics", token="", **name, authorization=junk) == 400


async def passed_in_production(
    method: str, path: str, *, token: str = TOKEN, client: str = "127.0.0.1", **headers: str
) -> int:
    """The status that the gate of https://portal.example answers with; 204 where it lets the request through."""
    statuses = []

    async def portal(scope: Any, receive: Any, send: Any) -> None:  # noqa: ARG001 - ASGI
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def send(message: Any) -> None:
        statuses.append(message.get("status"))

    settings = Settings(
        mode="production",
        public_url="https://portal.example",
        secret_key=("x" * 40,),
        metrics_token=token,
        trusted_proxies=("10.0.0.1",),
    )
    gate = EdgeMiddleware(portal, portal, cast(Any, portal), "/customer/socket.io", settings, StaticFiles())
    sent = [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in headers.items()]
    request = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": sent, "state": {}}
    request["client"] = (client, 4711)
    await gate(request, cast(Any, None), send)
    return int(next(status for status in statuses if status))


async def test_r58_our_own_form_is_taken(served: Served) -> None:
    """The same request with our own origin passes the gate."""
    answer = await served.client.post("/preferences/theme", data={"theme": "dark"}, headers=SAME_ORIGIN)

    assert answer.status_code == 303
    assert "theme=dark" in answer.headers["set-cookie"]


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1", "http://127.0.0.1:1.evil.example"]
)
async def test_r60_foreign_origins_get_no_cors(served: Served, origin: str) -> None:
    """Nothing is shared with an origin that is not listed, and caches know that answers differ by origin."""
    answer = await served.client.get("/api/customer/repairs", headers={"Origin": origin})

    assert not [name for name in answer.headers if name.startswith("access-control")]
    assert "Origin" in answer.headers["vary"]


async def test_r57_internals_are_not_shown(served: Served) -> None:
    """There is nothing at the usual places."""
    for path in ("/docs", "/debug", "/.git/HEAD", "/.env", "/api", "/api/swagger", "/schema"):
        assert (await served.client.get(path)).status_code == 404, path
    for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"):
        assert (await served.client.get("/metrics", headers={name: "203.0.113.7"})).status_code == 404
    assert (await served.client.get("/metrics")).status_code == 200


async def test_metrics_bear_the_specifications_names(served: Served, people: People) -> None:
    """The figures are there for this machine, of the right kinds, under route templates, and name nobody."""
    headers = await served.sign_in(people.anna)
    await served.client.get("/api/customer/repairs?q=canary-in-a-query", headers=headers)
    await served.client.get(f"/api/customer/repairs/{people.anna.id}", headers=headers)
    wrong = {"email": people.anna.email, "password": "not hers, I am afraid"}
    await served.client.post("/api/customer/auth/login", json=wrong)

    answer = await served.client.get("/metrics")

    figures = answer.text
    assert answer.headers["content-type"].count("charset") == 1
    kinds = {
        "active_users": "gauge",
        "login_attempts_total": "counter",
        "api_requests_total": "counter",
        "repair_views_total": "counter",
        "chat_messages_total": "counter",
        "request_duration_seconds": "histogram",
        "sockets": "gauge",
    }
    for name, kind in kinds.items():
        assert f"# TYPE customer_portal_{name} {kind}\n" in figures
    for labels in (
        'api_requests_total{endpoint="/api/customer/repairs",method="GET",status="200"}',
        'api_requests_total{endpoint="/api/customer/repairs/{repair_id}",method="GET",status="404"}',
        'login_attempts_total{status="success"}',
        'login_attempts_total{status="failed"}',
    ):
        assert f"customer_portal_{labels}" in figures
    for secret in (str(people.anna.id), people.anna.email, "canary", "127.0.0.1"):
        assert secret not in figures


async def test_r124_large_bodies_and_deep_nesting_are_refused(served: Served) -> None:
    """They are refused as bad requests before anybody works on them."""
    url = "/api/customer/auth/login"
    json_type = {"Content-Type": "application/json"}

    large = await served.client.post(url, content=b'{"email": "' + b"x" * 1_500_000 + b'"}', headers=json_type)
    deep = await served.client.post(url, content=b"[" * 100_000, headers=json_type)

    assert large.status_code == 413
    assert deep.status_code in {400, 422}


async def test_r124_large_headers_are_refused(served: Served) -> None:
    """32 KB of headers are more than anybody means."""
    answer = await served.client.get("/health/live", headers={"X-Long": "x" * 40_000})

    assert answer.status_code == 431


@pytest.mark.parametrize(
    "body",
    [b"NaN", b'{"email": NaN, "password": "x"}', b'{"email": "\\ud800", "password": "x"}', b"{", b"\xff\xfe", b""],
)
async def test_r48_bad_json_is_a_clear_refusal(served: Served, body: bytes) -> None:
    """Never a fault, always a problem document."""
    answer = await served.client.post(
        "/api/customer/auth/login", content=body, headers={"Content-Type": "application/json"}
    )

    assert answer.status_code in {400, 401, 422}
    problem = answer.json()
    assert problem["message"] == problem["detail"]
    assert problem["requestId"] == answer.headers["x-request-id"]


async def test_errors_are_pages_for_people_and_problems_for_programs(served: Served) -> None:
    """The same refusal, in the form that the reader can use."""
    page = await served.client.get("/customer/nowhere")
    problem = await served.client.get("/api/nowhere")

    assert page.headers["content-type"].startswith("text/html")
    assert page.status_code == problem.status_code == 404
    assert problem.headers["content-type"] == "application/problem+json"
    assert problem.json()["code"] == "not_found"


async def test_large_answers_are_compressed_where_the_reader_can(served: Served) -> None:
    """A page travels compressed, and says so."""
    plain = await served.client.get("/customer/sign-in", headers={"Accept-Encoding": "identity"})
    packed = await served.client.get("/customer/sign-in", headers={"Accept-Encoding": "gzip"})

    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < len(plain.content)
    assert packed.text == plain.text


async def test_static_files_are_kept_for_ever_under_hashed_names(served: Served) -> None:
    """The page names them by content, so that they never go stale."""
    page = (await served.client.get("/customer/sign-in")).text
    path = page.partition('rel="stylesheet" href="')[2].partition('"')[0]

    answer = await served.client.get(path)

    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-type"].startswith("text/css")


async def test_r147_readiness_is_not_liveness(served: Served) -> None:
    """Ready names what it depends on; alive asks nothing."""
    async with asyncio.timeout(10):
        while (ready := await served.client.get("/health/ready")).status_code != 200:
            assert ready.status_code == 503
            assert not ready.json()["checks"]["realtime"], "only the listener may take a moment"

    assert ready.json() == {"status": "ok", "checks": {"database": True, "cache": True, "realtime": True}}
    assert (await served.client.get("/health/live")).json()["status"] == "ok"


async def test_the_openapi_document_is_served(served: Served) -> None:
    """Clients can read the contract from the program, at its one address: below it there is nothing."""
    answer = await served.client.get("/api/openapi.json")
    below = [await served.client.get(f"/api/openapi.json/{name}") for name in ("openapi.json", "else")]

    document = json.loads(answer.text)
    assert "/api/customer/repairs" in document["paths"]
    assert [(one.status_code, one.headers["content-type"]) for one in below] == [(404, "application/problem+json")] * 2


async def test_r9_two_hosts_are_refused(served: Served) -> None:
    """Which of two hosts counts is a question that nobody should have to answer."""
    host = served.url.removeprefix("http://")
    reader, writer = await asyncio.open_connection(*host.split(":"))
    writer.write(f"GET / HTTP/1.1\r\nHost: {host}\r\nHost: evil.example\r\nConnection: close\r\n\r\n".encode())

    status = await reader.readline()

    assert b" 400 " in status
    writer.close()
    await writer.wait_closed()


async def test_a_head_is_a_get_without_its_body(served: Served, people: People) -> None:
    """RFC 9110, 9.3.2: the same status and headers, the size included, and nothing behind them; Allow names it."""
    token, browser = await served.sign_in(people.anna), await served.sign_in_browser(people.anna)
    for path in ("/api/customer/repairs", "/customer/repairs", "/health/live", "/api/openapi.json"):
        headers = browser if path.startswith("/customer") else token
        got = await served.client.get(path, headers=headers)
        asked = await served.client.head(path, headers=headers)
        assert (asked.status_code, asked.content) == (200, b"")
        assert asked.headers["content-length"] == got.headers["content-length"]
        assert asked.headers["content-type"] == got.headers["content-type"]
        refused = await served.client.delete(path, headers=headers)
        assert refused.status_code == 405
        assert {"GET", "HEAD"} <= set(refused.headers["allow"].split(", "))
        assert "POST" not in refused.headers["allow"]

    assert (await served.client.head("/api/customer/repairs")).status_code == 401
    assert (await served.client.head("/api/customer/auth/login")).status_code == 405
