"""Asking the portal as its clients do."""

import contextlib
import json
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

from typing_extensions import override

from bench.program import Program
from revivatech.accounts.secrets.passwords import DEMO_PASSWORD as PASSWORD


def tokens_of(program: Program, realm: str, emails: list[str]) -> list[str]:
    """The access token of each account."""
    return [
        str(post(program, f"/api/{realm}/auth/login", {"email": email, "password": PASSWORD})["accessToken"])
        for email in emails
    ]


def post(program: Program, path: str, body: dict[str, object], token: str = "") -> dict[str, Any]:
    """The JSON answer to a JSON body; 204 is an empty one."""
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    request = urllib.request.Request(program.url + path, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=20) as answer:
        parsed: dict[str, Any] = json.loads(answer.read() or b"{}")
    return parsed


def get(program: Program, path: str, token: str) -> dict[str, Any]:
    """The JSON at a path."""
    request = urllib.request.Request(program.url + path, headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        parsed: dict[str, Any] = json.loads(answer.read())
    return parsed


def cookie_of(program: Program, email: str) -> str:
    """The cookie of a browser that has signed in."""
    form = urllib.parse.urlencode({"email": email, "password": PASSWORD}).encode()
    request = urllib.request.Request(program.url + "/customer/sign-in", form, {"Sec-Fetch-Site": "same-origin"})
    opener = urllib.request.build_opener(NoRedirect)
    with contextlib.suppress(urllib.error.HTTPError):
        opener.open(request, timeout=20)
    return str(NoRedirect.cookie)


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """Stops at the answer to the form and remembers its cookie."""

    cookie = ""

    @override
    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> None:
        type(self).cookie = headers["set-cookie"].partition(";")[0]
